"""Finds entities by words: those that have all of them first, then those with the rarer ones.

Ranking looks at every row that matches, and a word that stands nearly everywhere tells nothing.
So where more than COMMON rows match, the newest are taken as they come.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence

COMMON = 500
MOST_WORDS = 12
MOST_ROWS = 200


def find(database: sqlite3.Connection, project: str, query: str) -> list[int]:
    """Ids of entities of ``project``, the best first; none where ``query`` has no word."""
    words = words_of(query)
    for match in _expressions(database, words):
        order = "rowid DESC" if _is_common(database, match) else "rank"
        rows = database.execute(
            "SELECT entity FROM words WHERE words MATCH ? AND project = ? "  # noqa: S608
            f"ORDER BY {order} LIMIT ?",
            (match, project, MOST_ROWS),
        )
        found = list(dict.fromkeys(int(row[0]) for row in rows))
        if found:
            return found
    return []


def words_of(query: str) -> list[str]:
    """The words that count. Little ones match nearly everything: only where there are no others."""
    words = list(dict.fromkeys(re.findall(r"\w+", query)))
    return ([word for word in words if len(word) > 2] or words)[:MOST_WORDS]


def _expressions(database: sqlite3.Connection, words: Sequence[str]) -> Iterator[str]:
    """FTS5 expressions, the strictest first. Longer words match the beginnings of words too."""
    if not words:
        return
    whole = [f'"{word}"' for word in words]
    begun = [f'"{word}"*' if len(word) > 3 else f'"{word}"' for word in words]
    yield " AND ".join(whole)
    yield " AND ".join(begun)
    if len(words) == 1:
        return
    rare = [at for at, word in enumerate(whole) if not _is_common(database, word)]
    if rare:
        yield " OR ".join(whole[at] for at in rare)
        yield " OR ".join(begun[at] for at in rare)
    yield " OR ".join(whole)


def _is_common(database: sqlite3.Connection, match: str) -> bool:
    """Whether more than COMMON rows match; cheap, for it counts no further."""
    statement = "SELECT 1 FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ?"
    return database.execute(statement, (match, COMMON)).fetchone() is not None
