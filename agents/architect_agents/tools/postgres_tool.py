"""mcp__postgres__query: one reading statement, in a transaction that can't write and never commits.

The walls, from the strongest: the role (superusers and roles that reach the server's files or
programs are refused), a read-only transaction that has begun before the model's statement and is
rolled back after it, the extended protocol (exactly one statement), a time limit, caps on rows and
bytes, and a list of functions whose effects no rollback undoes.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from architect_agents.model import ToolSpec
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, schema, text

NOT_INSTALLED = "The package psycopg is not installed: pip install 'architect-lsp[postgres]'."
NOT_CONFIGURED = "No database is configured: set ARCHITECT_POSTGRES_URL to a read-only role's URL."
SECONDS = 10
MOST_ROWS = 200
LARGEST_ROW = 4_000
LARGEST_ANSWER = 60_000
#: Statements that give rows; each becomes a subquery, which keeps writing CTEs out too.
SUBQUERIES = {"select", "with", "values", "table"}
_EXPLAIN = re.compile(r"explain\b\s*(?:\([^()]*\)\s*|(?:analyze|verbose)\b\s*)*", re.IGNORECASE)
#: What no rollback undoes, and what runs a text as SQL, where a name could be hidden.
FORBIDDEN = re.compile(
    r"""pg_(?:terminate|cancel)_backend | pg_reload_conf | pg_rotate_logfile | pg_promote
    | pg_(?:read|stat|ls|write|file)_\w* file\w* | pg_read_\w+ | pg_ls_\w+ | pg_logical\w*
    | pg_(?:create|drop|advance)_\w*slot\w* | pg_replication_\w+ | pg_wal_replay\w* | pg_switch_wal
    | pg_(?:try_)?advisory\w* | pg_stat_reset\w* | pg_notify | dblink\w* | lo_\w+
    | query_to_xml\w* | cursor_to_xml\w* | ts_stat | ts_rewrite | crosstab\w* | connectby
    | xpath_table | U&["']""",
    re.VERBOSE | re.IGNORECASE,
)
ROLE_CHECK = """
SELECT coalesce(bool_or(
    rolsuper OR rolreplication OR rolname IN (
        'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files',
        'pg_signal_backend'
    )
), false)
FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER')
"""
SPEC = ToolSpec(
    "mcp__postgres__query",
    "Run one read-only SQL query (SELECT, WITH, VALUES, TABLE, EXPLAIN or SHOW) and get its rows "
    f"as JSON, at most {MOST_ROWS}. The catalogs (information_schema, pg_catalog) tell the tables.",
    schema({"sql": {"type": "string"}}),
)


def postgres_tool(url: str) -> Tool | str:
    """mcp__postgres__query{sql} on the database at ``url``, or why there is none."""
    if not url:
        return NOT_CONFIGURED
    if find_spec("psycopg") is None:
        return NOT_INSTALLED

    async def run(arguments: Arguments) -> str:
        statement = bounded(text(arguments, "sql"))
        return await asyncio.to_thread(query, url, statement)

    return Tool(SPEC, run, "net")


def bounded(sql: str) -> str:
    """``sql`` as the statement that is sent: rows as JSON text, limited in number and length.

    Raises:
        ToolFailure: it is no statement that reads, or names a function that is not allowed.
    """
    sql = sql.strip().rstrip(";").strip()
    if "\0" in sql:
        raise ToolFailure("A statement can't hold a NUL.")
    match = FORBIDDEN.search(sql)
    if match:
        raise ToolFailure(f"{match[0]} is not allowed here: its effects can't be undone.")
    explain = _EXPLAIN.match(_without_comments(sql))
    inner = _without_comments(sql)[explain.end() :] if explain else sql
    kind = _first_word(inner)
    if kind == "show" and not explain:
        return sql
    if kind not in SUBQUERIES:
        allowed = ", ".join(sorted([*SUBQUERIES, "explain", "show"])).upper()
        raise ToolFailure(f"Only one statement that reads is allowed: {allowed}.")
    if explain:
        # As a subquery it can't be a SELECT INTO, which a plan that is measured would carry out.
        return f"{explain[0]} SELECT * FROM (\n{inner}\n) AS answer"  # noqa: S608
    return (
        f"SELECT left(row_to_json(answer)::text, {LARGEST_ROW}) "  # noqa: S608 - SQL is the input
        f"FROM (\n{sql}\n) AS answer LIMIT {MOST_ROWS + 1}"
    )


def _first_word(sql: str) -> str:
    word = re.match(r"[(\s]*([a-z]+)", _without_comments(sql), re.IGNORECASE)
    return word[1].lower() if word else ""


def _without_comments(sql: str) -> str:
    """``sql`` from its first word on; comments within are left to the database."""
    before = None
    while before != sql:
        before = sql
        sql = re.sub(r"^\s*(?:--[^\n]*(?:\n|$)|/\*.*?\*/)", "", sql, flags=re.DOTALL)
    return sql.lstrip()


def query(url: str, statement: str) -> str:
    """Run ``statement`` over a connection of its own and give its rows, one a line.

    Raises:
        ToolFailure: with what the database says.
    """
    psycopg = importlib.import_module("psycopg")
    try:
        with psycopg.connect(url, connect_timeout=5, application_name="architect-lsp") as database:
            try:
                return _rows(database, statement)
            finally:
                database.rollback()
    except psycopg.Error as error:
        raise ToolFailure(_said(error)) from None


def _rows(database: Any, statement: str) -> str:
    cursor = database.cursor()
    cursor.execute("SET TRANSACTION READ ONLY")
    for name in ("statement_timeout", "lock_timeout"):
        cursor.execute(f"SET LOCAL {name} = {SECONDS * 1000}")
    # The first query of a transaction fixes its mode: from here on READ WRITE is refused.
    (powerful,) = cursor.execute(ROLE_CHECK).fetchone()
    if powerful:
        raise ToolFailure(
            "The configured role is too powerful (superuser, replication, server files or "
            "programs): configure a role that may SELECT only."
        )
    lines: list[str] = []
    # Parameters, though there are none, make it the extended protocol: one statement, no more.
    for row in cursor.stream(statement.replace("%", "%%"), ()):
        lines.append(row[0] if len(row) == 1 and isinstance(row[0], str) else _as_json(row))
        if len(lines) > MOST_ROWS or sum(map(len, lines)) > LARGEST_ANSWER:
            return "\n".join([*lines[:-1], f"… cut after {len(lines) - 1} rows"])
    return "\n".join(lines) or "(no rows)"


def _as_json(row: Any) -> str:
    return json.dumps(row, default=str, ensure_ascii=False)


def _said(error: Exception) -> str:
    """The database's words without the connection's details."""
    diagnosis: Any = getattr(error, "diag", None)
    primary = getattr(diagnosis, "message_primary", None)
    if primary:
        return f"The database says: {primary}."
    return "The database could not be reached, or the connection broke."


def configured_url(environ: Mapping[str, str]) -> str:
    """The URL that the person configured, "" if none."""
    return environ.get("ARCHITECT_POSTGRES_URL", "")
