"""``architect verify BEFORE AFTER``: the gate's verdict on somebody else's refactoring."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import json
from pathlib import Path

from architect_agents.same_text import checked, with_check
from architect_agents.types import Check, FindingLimits, RefactorRequest
from architect_server.asking import figures, finding_limits, make_gate
from architect_server.cli.failure import Failure
from architect_server.cli.targets import open_document, text_now, workspace_of
from architect_server.cli.terminal import console, print_verdict, verdict_as_json
from architect_server.document import Document
from architect_server.settings import Layer, SettingsByPlace


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument("before", metavar="BEFORE", help="the file before the refactoring")
    parser.add_argument("after", metavar="AFTER", help="the file after it")
    parser.add_argument(
        "--function", metavar="NAME", help="only this function (default: every one that changed)"
    )
    parser.add_argument(
        "--tests",
        action="store_true",
        help="run the covering tests too, in the sandbox; one of the two files lies in its project",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Verify; 1 if a check failed."""
    before, after = open_document(Path(options.before)), open_document(Path(options.after))
    _check_name(options, before)
    settings = SettingsByPlace(Layer("the command line", {})).of(Path(options.after))
    request = _request(options, before, finding_limits(settings.limits))
    if options.tests:
        verdict = asyncio.run(make_gate().judge_with_tests(request, after.text))
    else:
        verdict = make_gate().judge(request, after.text)
    verdict = with_check(verdict, _still_the_same(options, request, after))
    if options.json:
        print(json.dumps(verdict_as_json(verdict), indent=2, ensure_ascii=False))
    else:
        target = console()
        target.print(f"Verdict: {'accepted' if verdict.accepted else 'REJECTED'}", style="bold")
        print_verdict(target, verdict)
    return 0 if verdict.accepted else 1


def _still_the_same(
    options: argparse.Namespace, request: RefactorRequest, after: Document
) -> Check:
    """Whether both files still hold what was judged: tests may take a while."""
    check = checked(request, text_now(Path(options.before)))
    if check.status == "passed" and text_now(Path(options.after)) != after.text:
        return Check(check.name, "failed", f"{options.after} changed while it was judged.")
    return check


def _check_name(options: argparse.Namespace, before: Document) -> None:
    """A name that is spelt wrong is no verdict on the refactoring."""
    names = {one.qualified_name for one in figures(before.text, before.language_id)}
    if options.function and names and options.function not in names:
        close = difflib.get_close_matches(options.function, names, n=1, cutoff=0.5)
        hint = f"; did you mean {close[0]}?" if close else "; name it as `architect check` does."
        raise Failure(f"{options.before} has no function {options.function}{hint}")


def _request(
    options: argparse.Namespace, before: Document, limits: FindingLimits
) -> RefactorRequest:
    """With the project of the file that lies in the current one, AFTER first."""
    here = workspace_of(Path.cwd() / "anything")
    paths = [Path(options.after).resolve(), Path(options.before).resolve()]
    path = next((path for path in paths if path.is_relative_to(here)), paths[0])
    workspace = workspace_of(path)
    return RefactorRequest(
        path=path.relative_to(workspace).as_posix(),
        language=before.language_id,
        source=before.text,
        function=options.function or "",
        start_line=0,
        limits=limits,
        workspace=workspace,
        trusted=True,  # the user asked for the tests to run
    )
