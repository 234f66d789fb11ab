"""``architect serve``: the language server on stdio, or on a loopback port."""

from __future__ import annotations

import argparse
import logging
import sys

from architect_server.cli.failure import Failure


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument(
        "--tcp",
        metavar="HOST:PORT",
        help="serve one connection on this address (127.0.0.1:PORT) instead of stdio",
    )
    parser.add_argument(
        "--stdio", action="store_true", help="serve on stdio (the default; some editors pass it)"
    )
    parser.add_argument(
        "--log-level",
        choices=["debug", "info", "warning", "error"],
        default="warning",
        help="what is logged on stderr (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until the editor leaves."""
    level = options.log_level.upper()
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s"
    )
    # At "info" pygls logs every message whole, the user's source with it.
    logging.getLogger("pygls").setLevel("DEBUG" if level == "DEBUG" else "WARNING")

    if not options.tcp:
        # The editor is answered first; then the process is started that loads what the first
        # text needs, while we load the rest.
        from architect_server.greeting import answer_first
        from architect_server.worker_pipe import start_child

        first = answer_first(sys.stdin.fileno(), sys.stdout.fileno())
        child = start_child()
        from architect_server.front import serve_stdio

        serve_stdio(first, child)
        return 0
    from architect_server.app import create_server

    address = _address(options.tcp)
    server = create_server()
    try:
        server.start_tcp(*address)
    finally:
        server.worker.close()
    return 0


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise Failure(f"--tcp wants HOST:PORT, such as 127.0.0.1:9257, not {text!r}.")
    if host not in {"127.0.0.1", "localhost", "::1", "[::1]"}:
        raise Failure("--tcp serves on loopback only (127.0.0.1:PORT): the protocol has no login.")
    return host.strip("[]"), int(port)
