"""The real SDK against the fake: every fault becomes one typed error, with one sentence."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from architect_agents import errors
from architect_agents.model import AssistantTurn, ModelRequest, Text, UserTurn
from architect_agents.models import credentials
from architect_agents.models.claude import ClaudeModel, Patience
from fake_messages import Broken, FakeMessages, Fault, Script, message, text, thinking, tool_use

QUICK = Patience(first_pause=0.01, longest_pause=0.05, silence=0.3)
REQUEST = ModelRequest(system="You help.", turns=(UserTurn((Text("Simplify f."),)),))
FINE = message(text("All is well."))


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")


async def ask(
    monkeypatch: pytest.MonkeyPatch, script: Script, patience: Patience = QUICK
) -> tuple[AssistantTurn, FakeMessages, list[tuple[str, str]]]:
    notices: list[tuple[str, str]] = []
    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        model = ClaudeModel("claude-sonnet-5-5", patience=patience)
        try:
            answer = await model.turn(REQUEST, lambda kind, words: notices.append((kind, words)))
        finally:
            await model.close()
    return answer, fake, notices


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (Fault(401, "authentication_error"), errors.ModelRefused, "ANTHROPIC_API_KEY"),
        (Fault(402, "billing_error"), errors.ModelRefused, "billing"),
        (Fault(403, "permission_error"), errors.ModelRefused, "may not use"),
        (Fault(404, "not_found_error"), errors.ModelRefused, "claude-sonnet-5-5"),
        (Fault(400, "invalid_request_error", "bad tool"), errors.ModelRefused, "bad tool"),
        (Fault(413, "request_too_large"), errors.ModelRefused, "too large"),
        (Fault(429, "rate_limit_error"), errors.ModelUnavailable, "rate limit"),
        (Fault(500, "api_error"), errors.ModelUnavailable, "api_error"),
        (Fault(503, "api_error"), errors.ModelUnavailable, "api_error"),
        (Fault(529, "overloaded_error"), errors.ModelUnavailable, "overloaded"),
        (Broken(FINE, "error"), errors.ModelUnavailable, "overloaded"),
        (
            Broken(FINE, "error", kind="invalid_request_error"),
            errors.ModelRefused,
            "invalid_request_error",
        ),
        (Broken(FINE, "reset"), errors.ModelUnavailable, "broke off"),
        (Broken(FINE, "reset", at=0), errors.ModelUnavailable, "broke off"),
        (Broken(FINE, "end"), errors.ModelUnavailable, "broke off"),
        (Broken(FINE, "end", at=0), errors.ModelUnavailable, "broke off"),
        (Broken(FINE, "hang"), errors.ModelUnavailable, "silent"),
        (Broken(FINE, "garbled"), errors.ModelUnavailable, "not in order"),
        (
            Broken(message(tool_use("Read", {"file_path": "a"})), "bad-input"),
            errors.ModelUnavailable,
            "can't be read",
        ),
    ],
    ids=lambda value: getattr(value, "how", None) or getattr(value, "status", None),
)
async def test_every_fault_is_one_typed_error_with_a_sentence(
    key: None,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault | Broken,
    kind: type[errors.ArchitectError],
    says: str,
) -> None:
    with pytest.raises(kind, match=says) as caught:
        await ask(monkeypatch, [fault])
    assert str(caught.value).strip().endswith((".", "bad tool", "as scripted"))


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, "rate_limit_error", headers={"retry-after": "0.02"}),
        Fault(500, "api_error"),
        Fault(529, "overloaded_error"),
        Broken(FINE, "error"),
        Broken(FINE, "reset"),
        Broken(FINE, "end"),
        Broken(FINE, "hang"),
        Broken(FINE, "garbled"),
        Broken(message(tool_use("Read", {"file_path": "a"})), "bad-input"),
    ],
    ids=lambda value: getattr(value, "how", None) or getattr(value, "status", None),
)
async def test_a_passing_fault_is_tried_again(
    key: None, monkeypatch: pytest.MonkeyPatch, fault: Fault | Broken
) -> None:
    answer, fake, notices = await ask(monkeypatch, [fault, FINE])
    assert answer.text == "All is well."
    assert len(fake.turns) == 2
    assert [kind for kind, _ in notices].count("retry") == 1


async def test_a_fault_that_stays_is_not_tried_for_ever(
    key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = [Fault(529, "overloaded_error")]
    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        model = ClaudeModel("claude-sonnet-5-5", patience=QUICK)
        with pytest.raises(errors.ModelUnavailable):
            await model.turn(REQUEST, lambda *_: None)
        await model.close()
        assert len(fake.turns) == QUICK.attempts


async def test_a_server_that_asks_for_an_hour_is_not_waited_for(
    key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Were the hour waited for, the suite's own time limit would end the test.
    with pytest.raises(errors.ModelUnavailable, match="3600 seconds"):
        await ask(monkeypatch, [Fault(429, "rate_limit_error", headers={"retry-after": "3600"})])


async def test_a_refused_connection_is_said_in_words(
    key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    model = ClaudeModel("claude-sonnet-5-5", patience=QUICK)
    with pytest.raises(errors.ModelUnavailable, match="ANTHROPIC_BASE_URL"):
        await model.turn(REQUEST, lambda *_: None)
    await model.close()


async def test_without_a_key_nothing_is_sent_and_the_sentence_says_how_to_get_one() -> None:
    assert not credentials.credentials_available()
    with pytest.raises(errors.NoCredentials, match="Set ANTHROPIC_API_KEY"):
        await ClaudeModel("sonnet").turn(REQUEST, lambda *_: None)


async def test_without_the_package_the_sentence_says_how_to_get_it(
    key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert credentials.credentials_available()
    monkeypatch.setattr(credentials, "find_spec", lambda name: None)
    assert not credentials.credentials_available()
    with pytest.raises(errors.NoCredentials, match="pip install anthropic"):
        await ClaudeModel("sonnet").turn(REQUEST, lambda *_: None)


@pytest.mark.parametrize(("unknown", "requests"), [("thinking", 2), ("cache_control", 3)])
async def test_a_server_that_does_not_know_a_feature_is_asked_again_without_it(
    key: None, monkeypatch: pytest.MonkeyPatch, unknown: str, requests: int
) -> None:
    def old_server(sent: dict[str, object]) -> Fault | dict[str, object]:
        return Fault(400, "invalid_request_error") if unknown in sent else FINE

    answer, fake, _ = await ask(monkeypatch, old_server)
    assert answer.text == "All is well."
    assert len(fake.turns) == requests
    assert "output_config" not in fake.turns[-1]


async def test_a_server_of_ones_own_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not credentials.credentials_available()
    answer, fake, _ = await ask(monkeypatch, [FINE])
    assert credentials.credentials_available()
    assert answer.text == "All is well."
    assert fake.requests[-1].headers["authorization"] == "Bearer none"


@pytest.mark.parametrize(
    ("environ", "provider", "available"),
    [
        ({}, "anthropic", False),
        ({"ANTHROPIC_AUTH_TOKEN": "x"}, "anthropic", True),
        ({"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}, "anthropic", False),
        ({"ANTHROPIC_BASE_URL": "http://localhost:11434"}, "anthropic", True),
        ({"CLAUDE_CODE_USE_BEDROCK": "1"}, "bedrock", False),
        ({"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": "eu-west-1"}, "bedrock", True),
        ({"CLAUDE_CODE_USE_VERTEX": "true", "CLOUD_ML_REGION": "global"}, "vertex", True),
        ({"CLAUDE_CODE_USE_VERTEX": "0", "ANTHROPIC_API_KEY": "x"}, "anthropic", True),
        (
            {
                "ANTHROPIC_IDENTITY_TOKEN": "t",
                "ANTHROPIC_FEDERATION_RULE_ID": "r",
                "ANTHROPIC_ORGANIZATION_ID": "o",
            },
            "anthropic",
            True,
        ),
    ],
)
def test_credentials_are_found_where_the_sdk_looks(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], provider: str, available: bool
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert credentials.provider_in_use() == provider
    assert credentials.credentials_available() is available
    assert bool(credentials.why_unavailable()) is not available


def test_a_profile_on_disk_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    assert not credentials.credentials_available()
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "work.json").write_text("{}")
    assert not credentials.credentials_available()
    (tmp_path / "active_config").write_text("work\n")
    assert credentials.credentials_available()
    monkeypatch.setenv("ANTHROPIC_PROFILE", "other")
    assert not credentials.credentials_available()


async def test_events_of_an_unknown_kind_pass(key: None, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, _, _ = await ask(monkeypatch, [Broken(FINE, "unknown")])
    assert answer.text == "All is well."


async def test_blocks_go_back_to_the_provider_as_they_came(
    key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [
        thinking("Let me look. " * 10),
        {"type": "block_of_tomorrow", "data": "x"},
        tool_use("Read", {"file_path": "a.py"}),
    ]
    answer, _, notices = await ask(monkeypatch, [message(*blocks)])
    assert [dict(block) for block in answer.wire] == blocks
    assert answer.stop == "tools"
    assert [call.arguments for call in answer.calls] == [{"file_path": "a.py"}]
    assert "".join(words for kind, words in notices if kind == "thinking").startswith("Let me")
    assert ("tool", "Read") in notices


@pytest.mark.parametrize(
    ("stop_reason", "stop"),
    [
        ("end_turn", "done"),
        ("max_tokens", "cut-off"),
        ("model_context_window_exceeded", "window-full"),
        ("pause_turn", "paused"),
        ("refusal", "refused"),
        ("reason_of_tomorrow", "other"),
    ],
)
async def test_why_an_answer_ended_is_told(
    key: None, monkeypatch: pytest.MonkeyPatch, stop_reason: str, stop: str
) -> None:
    answer, _, _ = await ask(monkeypatch, [message(text("x"), stop_reason=stop_reason)])
    assert answer.stop == stop


async def test_a_refusal_carries_its_category(key: None, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = message(stop_reason="refusal")
    refusal["stop_details"] = {"type": "refusal", "category": "cyber", "explanation": None}
    answer, _, _ = await ask(monkeypatch, [refusal])
    assert (answer.stop, answer.detail) == ("refused", "cyber")


async def test_usage_is_read_with_the_cache(key: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = {"input_tokens": 5, "cache_creation_input_tokens": 7, "cache_read_input_tokens": 9}
    answer, _, _ = await ask(monkeypatch, [message(text("x"), usage=usage)])
    tokens = answer.tokens
    assert (tokens.input, tokens.output, tokens.cache_write, tokens.cache_read) == (5, 200, 7, 9)


async def test_cancel_closes_the_stream_at_once(key: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeMessages([Broken(FINE, "hang")]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        model = ClaudeModel("claude-sonnet-5-5")
        task = asyncio.create_task(model.turn(REQUEST, lambda *_: None))
        await asyncio.wait_for(fake.hanging.wait(), 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(fake.gone.wait(), 30)
        await model.close()


async def test_two_runs_at_once_do_not_disturb_one_another(
    key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def echo(sent: dict[str, object]) -> dict[str, object]:
        return message(text(str(sent["system"])))

    async with FakeMessages(echo) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        models = [ClaudeModel("sonnet"), ClaudeModel("sonnet")]
        requests = [ModelRequest(system=name, turns=REQUEST.turns) for name in ("one", "two")]
        answers = await asyncio.gather(
            *(m.turn(r, lambda *_: None) for m, r in zip(models, requests, strict=True))
        )
        assert [answer.text for answer in answers] == ["one", "two"]
        for model in models:
            await model.close()


async def test_tokens_are_counted_by_the_provider(
    key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeMessages([FINE]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        model = ClaudeModel("claude-sonnet-5-5")
        assert await model.count_tokens(REQUEST) > 10
        assert fake.turns == []
        await model.close()


def test_looking_for_credentials_imports_nothing_heavy() -> None:
    assert importlib.util.find_spec("anthropic") is not None
    script = (
        "import sys, architect_agents.models.claude as c, architect_agents.models.credentials as k;"
        "k.credentials_available(); print([n for n in ('anthropic','mcp','httpx2') "
        "if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
