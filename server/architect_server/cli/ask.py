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
from architect_agents.refactoring.module_source import UnreadableSourceError, read_module
from architect_agents.same_text import checked, outcome_with
from architect_agents.types import Outcome, RefactorRequest
from architect_server.answers import with_choice
from architect_server.asking import Refused, Surroundings, architect_for, figures, request_for
from architect_server.cli.consult import consult as consult_page
from architect_server.cli.failure import Failure
from architect_server.cli.targets import (
    find_function,
    open_document,
    split_target,
    text_now,
    workspace_of,
)
from architect_server.cli.terminal import (
    console,
    print_diff,
    print_verdict,
    status_line,
    unified_diff,
    verdict_as_json,
)
from architect_server.refactor import applied, consult
from architect_server.settings import Layer, Settings, SettingsByPlace
from architect_server.wording import titled


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument(
        "target",
        metavar="FILE:FUNCTION|FILE:LINE|FILE",
        help="a function by its (qualified) name, or the one at a line; "
        "a whole file for --review and --question",
    )
    parser.add_argument("--agent", metavar="NAME", help="the agent file to use")
    parser.add_argument("--offline", action="store_true", help="use the embedded architect")
    parser.add_argument("--review", action="store_true", help="review it instead of simplifying")
    parser.add_argument(
        "--question", default="", metavar="TEXT", help="answer a question about it instead"
    )
    parser.add_argument(
        "--trust",
        action="store_true",
        help="let tests and commands of this workspace run, in the sandbox",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be sent, and send nothing"
    )
    parser.add_argument(
        "--alternative",
        type=int,
        default=0,
        metavar="N",
        help="take the other proposal of that number, as listed below the first",
    )
    parser.add_argument("--apply", action="store_true", help="write an accepted proposal")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Ask; 1 for a rejected proposal."""
    asks_for_page = bool(options.review or options.question)
    path, function_name = split_target(options.target, whole_file=asks_for_page)
    document = open_document(path)
    settings = _settings(path, options)
    surroundings = Surroundings(settings, path.absolute(), workspace_of(path), options.trust)
    if asks_for_page and not function_name:
        return consult_page(document, (0, 0), surroundings, options)
    function = find_function(document, function_name)
    if asks_for_page:
        lines = (function.edit_line, function.end_line)
        return consult_page(document, lines, surroundings, options)
    request = request_for(document, function, surroundings)
    if options.dry_run:
        return _dry_run(request, settings, options)
    _refuse_broken(path, request)
    return _propose(path, request, surroundings, options)


def _refuse_broken(path: Path, request: RefactorRequest) -> None:
    """No proposal could be judged for a file that Python can't read, so nobody is asked."""
    if request.language == "python":
        try:
            read_module(request.source)
        except UnreadableSourceError as error:
            raise Failure(f"{path}: {error}; mend that first, then ask again.") from error


def _propose(
    path: Path, request: RefactorRequest, surroundings: Surroundings, options: argparse.Namespace
) -> int:
    try:
        with status_line(f"Asking about {request.function}") as report:
            architect = architect_for(request, surroundings, options.offline)
            outcome = asyncio.run(consult(architect, request, report, test_all=options.trust))
    except Refused as refusal:
        raise Failure(str(refusal)) from refusal
    outcome = outcome_with(outcome, checked(request, text_now(path)))
    outcome = _chosen(outcome, options.alternative)
    proposal = outcome.proposal  # also a rejected one is shown, with what was wrong
    after = applied(request.source, proposal) if proposal else request.source
    diff = unified_diff(path.as_posix(), request.source, after)
    if options.json:
        print(json.dumps(as_json(outcome, diff), indent=2, ensure_ascii=False))
    else:
        _print(outcome, diff)
    if options.apply and outcome.status == "proposed":
        write(path, request.source, after)
    return 1 if outcome.status == "rejected" else 0


def _chosen(outcome: Outcome, number: int) -> Outcome:
    if not number:
        return outcome
    there_are = len(outcome.alternatives)
    if not 0 < number <= there_are:
        raise Failure(f"There are {there_are} other proposals, so there is no number {number}.")
    return with_choice(outcome, number)


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


def _settings(path: Path, options: argparse.Namespace) -> Settings:
    chosen = {"ask": {"agent": options.agent}} if options.agent else {}
    places = SettingsByPlace(Layer("the command line", chosen))
    settings = places.of(path)
    for problem in places.problems:
        print(f"architect: {problem}", file=sys.stderr)
    return settings


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
        "helpers": list(outcome.proposal.helpers) if outcome.proposal else [],
        "alternatives": [titled(one.title, one.verdict) for one in outcome.alternatives],
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
    for number, other in enumerate(outcome.alternatives, 1):
        said = titled(other.title, other.verdict)
        target.print(f"\nInstead (--alternative {number}): {said}", markup=False)


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
