"""The benchmarks in a short form, for CI: it fails when a result is wrong, never when it is late.

    python benchmarks/short.py

Types into files of several sizes over real stdio and asks what the editor would ask. What is
shown in the end must be what ``architect check`` says of the same text, pushed or pulled, and a
scan must say the same from its cache. Needs no peers and no network.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parent))

import floor
from corpus import file_of
from keystrokes import OURS
from lsp import Server
from plot import bars, lines
from typing_edits import TypedText

_LIMIT = 3
_OPTIONS = {"settings": {"limits": {"ccn": _LIMIT}}}
_SIZES = (300, 1_500)
_EDITS = 25
_SERVER = Path(__file__).parents[1] / "server"


def typed(pushed: Server, pulled: Server, folder: Path, size: int) -> list[float]:
    """Type into one file at both servers; milliseconds of the edits that were pushed."""
    uri = (folder / f"typed_{size}.py").as_uri()
    text = TypedText(file_of(size), seed=size)
    for server in (pushed, pulled):
        server.open(uri, "\n".join(text.lines))
    pushed.diagnostics(uri, 0)
    times, shown, half_typed = [], [], True
    version = 0
    while version < _EDITS or half_typed:
        version += 1
        edit = text.edit()
        half_typed = edit.half_typed
        sent = pushed.change(uri, version, edit.changes)
        came, shown = pushed.diagnostics(uri, version)
        times.append((came - sent) * 1000)
        pulled.change(uri, version, edit.changes)
    _, answer = pulled.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    assert answer["items"] == shown, f"{size} lines: pulled and pushed differ"
    assert _said(shown) == checked(folder, "\n".join(text.lines)), f"{size} lines: check differs"
    ask(pushed, uri, shown[0])
    return times


def ask(server: Server, uri: str, diagnostic: dict[str, Any]) -> None:
    """Hover and code actions at a diagnostic have something to say."""
    where = {"textDocument": {"uri": uri}, "position": diagnostic["range"]["start"]}
    _, hover = server.request("textDocument/hover", where)
    assert "CCN" in hover["contents"]["value"] or "yclomatic" in hover["contents"]["value"]
    _, actions = server.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": diagnostic["range"],
            "context": {"diagnostics": [diagnostic]},
        },
    )
    assert actions, "no action at a diagnostic"


def checked(folder: Path, text: str) -> list[tuple[int, str]]:
    """What the command line says of ``text``."""
    path = folder / "checked.py"
    path.write_text(text, "utf-8")
    report = json.loads(_check(path, folder, "--max-ccn", str(_LIMIT)))
    (file,) = report["files"]
    return sorted((finding["line"], finding["message"]) for finding in file["findings"])


def _said(diagnostics: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return sorted((one["range"]["start"]["line"] + 1, one["message"]) for one in diagnostics)


def _check(path: Path, cache: Path, *more: str) -> bytes:
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    ours = [sys.executable, "-P", "-m", "architect_server"]
    command = [*ours, "check", "--format", "json", str(path), *more]
    run = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=False)
    assert run.returncode in (0, 1), f"check ended with {run.returncode}"
    return run.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        pushed, pulled = Server(OURS), Server(OURS)
        print(f"initialize answered after {pushed.start(folder, _OPTIONS) * 1000:.0f} ms")
        pulled.start(folder, _OPTIONS, pull=True)
        for size in _SIZES:
            times = typed(pushed, pulled, folder, size)
            least = floor.regex_pass(size, 3)
            print(
                f"{size} lines: p50 of an edit {statistics.median(times):.2f} ms, "
                f"one regex pass {least:.2f} ms"
            )
        for server in (pushed, pulled):
            server.stop()
            assert server.process.returncode == 0, "the server did not end in order"
        cold = _check(_SERVER, folder)
        assert json.loads(cold)["files"], "nothing was scanned"
        assert _check(_SERVER, folder) == cold, "a scan from the cache says something else"
    for picture in (
        bars("a", {"x": {1: 2.0, 10: 3.0}, "y": {1: 20.0, 10: 3.0}}),
        lines("a", "ms", {"x": {1: 2.0, 10: 3.0}, "y": {1: 20.0, 10: 3.0}}),
    ):
        ElementTree.fromstring(picture)
    print("all results are right")


if __name__ == "__main__":
    main()
