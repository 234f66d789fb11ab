"""Which tests may concern a file: by the project's own coverage map, else by imports and names."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath

#: More test files than this are not run for one proposal.
MOST_FILES = 30
_LARGEST_FILE = 1024 * 1024
_TEST_FILE = re.compile(r"(^|/)(test_[^/]*|[^/]*_test|tests?)\.py$")
#: Folders under which packages lie without being part of their names.
_SOURCE_ROOTS = ("src", "lib", "python")


def is_test_file(relative: str) -> bool:
    """Whether pytest would collect the file by its name."""
    return bool(_TEST_FILE.search(relative))


def module_names(relative: str) -> list[str]:
    """The dotted names under which a file may be imported, the longest first.

    ``src/shop/cart.py`` is ``shop.cart``; where the packages begin is not known from the path
    alone, so that shorter names are given as well, down to ``cart``.
    """
    parts = list(PurePosixPath(relative).with_suffix("").parts)
    if parts and parts[-1] == "__init__":
        parts.pop()
    while len(parts) > 1 and parts[0] in _SOURCE_ROOTS:
        parts.pop(0)
    return [".".join(parts[start:]) for start in range(len(parts))]


def choose_tests(root: Path, relative: str, files: Iterable[str]) -> list[str]:
    """The test files among ``files`` that import the module ``relative``, best first.

    A file named after the module counts even if it imports it in a way that is not seen. If no
    file imports the module itself, those that import a package around it are taken.
    """
    names = module_names(relative)
    stem = PurePosixPath(relative).stem
    ranked: list[tuple[int, str]] = []
    for file in files:
        if not is_test_file(file) or file == relative:
            continue
        rank = _rank(_imports_of(root / file), names)
        named = PurePosixPath(file).stem in {f"test_{stem}", f"{stem}_test"}
        if named or rank is not None:
            ranked.append((-1 if named else rank or 0, file))
    ranked.sort()
    best = [file for rank, file in ranked if rank <= 0]
    return (best or [file for _, file in ranked])[:MOST_FILES]


def _rank(imported: frozenset[str], names: Sequence[str]) -> int | None:
    """0: the module itself; 1 and more: a package around it, the nearest first; else None."""
    long_names = names[:-1] or names
    if any(name in imported for name in long_names):
        return 0
    packages = [name.rsplit(".", depth)[0] for name in names[:1] for depth in range(1, 9)]
    for distance, package in enumerate(dict.fromkeys(packages), start=1):
        if package and package in imported:
            return distance
    return None


_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(.*)|import[ \t]+(.+))", re.M)


def _imports_of(path: Path) -> frozenset[str]:
    """The dotted names that a file imports; of ``from a import b`` both ``a`` and ``a.b``."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(_LARGEST_FILE)
    except OSError:
        return frozenset()
    found: set[str] = set()
    joined = re.sub(r"\(\s*([^()]*)\)", lambda match: " ".join(match[1].split()), text)
    for match in _IMPORT.finditer(joined):
        module, names, plain = match.groups()
        if plain:
            found.update(part.split()[0] for part in plain.split(",") if part.split())
        else:
            found.add(module)
            words = (part.split()[:1] for part in names.split("#")[0].split(","))
            found.update(f"{module}.{word[0]}" for word in words if word)
    return frozenset(found)


def tests_from_coverage(data_file: Path, relative: str, lines: range) -> list[str]:
    """Tests that a coverage file with contexts saw in ``lines`` of a file, as pytest names them.

    Reads the format of coverage 5 to 7 (``--cov-context=test``); anything else gives nothing.
    """
    try:
        with closing(sqlite3.connect(f"file:{data_file}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT file.path, context.context, line_bits.numbits FROM line_bits"
                " JOIN file ON file.id = line_bits.file_id"
                " JOIN context ON context.id = line_bits.context_id"
                " WHERE file.path LIKE ? ESCAPE '!'",
                [f"%{_escaped(PurePosixPath(relative).name)}"],
            ).fetchall()
    except sqlite3.Error:
        return []
    wanted = f"/{relative}"
    found = [
        context.split("|")[0]
        for path, context, bits in rows
        if f"/{path}".replace("\\", "/").endswith(wanted) and _any_line(bits, lines)
    ]
    return sorted({test for test in found if "::" in test})


def _escaped(text: str) -> str:
    return re.sub(r"([!%_])", r"!\1", text)


def _any_line(bits: bytes, lines: range) -> bool:
    """Bit ``n % 8`` of byte ``n // 8`` stands for line ``n``."""
    return any(n // 8 < len(bits) and bits[n // 8] >> (n % 8) & 1 for n in lines)
