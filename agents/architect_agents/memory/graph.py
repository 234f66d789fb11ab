"""The knowledge graph: entities with observations, relations between them, in SQLite with FTS5.

Arguments and results have the shapes of the reference memory server of the Model Context
Protocol, so that agents written for it work unchanged. Unlike there, writers don't overwrite one
another, every project has its own graph, and search ranks by words instead of one substring.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from architect_agents.memory.entries import (
    Json,
    MemoryRefusal,
    as_relation,
    ends,
    name_in,
    observations_in,
)
from architect_agents.memory.schema import connect, set_aside
from architect_agents.memory.search import find

__all__ = ["Json", "MemoryGraph", "MemoryRefusal", "projects"]

R = TypeVar("R")

MOST_OBSERVATIONS = 500
MOST_HITS = 20
#: Characters of text that one answer may hold; a whole graph does not fit a prompt.
LARGEST_ANSWER = 16_000


@dataclass(slots=True)
class MemoryGraph:
    """The graph of one ``project`` (any text; "" is shared by all) in the file ``path``.

    Safe to use from several threads and several processes. All methods block; callers on an
    event loop use threads.
    """

    path: Path
    project: str = ""
    #: What was added through this object, a line each, for the report of a run.
    added: list[str] = field(default_factory=list, init=False, repr=False)
    _database: sqlite3.Connection | None = field(default=None, init=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    def create_entities(self, entities: Sequence[Mapping[str, Any]]) -> list[Json]:
        """Add entities {name, entityType, observations}; returns those that were new."""

        def work(database: sqlite3.Connection) -> list[Json]:
            made = []
            for entity in entities:
                name, kind = name_in(entity, "name"), name_in(entity, "entityType")
                texts = observations_in(entity.get("observations") or [])
                if _entity_id(database, self.project, name) is None:
                    cursor = database.execute(
                        "INSERT INTO entity (project, name, type) VALUES (?, ?, ?)",
                        (self.project, name, kind),
                    )
                    added = _add(database, int(cursor.lastrowid or 0), texts)
                    made.append({"name": name, "entityType": kind, "observations": added})
            return made

        made = self._write(work)
        for entity in made:
            self._note(entity["name"], entity["observations"])
        return made

    def create_relations(self, relations: Sequence[Mapping[str, Any]]) -> list[Json]:
        """Add relations {from, to, relationType}; returns those that were new."""

        def work(database: sqlite3.Connection) -> list[Json]:
            made = []
            for relation in relations:
                row = (self.project, *ends(relation))
                cursor = database.execute("INSERT OR IGNORE INTO relation VALUES (?, ?, ?, ?)", row)
                if cursor.rowcount:
                    made.append(as_relation(row))
            return made

        return self._write(work)

    def add_observations(self, observations: Sequence[Mapping[str, Any]]) -> list[Json]:
        """Add {entityName, contents}; returns {entityName, addedObservations} for each.

        Raises:
            MemoryRefusal: there is no such entity; then nothing is added at all.
        """

        def work(database: sqlite3.Connection) -> list[Json]:
            answer = []
            for entry in observations:
                name = name_in(entry, "entityName")
                entity = _entity_id(database, self.project, name)
                if entity is None:
                    raise MemoryRefusal(f"Entity with name {name} not found")
                added = _add(database, entity, observations_in(entry.get("contents") or []))
                answer.append({"entityName": name, "addedObservations": added})
            return answer

        answer = self._write(work)
        for entry in answer:
            if entry["addedObservations"]:
                self._note(entry["entityName"], entry["addedObservations"])
        return answer

    def _note(self, name: str, texts: Sequence[str]) -> None:
        self.added.append(": ".join(filter(None, (name, "; ".join(texts)))))

    def delete_entities(self, names: Iterable[str]) -> int:
        """Delete entities with their relations; returns how many there were."""

        def work(database: sqlite3.Connection) -> int:
            count = 0
            for name in names:
                key = (self.project, name)
                cursor = database.execute("DELETE FROM entity WHERE project=? AND name=?", key)
                count += cursor.rowcount
                database.execute("DELETE FROM relation WHERE project=? AND source=?", key)
                database.execute("DELETE FROM relation WHERE project=? AND target=?", key)
            return count

        return self._write(work)

    def delete_observations(self, deletions: Sequence[Mapping[str, Any]]) -> int:
        """Delete {entityName, observations}; returns how many there were."""

        def work(database: sqlite3.Connection) -> int:
            count = 0
            for entry in deletions:
                entity = _entity_id(database, self.project, name_in(entry, "entityName"))
                for text in entry.get("observations") or []:
                    cursor = database.execute(
                        "DELETE FROM observation WHERE entity=? AND text=?", (entity, text)
                    )
                    count += cursor.rowcount
            return count

        return self._write(work)

    def delete_relations(self, relations: Sequence[Mapping[str, Any]]) -> int:
        """Delete relations {from, to, relationType}; returns how many there were."""

        def work(database: sqlite3.Connection) -> int:
            statement = "DELETE FROM relation WHERE project=? AND source=? AND target=? AND type=?"
            return sum(
                database.execute(statement, (self.project, *ends(relation))).rowcount
                for relation in relations
            )

        return self._write(work)

    def read_graph(self, largest: int = LARGEST_ANSWER) -> Json:
        """{entities, relations}, newest first, up to about ``largest`` characters.

        ``leftOut`` counts the entities beyond them.
        """

        def work(database: sqlite3.Connection) -> Json:
            rows = database.execute(
                "SELECT id FROM entity WHERE project=? ORDER BY id DESC", (self.project,)
            )
            return self._graph(database, [row[0] for row in rows], largest)

        return self._read(work)

    def search_nodes(self, query: str) -> Json:
        """The entities that fit ``query`` best, with all their observations."""

        def work(database: sqlite3.Connection) -> Json:
            return self._graph(database, find(database, self.project, query)[:MOST_HITS])

        return self._read(work)

    def open_nodes(self, names: Sequence[str]) -> Json:
        """The entities of these names."""

        def work(database: sqlite3.Connection) -> Json:
            found = [_entity_id(database, self.project, name) for name in names]
            return self._graph(database, [entity for entity in found if entity is not None])

        return self._read(work)

    def clear(self) -> int:
        """Forget everything about the project; returns how many entities there were."""

        def work(database: sqlite3.Connection) -> int:
            database.execute("DELETE FROM relation WHERE project=?", (self.project,))
            cursor = database.execute("DELETE FROM entity WHERE project=?", (self.project,))
            return cursor.rowcount

        return self._write(work)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _graph(
        self, database: sqlite3.Connection, ids: Sequence[int], largest: int = LARGEST_ANSWER
    ) -> Json:
        entities: list[Json] = []
        size = 0
        for entity in ids:
            name, kind = database.execute(
                "SELECT name, type FROM entity WHERE id=?", (entity,)
            ).fetchone()
            rows = database.execute(
                "SELECT text FROM observation WHERE entity=? ORDER BY id", (entity,)
            )
            texts = [row[0] for row in rows]
            size += len(name) + len(kind) + sum(map(len, texts))
            if size > largest and entities:
                break
            entities.append({"name": name, "entityType": kind, "observations": texts})
        graph = {"entities": entities, "relations": self._relations(database, entities)}
        left_out = len(ids) - len(entities)
        return {**graph, "leftOut": left_out} if left_out else graph

    def _relations(self, database: sqlite3.Connection, entities: Sequence[Json]) -> list[Json]:
        found: dict[tuple[str, ...], Json] = {}
        for entity in entities:
            rows = database.execute(
                "SELECT * FROM relation WHERE project=?1 AND source=?2 UNION "
                "SELECT * FROM relation WHERE project=?1 AND target=?2 LIMIT 100",
                (self.project, entity["name"]),
            )
            found.update({row: as_relation(row) for row in rows})
        return list(found.values())

    def _write(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Run ``work`` in one transaction, which is undone if it raises."""

        def transaction(database: sqlite3.Connection) -> R:
            database.execute("BEGIN IMMEDIATE")
            try:
                result = work(database)
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")
            return result

        return self._read(transaction)

    def _read(self, work: Callable[[sqlite3.Connection], R]) -> R:
        with self._lock:
            try:
                return work(self._opened())
            except sqlite3.OperationalError as error:
                raise MemoryRefusal(f"The memory can't be used now: {error}.") from error
            except sqlite3.DatabaseError:
                # Damaged behind our back: what can be saved is in the file that is set aside.
                self.close()
                set_aside(self.path)
                return work(self._opened())

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            try:
                self._database = connect(self.path)
            except OSError as error:
                raise MemoryRefusal(f"The memory can't be opened: {error.strerror}.") from error
        return self._database


def projects(path: Path) -> list[str]:
    """The projects that have something in the file ``path``."""
    with closing(connect(path)) as database:
        return [row[0] for row in database.execute("SELECT DISTINCT project FROM entity")]


def _entity_id(database: sqlite3.Connection, project: str, name: str) -> int | None:
    row = database.execute(
        "SELECT id FROM entity WHERE project=? AND name=?", (project, name)
    ).fetchone()
    return None if row is None else int(row[0])


def _add(database: sqlite3.Connection, entity: int, texts: Sequence[str]) -> list[str]:
    (count,) = database.execute(
        "SELECT count(*) FROM observation WHERE entity=?", (entity,)
    ).fetchone()
    if count + len(texts) > MOST_OBSERVATIONS:
        raise MemoryRefusal(f"An entity holds at most {MOST_OBSERVATIONS} observations")
    statement = "INSERT OR IGNORE INTO observation (entity, text) VALUES (?, ?)"
    return [text for text in texts if database.execute(statement, (entity, text)).rowcount]
