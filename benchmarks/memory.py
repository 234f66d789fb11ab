"""How much memory edits, and opening and closing, leave behind.

    python benchmarks/memory.py [--edits N] [--opens N]

Prints megabytes of the server with its worker: with 20 open files, and the growth behind it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpus import file_of
from keystrokes import OPTIONS, OURS, keystrokes
from lsp import Server

_OPEN = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--opens", type=int, default=1_000)
    arguments = parser.parse_args()
    text = file_of(500)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        server = Server(OURS)
        server.start(folder, OPTIONS)
        for number in range(_OPEN):
            uri = (folder / f"open_{number}.py").as_uri()
            server.open(uri, f"# {number}\n{text}")
            server.diagnostics(uri, 0)
        print(f"{_OPEN} open files: {server.resident():.0f} MB")
        before = server.resident()
        # The first edits fill what is kept on purpose; growth is counted behind them.
        for number in range(max(1, arguments.edits // 10)):
            keystrokes(server, (folder / "typed.py").as_uri(), text, 10, seed=number)
            if number == 10:
                before = server.resident()
        after = server.resident()
        print(f"growth over {arguments.edits} edits: {after - before:.1f} MB")
        for number in range(arguments.opens):
            uri = (folder / f"opened_{number}.py").as_uri()
            server.open(uri, text)
            server.diagnostics(uri, 0)
            server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        print(f"growth over {arguments.opens} openings: {server.resident() - after:.1f} MB")
        server.stop()


if __name__ == "__main__":
    main()
