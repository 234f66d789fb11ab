"""The query tool reads a real PostgreSQL, and nothing the model writes gets out of its walls."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from architect_agents.tools.postgres_tool import MOST_ROWS, bounded, postgres_tool
from architect_agents.tools.tool import Tool, ToolFailure
from postgres_cluster import Cluster, running_cluster

psycopg = pytest.importorskip("psycopg")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as made:
        yield made


def ask(cluster: Cluster, sql: Any, role: str = "reader") -> str:
    tool = postgres_tool(cluster.url(role))
    assert isinstance(tool, Tool)
    return asyncio.run(tool.run({"sql": sql}))


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("SELECT id, name FROM item WHERE id = 7", '{"id":7,"name":"item 7 100%"}'),
        ("select count(*) from item where name like '%100\\%';", '{"count":1000}'),
        ("-- a comment\n/* and another */ SELECT 1 AS one -- and a last", '{"one":1}'),
        ("WITH a AS (SELECT 2 AS two) SELECT * FROM a", '{"two":2}'),
        ("VALUES (1, 'x')", '{"column1":1,"column2":"x"}'),
        ("(SELECT 1 AS a) UNION (SELECT 1)", '{"a":1}'),
        ("SHOW transaction_read_only", "on"),
        ("SELECT 1 WHERE false", "(no rows)"),
        ("SELECT ';' AS a", '{"a":";"}'),
    ],
)
def test_a_query_is_answered_in_json(cluster: Cluster, sql: str, answer: str) -> None:
    assert ask(cluster, sql) == answer


def test_plans_are_shown(cluster: Cluster) -> None:
    for how in ("EXPLAIN", "explain analyze verbose", "EXPLAIN (ANALYZE, BUFFERS)"):
        assert "Index Scan" in ask(cluster, f"{how} SELECT * FROM item WHERE id = 3")


def test_rows_and_bytes_are_capped(cluster: Cluster) -> None:
    lines = ask(cluster, "TABLE item").split("\n")
    assert len(lines) == MOST_ROWS + 1
    assert lines[-1] == f"… cut after {MOST_ROWS} rows"
    assert len(ask(cluster, "SELECT repeat('x', 10000000) AS x")) < 5000
    wide = "SELECT repeat('x', 3999) AS x FROM generate_series(1, 5000)"
    assert len(ask(cluster, wide)) < 70_000


ESCAPES = [
    "COMMIT",
    "COMMIT; CREATE TABLE stolen (x int)",
    "SELECT 1; COMMIT; CREATE TABLE stolen (x int)",
    "SELECT 1) AS answer; DROP TABLE item; --",
    "END; DELETE FROM item",
    "ROLLBACK; DELETE FROM item",
    "BEGIN READ WRITE",
    "SET TRANSACTION READ WRITE",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "WITH gone AS (DELETE FROM item RETURNING *) SELECT * FROM gone",
    "EXPLAIN ANALYZE DELETE FROM item",
    "EXPLAIN (ANALYZE) CREATE TABLE stolen AS SELECT 1",
    "SELECT * INTO stolen FROM item",
    "EXPLAIN ANALYZE SELECT * INTO stolen FROM item",
    "EXPLAIN ANALYZE SELECT 1) AS answer; DROP TABLE item; --",
    "EXPLAIN ANALYZE EXECUTE x",
    "SELECT grab()",
    "SELECT nextval('counter')",
    "SELECT setval('counter', 99)",
    "SELECT * FROM item FOR UPDATE",
    "DO $$ BEGIN DELETE FROM item; END $$",
    "COPY item TO PROGRAM 'touch /tmp/stolen'",
    "COPY (SELECT 1) TO '/tmp/stolen'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/stolen')",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
    'SELECT "pg_terminate_backend"(1)',
    'SELECT U&"\\0070g_terminate_backend"(1)',
    "SELECT query_to_xml('select pg_termin' || 'ate_backend(1)', true, true, '')",
    "SELECT pg_notify('x', 'y')",
    "SELECT pg_advisory_lock(1)",
    "SELECT dblink('host=127.0.0.1', 'DELETE FROM item')",
    "PREPARE x AS DELETE FROM item",
    "EXECUTE x",
    "LISTEN x",
    "VACUUM",
    "SET ROLE boss",
    "ALTER ROLE writer SUPERUSER",
    "SELECT pg_sleep(3600)",
    "/* -- */ COMMIT",
    "",
    "(",
]


@pytest.mark.parametrize("sql", ESCAPES)
def test_no_statement_escapes_even_for_a_role_that_may_write(
    cluster: Cluster, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("architect_agents.tools.postgres_tool.SECONDS", 0.3)
    with pytest.raises(ToolFailure):
        ask(cluster, sql, "writer")
    with psycopg.connect(cluster.url("boss")) as database:
        items = database.execute("SELECT count(*) FROM item").fetchone()
        stolen = database.execute("SELECT to_regclass('stolen')").fetchone()
        counted = database.execute("SELECT is_called FROM counter").fetchone()
        idle = database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'writer' AND state = 'active'"
        ).fetchone()
    assert (items, stolen, counted, idle) == ((1000,), (None,), (False,), (0,))


@pytest.mark.parametrize("role", ["boss", "hidden", "files"])
def test_a_powerful_role_is_refused(cluster: Cluster, role: str) -> None:
    with pytest.raises(ToolFailure, match="too powerful"):
        ask(cluster, "SELECT 1", role)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT * FROM nowhere", 'relation "nowhere" does not exist'),
        ("SELECT * FROM pg_authid", "permission denied"),
        ("SELEKT 1", "Only one statement that reads"),
        (3, "must be a string"),
    ],
)
def test_a_failing_query_is_said_in_words(cluster: Cluster, sql: Any, says: str) -> None:
    with pytest.raises(ToolFailure, match=says):
        ask(cluster, sql)


def test_a_database_that_is_down_is_said_without_its_address() -> None:
    tool = postgres_tool("postgresql://reader:hunter2@127.0.0.1:9/postgres")
    assert isinstance(tool, Tool)
    with pytest.raises(ToolFailure, match="could not be reached") as caught:
        asyncio.run(tool.run({"sql": "SELECT 1"}))
    assert "hunter2" not in str(caught.value)


def test_without_configuration_or_package_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "ARCHITECT_POSTGRES_URL" in str(postgres_tool(""))
    monkeypatch.setattr("architect_agents.tools.postgres_tool.find_spec", lambda name: None)
    assert "pip install" in str(postgres_tool("postgresql://x"))


def test_the_statement_that_is_sent_holds_its_caps() -> None:
    assert bounded("SELECT 1;").endswith(f"LIMIT {MOST_ROWS + 1}")
