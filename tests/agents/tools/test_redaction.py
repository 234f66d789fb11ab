"""What looks like a secret is blacked out; what only looks alike is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from architect_agents.sandbox.redaction import marks, redact

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nAAAA\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key = sk-ant-api03-abcdefghijkl", "abcdefghijkl"),
        ("sk-proj-abcdefghijklmnopqrstuvwx", "abcdefghijkl"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123", "abcdefghijkl"),
        ("github_pat_abcdefghijklmnopqrstuvw", "abcdefghijkl"),
        ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
        ("AIzaSyA1234567890abcdefghijklmnopqrs", "1234567890"),
        ("xoxb-123456789012-abcdef", "123456789012"),
        ("sk_live_abcdefghijklmnop", "abcdefghijkl"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJzdWIi"),
        (PEM, "MIIEow"),
        (PEM.split("-----END")[0], "MIIEow"),
        ("postgres://app:hunter2@db:5432/shop", "hunter2"),
        ("redis://:hunter2@cache", "hunter2"),
        ("Authorization: Bearer abcdefghijklmnop1234", "abcdefghijklmnop"),
        ('password = "hunter2hunter"', "hunter2"),
        ("PASSWORD: str = 'hunter2hunter'", "hunter2"),
        ('{"api_key": "hunter2hunter"}', "hunter2"),
        ("client_secret: 'hunter2hunter'", "hunter2"),
        ("const apiKey = 'hunter2hunter';", "hunter2"),
        ('"dbPassword" => "hunter2hunter"', "hunter2"),
        ("export DB_PASSWORD=hunter2hunter", "hunter2"),
        ("AUTH_TOKEN=hunter2hunter\nX=1", "hunter2"),
        ("    12\texport AWS_SECRET_ACCESS_KEY=hunter2hunter", "hunter2"),
        ("notes.txt:3:SECRET_KEY=hunter2hunter", "hunter2"),
        ("password = hunter2hunter", "hunter2"),
        ("db.password=hunter2hunter\r\n", "hunter2"),
    ],
)
def test_a_secret_is_blacked_out(text: str, secret: str) -> None:
    cleaned = redact(text)
    assert secret not in cleaned
    assert marks(cleaned)
    assert cleaned.count("\n") == text.count("\n")
    assert redact(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "token = get_token()",
        "password: str",
        "def check(password, token=None):",
        'token = f"{prefix}{name}"',
        'password = os.environ["DB_PASSWORD"]',
        'secret = "%s"',
        "tokens = lexer.tokens",
        "key = 'name'",
        "https://example.org/path?x=1",
        "http://localhost:8080/@me",
        "max_tokens=16000",
        "    token=settings_token",
        "    password=password,",
        "    secret=compute2(value)",
        'label = "Your password must be long"',
        "-----BEGIN PUBLIC KEY-----",
        "skip-this-thing sk-learn",
        "eyJust a word",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text())
def test_any_text_can_be_redacted_and_keeps_its_lines(text: str) -> None:
    cleaned = redact(text)
    assert cleaned.count("\n") == text.count("\n")
    assert redact(cleaned) == cleaned
