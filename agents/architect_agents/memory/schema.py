"""The tables of the knowledge graph, and opening them in a file that may be shared or damaged."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from pathlib import Path

log = logging.getLogger(__name__)

VERSION = 1
#: Two kinds of rows share the word index: an entity's at 2·id + 1, an observation's at 2·id.
TABLES = """
CREATE TABLE entity (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    UNIQUE (project, name)
);
CREATE TABLE observation (
    id INTEGER PRIMARY KEY,
    entity INTEGER NOT NULL REFERENCES entity ON DELETE CASCADE,
    text TEXT NOT NULL,
    created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (entity, text)
);
CREATE TABLE relation (
    project TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    type TEXT NOT NULL,
    PRIMARY KEY (project, source, target, type)
) WITHOUT ROWID;
CREATE INDEX relation_target ON relation (project, target);
CREATE VIRTUAL TABLE words USING fts5 (
    text, project UNINDEXED, entity UNINDEXED, tokenize = 'porter unicode61'
);
CREATE TRIGGER entity_words AFTER INSERT ON entity BEGIN
    INSERT INTO words (rowid, text, project, entity)
    VALUES (2 * new.id + 1, new.name || ' ' || new.type, new.project, new.id);
END;
CREATE TRIGGER entity_gone AFTER DELETE ON entity BEGIN
    DELETE FROM words WHERE rowid = 2 * old.id + 1;
END;
CREATE TRIGGER observation_words AFTER INSERT ON observation BEGIN
    INSERT INTO words (rowid, text, project, entity)
    SELECT 2 * new.id, new.text, project, id FROM entity WHERE id = new.entity;
END;
CREATE TRIGGER observation_gone AFTER DELETE ON observation BEGIN
    DELETE FROM words WHERE rowid = 2 * old.id;
END;
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the graph in ``path``, made if there is none.

    A file that is no database, or whose tables are broken, is set aside under another name.

    Raises:
        OSError, sqlite3.OperationalError: the folder can't be written, or the file stays locked.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return _open(path)
    except sqlite3.OperationalError:
        raise  # locked or not ours to read: the file itself may be sound
    except sqlite3.DatabaseError as error:
        log.warning("the memory %s is damaged (%s) and was set aside", path, error)
        set_aside(path)
        return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        # What was learned about a project is its owner's business only.
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    database = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("BEGIN IMMEDIATE")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _statements(TABLES):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {VERSION}")
        elif version > VERSION:
            raise sqlite3.OperationalError(f"{path} was written by a newer version")
        database.execute("COMMIT")
    except BaseException:
        database.close()
        raise
    return database


def _statements(script: str) -> list[str]:
    """The statements of a script; sqlite3 would end our transaction to run it as a whole."""
    statements, part = [], ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            statements.append(part)
            part = ""
    return statements


def set_aside(path: Path) -> None:
    """Rename a damaged file, and what SQLite keeps beside it, out of the way."""
    stamp = f"{time.time_ns():x}"
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(f"{path.name}.damaged-{stamp}{suffix}"))
