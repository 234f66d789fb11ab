"""``architect ask FILE:FUNCTION``: one proposal with its verdict; written only with --apply."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from architect_agents.architect import preview
from architect_agents.errors import ArchitectError
from architect_agents.types import Outcome, RefactorRequest
from architect_server.analysis.languages import language_of
from architect_server.analysis.measure import measure
from architect_server.analysis.model import FunctionMetrics
from architect_server.cli.failure import Failure
from architect_server.cli.terminal import (
    console,
    print_diff,
    print_verdict,
    status_line,
    unified_diff,
    verdict_as_json,
)
from architect_server.document import Document
from architect_server.refactor import (
    Refused,
    Surroundings,
    architect_for,
    consult,
    figures,
    request_for,
)
from architect_server.settings import Layer, Settings, SettingsByPlace


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument(
        "target",
        metavar="FILE:FUNCTION|FILE:LINE",
        help="a function by its (qualified) name, or the one at a line",
    )
    parser.add_argument("--agent", metavar="NAME", help="the agent file to use")
    parser.add_argument("--offline", action="store_true", help="use the embedded architect")
    parser.add_argument("--question", default="", metavar="TEXT", help="what to look at")
    parser.add_argument(
        "--trust",
        action="store_true",
        help="let the covering tests of this workspace run, in the sandbox",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be sent, and send nothing"
    )
    parser.add_argument("--apply", action="store_true", help="write an accepted proposal")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Ask; 1 for a rejected proposal."""
    path, function_name = split_target(options.target)
    document = open_document(path)
    settings = _settings(path, options)
    function = find_function(document, function_name)
    surroundings = Surroundings(settings, path.absolute(), workspace_of(path), options.trust)
    request = request_for(document, function, surroundings, options.question)
    if options.dry_run:
        return _dry_run(request, settings, options)
    try:
        with status_line(f"Asking about {function.qualified_name}") as report:
            architect = architect_for(request, settings, options.offline)
            outcome = asyncio.run(consult(architect, request, report))
    except Refused as refusal:
        raise Failure(str(refusal)) from refusal
    after = applied(document.text, outcome)
    diff = unified_diff(path.as_posix(), document.text, after)
    if options.json:
        print(json.dumps(as_json(outcome, diff), indent=2, ensure_ascii=False))
    else:
        _print(outcome, diff)
    if options.apply and outcome.status == "proposed":
        write(path, document.text, after)
    return 1 if outcome.status == "rejected" else 0


def _dry_run(request: RefactorRequest, settings: Settings, options: argparse.Namespace) -> int:
    try:
        shown = preview(
            request,
            measure=figures,
            agent=settings.agent,
            model=settings.model,
            offline=options.offline,
        )
    except ArchitectError as error:
        raise Failure(str(error)) from error
    if options.json:
        document = {
            "model": shown.model,
            "input_tokens": shown.input_tokens,
            "usd": shown.usd,
            "text": shown.text,
        }
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        print(shown.text)
        print(
            f"\nNothing was sent. {shown.model or 'The embedded architect'}: about "
            f"{shown.input_tokens:,} input tokens, {shown.usd:.4f} USD a turn by estimate."
        )
    return 0


def split_target(target: str) -> tuple[Path, str]:
    """``FILE:FUNCTION`` or ``FILE:LINE``; the file may hold a colon (as on Windows)."""
    name, colon, function = target.rpartition(":")
    if not colon or not name or not function:
        raise Failure(f"'{target}' should be FILE:FUNCTION or FILE:LINE, such as app.py:main.")
    path = Path(name)
    if not path.is_file():
        raise Failure(f"{name} is no file.")
    return path, function


def open_document(path: Path) -> Document:
    """The file as the editor would have it, line ends and BOM included."""
    language = language_of(path.name)
    if language is None:
        raise Failure(f"{path} is in no language that lizard reads.")
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise Failure(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{path} is not UTF-8 text, so it can't be edited safely.") from error
    return Document(path.absolute().as_uri(), None, language, text)


def find_function(document: Document, name: str) -> FunctionMetrics:
    """The function of that qualified or plain name, or the innermost one at that line."""
    functions = measure(document.text, document.language_id).functions
    if name.isdecimal():
        line = int(name)
        around = [f for f in functions if f.edit_line <= line <= f.end_line]
        if not around:
            raise Failure(f"There is no function at line {line} of {document.name}.")
        return max(around, key=lambda function: function.start_line)
    exact = [f for f in functions if f.qualified_name == name]
    found = exact or [f for f in functions if f.qualified_name.rpartition(".")[2] == name]
    if not found:
        raise Failure(f"There is no function {name} in {document.name}.")
    if len(found) > 1:
        places = ", ".join(f"{f.qualified_name} (line {f.start_line})" for f in found)
        raise Failure(f"{name} is not unique in {document.name}: {places}; name a line instead.")
    return found[0]


def workspace_of(path: Path) -> Path:
    """The nearest folder with a .git or pyproject.toml, else the file's own."""
    folder = path.absolute().parent
    for place in (folder, *folder.parents):
        if (place / ".git").exists() or (place / "pyproject.toml").exists():
            return place
    return folder


def _settings(path: Path, options: argparse.Namespace) -> Settings:
    chosen = {"architect": {"agent": options.agent}} if options.agent else {}
    places = SettingsByPlace(Layer("the command line", chosen))
    settings = places.of(path)
    for problem in places.problems:
        print(f"architect: {problem}", file=sys.stderr)
    return settings


def applied(text: str, outcome: Outcome) -> str:
    """The text after the outcome's proposal, also a rejected one (to show what was wrong)."""
    for edit in sorted(
        outcome.proposal.edits if outcome.proposal else (), key=lambda e: e.start, reverse=True
    ):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def as_json(outcome: Outcome, diff: str) -> dict[str, Any]:
    """The outcome as JSON values, keys in a fixed order."""
    usage = outcome.usage
    return {
        "status": outcome.status,
        "architect": outcome.architect,
        "title": outcome.title,
        "rationale": outcome.rationale,
        "diff": diff,
        "verdict": verdict_as_json(outcome.proposal.verdict) if outcome.proposal else None,
        "usage": {
            "model": usage.model,
            "turns": usage.turns,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_read_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "usd": round(usage.usd, 6),
            "seconds": round(usage.seconds, 3),
        },
    }


def _print(outcome: Outcome, diff: str) -> None:
    target = console()
    target.print(outcome.title, style="bold", markup=False)
    if outcome.rationale:
        target.print(f"\n{outcome.rationale}\n", markup=False)
    if diff:
        print_diff(target, diff)
    if outcome.proposal:
        heading = "accepted" if outcome.proposal.verdict.accepted else "REJECTED"
        target.print(f"\nVerdict: {heading}", style="bold")
        print_verdict(target, outcome.proposal.verdict)


def write(path: Path, before: str, after: str) -> None:
    """Replace the file in one step, keeping its mode; refuse if it changed meanwhile."""
    if path.read_bytes().decode("utf-8", errors="replace") != before:
        raise Failure(f"{path} changed while the architect was at work; nothing was written.")
    place = path.resolve()
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(after.encode("utf-8"))
        temporary.chmod(place.stat().st_mode & 0o7777)
        temporary.replace(place)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Failure(f"{path} can't be written: {error.strerror}.") from error
