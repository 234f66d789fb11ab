"""How the cost of an edit grows with size: 500 to 50,000 lines. ``scan.py`` has that of a scan."""

from __future__ import annotations

import statistics
from pathlib import Path

from corpus import file_of
from keystrokes import keystrokes
from lsp import Server
from peers import servers

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


def edits(folder: Path, repeats: int) -> dict[str, dict[int, float]]:
    """Median milliseconds of an edit by server and lines; the servers take turns."""
    found: dict[str, dict[int, float]] = {}
    pair = servers(["architect", "ruff"])
    running = {name: Server(command) for name, (command, _) in pair.items()}
    for name, server in running.items():
        server.start(folder, pair[name][1])
    for size in SIZES:
        for name, server in running.items():
            uri = (folder / f"{name}_{size}_growth.py").as_uri()
            times = keystrokes(server, uri, file_of(size), repeats)
            found.setdefault(name, {})[size] = statistics.median(times)
    for server in running.values():
        server.stop()
    return found
