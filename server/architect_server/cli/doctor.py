"""``architect doctor``: what was found on this machine, and which settings are in force where.

Meant to be pasted into a bug report: secrets are named by where they come from, never shown.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from architect_server.cli.failure import Failure
from architect_server.cli.targets import workspace_of
from architect_server.cli.terminal import console
from architect_server.diagnosis.fact import as_text
from architect_server.diagnosis.report import for_path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="the file or folder whose settings to show (default: .)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Report; 1 if something needs a fix."""
    path = Path(options.path)
    if not path.exists():
        raise Failure(f"{path} does not exist.")
    facts = for_path(path, workspace_of(path.absolute() / "any" if path.is_dir() else path))
    if options.json:
        print(json.dumps([asdict(fact) for fact in facts], indent=2, ensure_ascii=False))
    else:
        console().print(as_text(facts), markup=False, highlight=False, soft_wrap=True)
    return 0 if all(fact.ok for fact in facts) else 1
