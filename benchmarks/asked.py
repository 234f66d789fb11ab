"""How long requests take beside ruff's code action: hover, code actions, diagnostics by pull."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from corpus import file_of
from keystrokes import keystrokes
from lsp import Server
from peers import servers
from typing_edits import TypedText

Row = dict[str, list[float]]


def measure(folder: Path, size: int, rounds: int, repeats: int) -> Row:
    """Median milliseconds of each request, one value for each round, in a file of ``size`` lines.

    Hover and code actions are asked for at every name that has a diagnostic, and before each
    the text is edited, as a person's cursor and fingers take turns. Push and pull are measured in
    servers of their own that have seen the same: one that knows an edit answers it sooner.
    """
    pair = {name: Server(command) for name, (command, _) in servers(["architect", "ruff"]).items()}
    command, options = servers(["architect"])["architect"]
    pusher, puller = Server(command), Server(command)
    for name, server in pair.items():
        server.start(folder, servers()[name][1])
    pusher.start(folder, options)
    puller.start(folder, options, pull=True)
    found: Row = {}
    for turn in range(rounds):
        text = file_of(size)
        for name, server in pair.items():
            uri = (folder / f"{name}_{size}_{turn}_asked.py").as_uri()
            for what, times in _asked(server, uri, text, repeats, turn).items():
                found.setdefault(f"{name} {what}", []).append(statistics.median(times))
        uri = (folder / f"push_{size}_{turn}.py").as_uri()
        times = keystrokes(pusher, uri, text, repeats, seed=turn)
        found.setdefault("architect push", []).append(statistics.median(times))
        uri = (folder / f"pull_{size}_{turn}.py").as_uri()
        times = _pulled(puller, uri, text, repeats, turn)
        found.setdefault("architect pull", []).append(statistics.median(times))
    for server in (*pair.values(), pusher, puller):
        server.stop()
    return found


def _asked(server: Server, uri: str, text: str, repeats: int, seed: int) -> Row:
    server.open(uri, text)
    _, diagnostics = server.diagnostics(uri, 0)
    typed = TypedText(text, seed)
    times: Row = {"hover": [], "codeAction": []}
    for version in range(1, repeats + 1):
        server.change(uri, version, typed.edit().changes)
        _, diagnostics = server.diagnostics(uri, version)
        if not diagnostics:
            continue
        diagnostic = diagnostics[version % len(diagnostics)]
        identifier = {"uri": uri}
        where = {"textDocument": identifier, "position": diagnostic["range"]["start"]}
        times["hover"].append(server.request("textDocument/hover", where)[0] * 1000)
        params = {
            "textDocument": identifier,
            "range": diagnostic["range"],
            "context": {"diagnostics": [diagnostic]},
        }
        times["codeAction"].append(server.request("textDocument/codeAction", params)[0] * 1000)
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return times


def _pulled(server: Server, uri: str, text: str, repeats: int, seed: int) -> list[float]:
    """From the change to the answer of the request that follows it at once."""
    server.open(uri, text)
    params: dict[str, Any] = {"textDocument": {"uri": uri}}
    server.request("textDocument/diagnostic", params)
    typed = TypedText(text, seed)
    times = []
    for version in range(1, repeats + 1):
        sent = server.change(uri, version, typed.edit().changes)
        took, _ = server.request("textDocument/diagnostic", params)
        times.append((server.asked + took - sent) * 1000)
    server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return times
