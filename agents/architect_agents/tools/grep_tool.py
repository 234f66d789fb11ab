"""Grep: searching the workspace by a regular expression, in a process that can be stopped."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from architect_agents.model import ToolSpec
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, flag, number, schema, text
from architect_agents.tools.workspace_files import WorkspaceFiles

WORKER = Path(__file__).with_name("grep_worker.py")
SECONDS = 20.0
MOST_LINES = 250
MODES = ("files_with_matches", "content", "count")
#: What ``type`` means, by the ends of names.
TYPES = {
    "c": ("c", "h"),
    "cpp": ("cpp", "cc", "cxx", "hpp", "hh", "h"),
    "cs": ("cs",),
    "go": ("go",),
    "java": ("java",),
    "js": ("js", "jsx", "mjs", "cjs"),
    "json": ("json",),
    "kotlin": ("kt", "kts"),
    "md": ("md",),
    "php": ("php",),
    "py": ("py", "pyi"),
    "ruby": ("rb",),
    "rust": ("rs",),
    "scala": ("scala",),
    "sql": ("sql",),
    "swift": ("swift",),
    "toml": ("toml",),
    "ts": ("ts", "tsx"),
    "yaml": ("yaml", "yml"),
}
_WORDS, _NUMBER, _FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
SPEC = ToolSpec(
    "Grep",
    "Search the files of the workspace for a regular expression (Python's syntax). Without "
    "`output_mode` the names of the files are listed; `content` shows lines, `count` numbers.",
    schema(
        {"pattern": _WORDS},
        {
            "path": _WORDS,
            "glob": _WORDS,
            "type": {"type": "string", "enum": sorted(TYPES)},
            "output_mode": {"type": "string", "enum": list(MODES)},
            "-A": _NUMBER,
            "-B": _NUMBER,
            "-C": _NUMBER,
            "-n": _FLAG,
            "-i": _FLAG,
            "head_limit": _NUMBER,
            "multiline": _FLAG,
        },
    ),
)


def grep_tool(files: WorkspaceFiles) -> Tool:
    """Grep{pattern, path?, glob?, type?, output_mode?, -A?, -B?, -C?, -n?, -i?, …}."""

    async def grep(arguments: Arguments) -> str:
        pattern = text(arguments, "pattern")
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise ToolFailure(f"`pattern` can't be read: {error}.") from None
        paths = await asyncio.to_thread(_paths, files, arguments)
        return await _search(_request(files, arguments, paths)) or "No match."

    return Tool(SPEC, grep, "read")


def _paths(files: WorkspaceFiles, arguments: Arguments) -> list[str]:
    start = files.relative(text(arguments, "path", ""))
    if start in files.overlay or (files.root / start).is_file():
        files.read(start)  # says why if it can't be read, or leads out
        return [start]
    return list(_filtered(files.walk(start), arguments))


def _filtered(paths: Iterable[str], arguments: Arguments) -> Iterable[str]:
    import pathspec

    pattern, kind = text(arguments, "glob", ""), text(arguments, "type", "")
    ends = tuple(f".{end}" for end in TYPES.get(kind, ()))
    spec = pathspec.PathSpec.from_lines("gitignore", _braces(pattern)) if pattern else None
    for path in paths:
        if (not ends or path.endswith(ends)) and (spec is None or spec.match_file(path)):
            yield path


def _braces(pattern: str) -> list[str]:
    """``*.{ts,tsx}`` as two patterns, the way searchers write it."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if match is None:
        return [pattern]
    head, tail = pattern[: match.start()], pattern[match.end() :]
    return [one for part in match[1].split(",") for one in _braces(f"{head}{part}{tail}")]


def _request(files: WorkspaceFiles, arguments: Arguments, paths: list[str]) -> dict[str, Any]:
    mode = text(arguments, "output_mode", MODES[0])
    if mode not in MODES:
        raise ToolFailure(f"`output_mode` is one of {', '.join(MODES)}.")
    around = number(arguments, "-C", 0)
    return {
        "root": str(files.root),
        "paths": paths,
        "overlay": {path: words for path, words in files.overlay.items() if path in paths},
        "pattern": text(arguments, "pattern"),
        "ignore_case": flag(arguments, "-i"),
        "multiline": flag(arguments, "multiline"),
        "mode": mode,
        "numbers": arguments.get("-n") is not False,
        "before": max(0, number(arguments, "-B", around)),
        "after": max(0, number(arguments, "-A", around)),
        "head_limit": min(MOST_LINES, max(1, number(arguments, "head_limit", MOST_LINES))),
    }


async def _search(request: dict[str, Any]) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(WORKER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(SECONDS):
            found, _ = await process.communicate(json.dumps(request).encode())
    except TimeoutError:
        raise ToolFailure(
            f"The search took longer than {SECONDS:g} seconds: use a simpler pattern."
        ) from None
    finally:
        # Also on cancel: nothing is left running.
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise ToolFailure("The search failed.")
    return found.decode("utf-8", errors="replace")
