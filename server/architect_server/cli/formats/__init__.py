"""How results are written: one function for each format, from results to a text.

Every format is stable byte for byte: same input, same output.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module

from architect_server.file_scan.checked import Checked

#: The formats, each a module with a function of its name; only the one that is wanted is read.
FORMATS = ("checkstyle", "github", "gitlab", "json", "sarif", "text")

#: The formats that can't say of a file that it was not read whole.
WITHOUT_DOUBTS = frozenset({"checkstyle", "github", "gitlab"})

#: The formats that can show each +1 of every figure.
EXPLAINING = frozenset({"json", "text"})

#: The formats that show the figures of all functions.
WITH_FIGURES = frozenset({"json"})

#: The formats that show each +1 of a finding.
WITH_DETAILS = frozenset({"sarif"})


def written(results: Sequence[Checked], name: str, *, explain: bool = False) -> Iterable[str]:
    """The ``results`` in the format of that name, whole or in parts."""
    module = import_module(f"{__name__}.as_{name}")
    write = getattr(module, f"as_{name}")
    text = write(results, explain) if name in EXPLAINING else write(results)
    return [text] if isinstance(text, str) else text
