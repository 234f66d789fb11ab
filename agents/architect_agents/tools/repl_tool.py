"""mcp__ide__executeCode: a Python prompt in the jail that keeps its names through the run."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

from architect_agents.model import ToolSpec
from architect_agents.sandbox.jail import Jail, end, why_no_jail
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, schema, text

WORKER = Path(__file__).with_name("repl_worker.py")
SECONDS = 60.0
LONGEST_LINE = 1_000_000
SPEC = ToolSpec(
    "mcp__ide__executeCode",
    "Run Python code in a sandboxed prompt (a copy of the project, no network). Names live on "
    "from call to call; the value of a last expression is shown.",
    schema({"code": {"type": "string"}}),
)


@dataclass(slots=True)
class Repl:
    """One child, started with the first call. ``close`` ends it and all that it started."""

    jail: Jail
    seconds: float = SECONDS
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def run(self, code: str) -> str:
        """What ``code`` printed and came to.

        Raises:
            ToolFailure: it raised, took too long, or there is no jail here.
        """
        async with self._lock:
            process = await self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                async with asyncio.timeout(self.seconds):
                    process.stdin.write(json.dumps({"code": code}).encode() + b"\n")
                    await process.stdin.drain()
                    answer = json.loads(await process.stdout.readline())
            except TimeoutError:
                await self.close()
                raise ToolFailure(
                    f"Stopped after {self.seconds:g} seconds; all names are lost."
                ) from None
            except (OSError, ValueError):
                await self.close()
                raise ToolFailure("The prompt ended; all names are lost.") from None
            except asyncio.CancelledError:
                await self.close()
                raise
        if answer["failed"]:
            raise ToolFailure(answer["output"])
        return answer["output"] or "(no output)"

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        if reason := await asyncio.to_thread(why_no_jail):
            raise ToolFailure(reason)
        source = await asyncio.to_thread(WORKER.read_text, "utf-8")
        self._process = await asyncio.create_subprocess_exec(
            *self.jail.command([str(self.jail.interpreter), "-c", source]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            limit=LONGEST_LINE,
        )
        return self._process

    async def close(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        await end(process)


def repl_tool(repl: Repl) -> Tool:
    """mcp__ide__executeCode{code}."""

    async def execute(arguments: Arguments) -> str:
        return await repl.run(text(arguments, "code"))

    return Tool(SPEC, execute, "exec")
