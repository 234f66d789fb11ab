"""The protocol's typed objects, loaded in half of the memory, are the ones that everybody gets."""

from __future__ import annotations

import subprocess
import sys

_LOADED = """
import linecache, sys
from architect_server.protocol_types import load_types
load_types()
load_types()

import lsprotocol.types
from lsprotocol import types
assert lsprotocol.types is types is sys.modules["lsprotocol.types"]
names = types.Position.__init__.__globals__
assert "NOTHING" in names and "Range" not in names and "Any" not in names
assert not any("attrs generated" in name for name in linecache.cache)

from lsprotocol.converters import get_converter
converter = get_converter()
place = converter.structure({"line": 1, "character": 2}, types.Position)
assert converter.unstructure(types.Range(place, place))["end"] == {"line": 1, "character": 2}
try:
    types.Position(line=-1, character=0)
except ValueError:
    print("refused")
"""


def test_the_types_are_loaded_once_without_copies_of_their_modules_names() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=False
    )
    assert (ended.stdout.strip(), ended.returncode) == ("refused", 0), ended.stderr
