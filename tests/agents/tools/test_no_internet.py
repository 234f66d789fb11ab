"""The guard itself: a test that reaches for another host fails, whatever it uses."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from architect_agents.models.claude import ClaudeModel, Patience
from architect_agents.models.credentials import credentials_available


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "api.anthropic.com"])
def test_a_connection_to_another_host_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(AssertionError, match="tried to reach"):
        sock.connect((host, 443))


async def test_the_real_provider_can_not_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    from architect_agents.model import ModelRequest, Text, UserTurn

    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://192.0.2.1:80")
    model = ClaudeModel("claude-sonnet-5-5", patience=Patience(attempts=1, connect=1))
    with pytest.raises(Exception, match=r"unexpected|reached"):
        await model.turn(ModelRequest("", (UserTurn((Text("x"),)),)), lambda *_: None)
    await model.close()


def test_no_test_has_a_key_or_a_home_of_a_person() -> None:
    assert not credentials_available()
    assert not any(name.startswith("ANTHROPIC_API") for name in os.environ)
    assert list(Path.home().iterdir()) == []
