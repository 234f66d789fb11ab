"""The provider's own web tools over the real SDK: paused turns and results go back unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from architect_agents.agent_file import parse_agent
from architect_agents.inquiry import Inquiry
from architect_agents.limits import Limits
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.claude import ClaudeModel
from architect_agents.types import RefactorRequest, Step, Verdict
from architect_agents.workbench import Facilities
from fake_messages import FakeMessages, message, text, tool_use

AGENT = parse_agent("---\nname: a\ntools: WebSearch, WebFetch, Read\n---\nYou search.")
QUESTION = Inquiry("question", "a.py", "python", "x = 1\n", "Is this Redis caching layer sound?")
CALL = {
    "type": "server_tool_use",
    "id": "srvtoolu_1",
    "name": "web_search",
    "input": {"query": "cache stampede"},
}
FOUND = {
    "type": "web_search_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": [
        {
            "type": "web_search_result",
            "url": "https://example.org/stampede",
            "title": "Cache stampede",
            "encrypted_content": "ZW5jcnlwdGVk",
            "page_age": "2 days",
        }
    ],
}
FAILED = {**FOUND, "content": {"type": "web_search_tool_result_error", "error_code": "unavailable"}}
ANSWER = tool_use("answer", {"title": "Mind the stampede", "text": "Lock per key."})


class Unasked:
    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        raise AssertionError("a question is not judged")


async def asked(
    monkeypatch: pytest.MonkeyPatch, script: list[Any]
) -> tuple[str, FakeMessages, list[str]]:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    steps: list[Step] = []
    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        # The fake stands in for Anthropic's own API, which alone has these tools.
        monkeypatch.setattr("architect_agents.workbench.own_server", lambda environ: False)
        architect = ModelArchitect(
            AGENT,
            lambda: ClaudeModel("claude-sonnet-5-5"),
            lambda source, language: [],
            Limits(),
            facilities=Facilities(web=True, listen=steps.append),
        )
        answer = await architect.consult(QUESTION, Unasked(), lambda *_: None)
    return answer.text, fake, [step.text for step in steps if step.kind == "tool"]


@pytest.mark.parametrize("result", [FOUND, FAILED], ids=["found", "failed"])
async def test_a_search_that_pauses_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch, result: dict[str, Any]
) -> None:
    paused = message(text("I look it up."), CALL, stop_reason="pause_turn")
    said, fake, used = await asked(monkeypatch, [paused, message(result, text("So."), ANSWER)])
    assert said == "Lock per key."
    first, second = fake.turns
    offered = {tool["name"]: tool for tool in first["tools"]}
    assert offered["web_search"]["type"] == "web_search_20260318"
    assert offered["web_search"]["max_uses"] > 0
    assert second["messages"][:-1] == first["messages"]
    assert second["messages"][-1] == {"role": "assistant", "content": paused["content"]}
    assert used == ["web_search", "answer"]


async def test_results_of_a_search_go_back_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = message(CALL, FOUND, tool_use("Read", {"file_path": "a.py"}))
    said, fake, _ = await asked(monkeypatch, [searched, message(ANSWER)])
    assert said == "Lock per key."
    assistant, ours = fake.turns[1]["messages"][-2:]
    assert assistant["content"] == searched["content"]
    assert [block["type"] for block in ours["content"]] == ["tool_result"], (
        "the provider's own call is answered by the provider"
    )
