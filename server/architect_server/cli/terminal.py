"""What subcommands print for a person: diffs and verdicts, with colour only on a terminal."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text

from architect_agents.types import Verdict

_MARK = {
    "passed": ("ok", "green"),
    "failed": ("FAILED", "bold red"),
    "not-run": ("not run", "dim"),
}


def console(stderr: bool = False) -> Console:
    """A console that never wraps, so that what is piped stays whole."""
    return Console(stderr=stderr, soft_wrap=True, highlight=False)


def unified_diff(path: str, before: str, after: str) -> str:
    """The change as a unified diff, as ``git apply`` takes it."""
    lines = difflib.unified_diff(
        _lines(before), _lines(after), fromfile=f"a/{path}", tofile=f"b/{path}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    """Split at LF only; ``str.splitlines`` would split at form feeds too."""
    parts = text.split("\n")
    lines = [f"{part}\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def print_diff(target: Console, diff: str) -> None:
    """Print a diff, added lines green and removed ones red."""
    for line in diff.split("\n")[:-1]:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        target.print(Text(line, style="bold" if line[:3] in {"+++", "---"} else style))


def print_verdict(target: Console, verdict: Verdict) -> None:
    """Print a verdict, a line for each check."""
    width = max((len(check.name) for check in verdict.checks), default=0)
    for check in verdict.checks:
        mark, style = _MARK[check.status]
        line = Text("  ")
        line.append(f"{mark:>7}", style)
        line.append(f"  {check.name:<{width}}  {check.detail}".rstrip())
        target.print(line)
    before, after = verdict.before, verdict.after
    target.print(
        Text(f"  CCN {before.ccn} → {after.ccn}, proof: {verdict.proof or 'none'}", "bold")
    )


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as JSON values, keys in a fixed order."""
    return {
        "accepted": verdict.accepted,
        "proof": verdict.proof,
        "checks": [
            {"name": check.name, "status": check.status, "detail": check.detail}
            for check in verdict.checks
        ],
        "before": _figures(verdict.before),
        "after": _figures(verdict.after),
    }


def _figures(figures: Any) -> dict[str, int]:
    return {
        "ccn": figures.ccn,
        "length": figures.length,
        "parameters": figures.parameters,
        "nesting": figures.nesting,
    }


@contextmanager
def status_line(title: str) -> Iterator[Callable[[str, int | None], None]]:
    """A spinner with the newest line of progress, on a terminal only."""
    target = console(stderr=True)
    if not target.is_terminal:
        yield _say_nothing
        return
    with target.status(title) as status:

        def report(message: str, percentage: int | None) -> None:
            status.update(f"{title}: {message}")

        yield report


def _say_nothing(message: str, percentage: int | None) -> None:
    """Progress is for a person at a terminal."""
