"""`make live` against the loopback fake: what it prints, and that it is skipped without a key."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from fake_messages import FakeMessages, Fault, message, tool_use

LIVE = Path(__file__).parents[2] / "examples" / "live.py"
LEAVE = tool_use("submit", {"decision": "leave-as-is", "title": "Fine", "rationale": "Small."})
ANSWER = tool_use("answer", {"title": "Weights", "text": "The weight of zero."})


async def live(**environment: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(LIVE),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()


async def test_without_a_key_it_is_skipped_with_a_sentence() -> None:
    code, said = await live()
    assert code == 0
    assert said.startswith("Skipped, nothing was sent. There is no key for Claude.")
    assert "ANTHROPIC_API_KEY" in said


async def test_it_says_what_the_run_cost() -> None:
    async with FakeMessages([message(LEAVE), message(ANSWER)]) as fake:
        code, said = await live(ANTHROPIC_API_KEY="sk-ant-x", ANTHROPIC_BASE_URL=fake.base_url)
    assert code == 0, said
    assert f"Asking {fake.base_url.removeprefix('http://')}, for at most 0.25 USD" in said
    assert "leave-as-is: Fine" in said
    assert "The weight of zero." in said
    assert said.count("claude-sonnet-5-5: 1 turns, 1,000 tokens in, 200 out") == 2
    assert "cost about 0.0080 USD." in said


async def test_a_wrong_key_fails_with_its_sentence() -> None:
    async with FakeMessages([Fault(401, "authentication_error")]) as fake:
        code, said = await live(ANTHROPIC_API_KEY="sk-ant-x", ANTHROPIC_BASE_URL=fake.base_url)
    assert code == 1
    assert "Failed: The provider did not accept the key (401)." in said
