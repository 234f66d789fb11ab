"""The licences of the Python packages that travel inside the VSIX, as their authors ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

#: How files are called that hold a licence, or what a licence wants told with it.
LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
_RULE = f"\n{'-' * 80}\n\n"


class UnlicensedError(Exception):
    """A package is bundled that carries no licence text; the message names it."""


def python_notices(folders: Iterable[Path]) -> str:
    """Name, version, licence and licence text of each distribution in ``folders``, each once."""
    found = {}
    for folder in folders:
        for information in sorted(folder.glob("*.dist-info")):
            found[information.name] = information
    return "".join(_RULE + _notice(found[name]) for name in sorted(found, key=str.lower))


def _notice(information: Path) -> str:
    about = Parser().parsestr((information / "METADATA").read_text(encoding="utf-8"))
    texts = [path.read_text(encoding="utf-8").strip() for path in sorted(_licences(information))]
    if not texts:
        raise UnlicensedError(f"{about['Name']} is bundled but carries no licence text.")
    head = f"{about['Name']} {about['Version']} ({_licence_of(about)})"
    return "\n\n".join([head, *texts]) + "\n"


def _licences(information: Path) -> Iterator[Path]:
    declared = information / "licenses"  # where the standard has the files that are to be told
    for path in information.rglob("*"):
        told = path.is_relative_to(declared) or path.name.upper().startswith(LICENCE_NAMES)
        if told and path.is_file():
            yield path


def _licence_of(about: Message) -> str:
    """By the standard's expression, else by what older packages say."""
    classified = [
        line.rpartition("::")[2].strip()
        for line in about.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    said = about["License-Expression"] or about["License"] or ", ".join(classified)
    return str(said).strip() if said else "see below"
