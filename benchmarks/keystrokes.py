"""How long from a didChange to its diagnostics, in files of several sizes, over real stdio.

    python benchmarks/keystrokes.py [--edits N] [--sizes 500,2000,8600]

Prints milliseconds of our own server alone; ``run.py`` sets them against the others'.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpus import file_of
from lsp import Server
from typing_edits import TypedText

OURS = [sys.executable, "-P", "-m", "architect_server", "serve"]


def keystrokes(server: Server, uri: str, text: str, edits: int, seed: int = 1) -> list[float]:
    """Milliseconds of each of ``edits`` edits in ``text``."""
    server.open(uri, text)
    server.diagnostics(uri, 0)
    typed = TypedText(text, seed)
    times = []
    for version in range(1, edits + 1):
        edit = typed.edit()
        whole = [{"text": "\n".join(typed.lines)}]
        sent = server.change(uri, version, whole if server.full_sync else edit.changes)
        came, _ = server.diagnostics(uri, version)
        times.append((came - sent) * 1000)
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return times


def percentile(times: list[float], share: float) -> float:
    """The value that this share of ``times`` does not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--sizes", default="500,2000,8600")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        server = Server(OURS)
        print(f"initialize answered after {server.start(folder, OPTIONS) * 1000:.0f} ms")
        for size in map(int, arguments.sizes.split(",")):
            text = file_of(size)
            uri = (folder / f"file_{size}.py").as_uri()
            times = keystrokes(server, uri, text, arguments.edits)
            print(
                f"{size:6} lines: p50 {statistics.median(times):6.2f} ms"
                f"  p95 {percentile(times, 0.95):6.2f}  p99 {percentile(times, 0.99):6.2f}"
                f"  max {max(times):7.2f}   resident {server.resident():.0f} MB"
            )
        server.stop()


#: Limits that find something in every file, so that every edit is answered by a publication.
OPTIONS = {"settings": {"limits": {"ccn": 10}}}

if __name__ == "__main__":
    main()
