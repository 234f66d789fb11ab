"""The ``architect`` command: the only place that parses arguments.

Exit codes: 0 fine, 1 findings or a rejected proposal, 2 wrong use or unreadable input, with one
clear sentence on stderr. Each subcommand lives in a module of its own, imported when it is used,
so that ``architect serve`` starts with nothing it does not need.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from architect_server import __version__
from architect_server.cli.failure import Failure

_COMMANDS = {
    "serve": "start the language server (for editors)",
    "check": "measure files and report functions above the limits",
    "ask": "ask an architect to simplify a function",
    "verify": "check a refactoring that somebody else made",
    "agents": "list, show or check agent files",
    "memory": "look into what the agents remember",
    "doctor": "say what was found on this machine and which settings are in force",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    parser = _parser(arguments[0] if arguments else "")
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except Failure as failure:
        print(f"architect: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (as with `| head`); nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0


def _parser(chosen: str) -> argparse.ArgumentParser:
    """The parser; only the chosen subcommand's module is imported for its options."""
    parser = argparse.ArgumentParser(
        prog="architect",
        description="Complexity findings, and refactorings that are checked before they are shown.",
    )
    parser.add_argument("--version", action="version", version=f"architect {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True, prog="architect")
    for name, purpose in _COMMANDS.items():
        subparser = subparsers.add_parser(
            name, help=purpose, description=purpose.capitalize() + "."
        )
        if name == chosen:
            module = importlib.import_module(f"architect_server.cli.{name}")
            module.configure(subparser)
            subparser.set_defaults(run=module.run)
    return parser
