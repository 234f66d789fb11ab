"""How much memory edits, and opening and closing, leave behind.

    python benchmarks/memory.py [--edits N] [--opens N] [--scan FOLDER]

Prints megabytes of the server and of its analysis process: with 20 open files (after the
workspace ``--scan`` was asked for whole, if one is given), once the analysis process has had
nothing to do for a while, and the growth under edits and openings.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpus import file_of
from keystrokes import OPTIONS, OURS, keystrokes
from lsp import Server

_OPEN = 20
#: Seconds in which the full server is loaded, and after which an idle process has been ended.
_LOADED, _IDLE = 5, 40
#: Edits that fill what is kept on purpose; growth is counted behind them.
_FIRST = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--opens", type=int, default=1_000)
    parser.add_argument("--scan", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        measure_open(folder, options.scan)
        measure_growth(folder, options.edits, options.opens)


def measure_open(folder: Path, scan: Path | None) -> None:
    """What a session holds: a workspace that was looked at whole, and open files."""
    server = Server(OURS)
    server.start(scan.resolve() if scan else folder, OPTIONS, pull=True)
    time.sleep(_LOADED)
    print(f"nothing open: {_said(server)}")
    if scan:
        parameters = {"previousResultIds": []}
        _, found = server.request("workspace/diagnostic", parameters, patience=1_800)
        if not found["items"]:
            raise SystemExit(f"Nothing was scanned in {scan}: git leaves it out, maybe; copy it.")
        print(f"workspace scanned, {len(found['items'])} files with findings: {_said(server)}")
    for number in range(_OPEN):
        uri = (folder / f"open_{number}.py").as_uri()
        server.open(uri, f"# {number}\n{file_of(500)}")
        server.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    print(f"{_OPEN} open files: {_said(server)}")
    time.sleep(_IDLE)
    print(f"{_OPEN} open files, {_IDLE} seconds later: {_said(server)}")
    server.stop()


def measure_growth(folder: Path, edits: int, opens: int) -> None:
    """What edits and openings leave behind."""
    server, text = Server(OURS), file_of(500)
    server.start(folder, OPTIONS)
    time.sleep(_LOADED)
    typed = (folder / "typed.py").as_uri()
    keystrokes(server, typed, text, _FIRST)
    before = server.resident()
    for number in range(edits // 50):
        keystrokes(server, typed, text, 50, seed=number)
    after = server.resident()
    print(f"growth over {edits} edits: {after - before:.1f} MB")
    for number in range(opens):
        uri = (folder / f"opened_{number}.py").as_uri()
        server.open(uri, text)
        server.diagnostics(uri, 0)
        server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    print(f"growth over {opens} openings: {server.resident() - after:.1f} MB")
    server.stop()


def _said(server: Server) -> str:
    each = " + ".join(f"{one:.0f}" for one in server.residents())
    return f"{server.resident():.0f} MB ({each})"


if __name__ == "__main__":
    main()
