"""``architect verify BEFORE AFTER``: the gate's verdict on somebody else's refactoring."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from architect_server.cli.ask import open_document
from architect_server.cli.terminal import console, print_verdict, verdict_as_json
from architect_server.refactor import finding_limits, make_gate
from architect_server.settings import Layer, SettingsByPlace


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument("before", metavar="BEFORE", help="the file before the refactoring")
    parser.add_argument("after", metavar="AFTER", help="the file after it")
    parser.add_argument(
        "--function", metavar="NAME", help="only this function (default: every one that changed)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Verify; 1 if a check failed."""
    before, after = open_document(Path(options.before)), open_document(Path(options.after))
    settings = SettingsByPlace(Layer("the command line", {})).of(Path(options.after))
    verdict = make_gate().verify(
        before.text,
        after.text,
        path=before.name,
        language=before.language_id,
        function=options.function,
        limits=finding_limits(settings.limits),
    )
    if options.json:
        print(json.dumps(verdict_as_json(verdict), indent=2, ensure_ascii=False))
    else:
        target = console()
        target.print(f"Verdict: {'accepted' if verdict.accepted else 'REJECTED'}", style="bold")
        print_verdict(target, verdict)
    return 0 if verdict.accepted else 1
