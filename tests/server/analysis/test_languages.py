"""Every language that lizard reads is read, under every name that editors and files give it."""

from __future__ import annotations

from pathlib import Path

import lizard
import pytest

from architect_server.analysis import languages
from architect_server.analysis.measure import measure

SOURCES = Path(__file__).parents[2] / "cases" / "analysis" / "languages"

# Source file → its functions with their cyclomatic complexity, counted by hand.
EXPECTED = {
    "Basket.jsx": {"Basket": 2, "(anonymous)": 2},
    "Bridge.mm": {"largest:": 3},
    "Cache.kt": {"read": 5, "size": 1},
    "Greeting.vue": {"greet": 4},
    "Invoice.java": {"Invoice::Invoice": 1, "Invoice::total": 5},
    "Panel.tsx": {"Panel": 3},
    "Parser.cs": {"Parser::Parse": 5},
    "Route.swift": {"distance": 5},
    "Search.scala": {"first": 4, "kind": 5},
    "Store.m": {"countOf: inside:": 4},
    "Vault.sol": {"withdraw": 4},
    "cart.js": {"total": 6, "cheapest": 1, "(anonymous)": 3},
    "counter.erl": {"count": 2},
    "fit.r": {"smooth": 4},
    "heat.f90": {"heat::step": 4, "heat::mean": 1},
    "inventory.lua": {"Inventory.find": 5, "clear": 2},
    "ledger.rb": {"balance": 5, "empty?": 2},
    "mailer.php": {"Mailer::send": 5, "Mailer::deliver": 1},
    "messages.ttcn": {"f_check": 4},
    "orders.py": {"Orders.__init__": 1, "Orders.open": 5},
    "parse.rs": {"number": 4, "sum": 3},
    "payroll.sql": {"bonus": 5},
    "player.gd": {"move": 4, "stop": 1},
    "pool.go": {"Take": 5, "New": 1},
    "pump.st": {"Regulate": 5},
    "queue.cpp": {"jobs::Queue::Queue": 1, "jobs::Queue::push": 3, "jobs::describe": 3},
    "report.pl": {"Report::totals": 6},
    "retry.ts": {"retry": 5, "advance": 2},
    "ring.zig": {"find": 4, "half": 1},
    "stock.c": {"available": 6, "clear": 1},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_source_of_each_language_yields_its_functions(name: str) -> None:
    text = (SOURCES / name).read_text(encoding="utf-8")
    language = languages.language_of(name)
    assert language is not None
    metrics = measure(text, language)
    assert metrics.confidence.level == "complete"
    found = {function.qualified_name: function.ccn for function in metrics.functions}
    assert found == EXPECTED[name]
    lines = text.split("\n")
    for function in metrics.functions:
        assert len(function.decisions) == function.ccn - 1
        assert function.start_line == function.name_span.line
        marked = lines[function.name_span.line - 1][
            function.name_span.start : function.name_span.end
        ]
        assert marked
        assert marked.rstrip(":") in function.qualified_name or marked == "=>"


def test_every_reader_of_lizard_has_a_source_here() -> None:
    readers = {lizard.get_reader_for(name) for name in EXPECTED}
    assert readers == set(lizard.languages())


def test_every_extension_that_lizard_reads_has_a_language() -> None:
    extensions = {extension.lower() for reader in lizard.languages() for extension in reader.ext}
    assert extensions <= languages.EXTENSIONS


@pytest.mark.parametrize("extension", sorted(languages.EXTENSIONS))
def test_a_language_of_a_file_is_read_by_the_reader_lizard_would_take(extension: str) -> None:
    language = languages.language_of(f"folder/file.{extension.upper()}")
    assert language in languages.LANGUAGE_IDS
    name = languages.lizard_name(language)
    assert name is not None
    own = lizard.get_reader_for(f"file.{extension}")
    assert own in (None, lizard.get_reader_for(name))


@pytest.mark.parametrize("language", sorted(languages.LANGUAGE_IDS))
def test_every_language_id_has_a_reader(language: str) -> None:
    assert lizard.get_reader_for(languages.lizard_name(language)) is not None


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a/b.pyi", "python"),
        ("a/b.mts", "typescript"),
        ("a/B.PY", "python"),
        ("a/b.d.ts", "typescript"),
        ("Makefile", None),
        ("a/b.txt", None),
        (".py", None),
    ],
)
def test_a_path_is_known_by_its_extension(path: str, language: str | None) -> None:
    assert languages.language_of(path) == language
