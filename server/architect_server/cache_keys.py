"""Names for what is cached: each changes with all that decides it."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from architect_server import __version__

# To be raised with every change of figures or of what is kept, between two versions.
_EDITION = 5


@cache
def _versions() -> bytes:
    """What decides figures beside the text: lizard, the interpreter's grammar, and we."""
    lizard = written_version("lizard_ext", "version.py", "lizard")
    parts = (lizard, __version__, _EDITION, *sys.version_info[:2])
    return blake2b(repr(parts).encode(), digest_size=16).digest()


def written_version(package: str, file: str, distribution: str = "") -> str:
    """A package's version as its ``file`` has it; it need not be imported for that."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        with suppress(OSError):
            return (Path(place) / file).read_text(encoding="utf-8")
    from importlib.metadata import version

    return version(distribution or package)


def content_key(text: str, language: str) -> bytes:
    """A name for the figures of ``text``."""
    own = text.encode("utf-8", "surrogatepass")
    return blake2b(own + language.encode(), digest_size=16, key=_versions()).digest()


def key_of(description: object) -> bytes:
    """A name for what ``description`` tells by its ``repr``, and for how this version reads it."""
    written = repr(description).encode("utf-8", "surrogatepass")
    return blake2b(written, digest_size=16, key=_versions()).digest()
