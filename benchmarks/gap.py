"""How long the loop lets an editor wait while something large is measured.

    python benchmarks/gap.py

A request that needs no work is sent over and over while a file of 10,000 lines is opened and
typed into, and while texts are open that once froze lizard. Prints the percentiles of its answer,
in milliseconds, beside those of a server with nothing to do.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpus import file_of
from keystrokes import OPTIONS, OURS, percentile
from lsp import Server
from typing_edits import TypedText

_LARGE = 10_000
_PAUSE = 0.002
_ASKED = {"textDocument": {"uri": "untitled:nothing"}}
#: Texts that freeze lizard where nothing guards it, by languageId.
BLOW_UPS = {
    "python": "def f(a,\n" + "    x = call(a, b)\n" * 15_000,
    "c": "int f(int a) { return a; }\nint g(int a,\n" + "int b, c(d),\n" * 30_000,
    "typescript": "function f(a) { if (a < 3) { return 1; }\n" + "x = a ? b : c;\n" * 8_000 + "}\n",
}


def waits(server: Server, enough: Callable[[], bool]) -> list[float]:
    """Milliseconds of each answer, asked for until it is ``enough``."""
    found = []
    while not enough():
        took, _ = server.request("textDocument/diagnostic", _ASKED)
        found.append(took * 1000)
        time.sleep(_PAUSE)
    return found


def measure(folder: Path, edits: int = 20, idle: int = 300) -> dict[str, list[float]]:
    """The waits of an idle server, while a large file is worked on, and during blow-ups."""
    server = Server(OURS)
    server.start(folder, OPTIONS, pull=True)
    known = {"textDocument": {"uri": (folder / "known.py").as_uri()}}
    server.open(known["textDocument"]["uri"], "x = 1\n")
    server.request("textDocument/diagnostic", known)
    server.request("textDocument/hover", {**known, "position": {"line": 0, "character": 0}})
    counter = iter(range(idle))
    found = {"idle": waits(server, lambda: next(counter, None) is None)}

    uri, typed = (folder / "large.py").as_uri(), TypedText(file_of(_LARGE), seed=1)
    server.open(uri, "\n".join(typed.lines))
    large = _until_shown(server, uri)
    for version in range(1, edits + 1):
        server.change(uri, version, typed.edit().changes)
        large += _until_shown(server, uri)
    found["10,000 lines"] = large

    blow_up: list[float] = []
    for language, text in BLOW_UPS.items():
        uri = f"untitled:{language}"
        item = {"uri": uri, "languageId": language, "version": 0, "text": text}
        server.notify("textDocument/didOpen", {"textDocument": item})
        blow_up += _until_shown(server, uri)
    found["blow-ups"] = blow_up
    server.stop()
    return found


def _until_shown(server: Server, uri: str) -> list[float]:
    """The waits until the server has an answer about ``uri``, which is asked for beside them."""
    identifier = server.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    return waits(server, lambda: identifier in server.answered)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        for what, times in measure(Path(name).resolve()).items():
            print(
                f"{what}: p50 {statistics.median(times):.2f} ms  p99 {percentile(times, 0.99):.2f}"
                f"  max {max(times):.2f}  ({len(times)} answers)"
            )


if __name__ == "__main__":
    main()
