"""Names for helpers: from the author's words where there are some, and always free."""

from __future__ import annotations

import ast

import pytest

from architect_agents.refactoring.naming import (
    block_names,
    condition_names,
    first_free,
    from_comment,
    private,
)


@pytest.mark.parametrize(
    ("comment", "name"),
    [
        ("# Settle open invoices first.", "settle_open_invoices"),
        ("# price of the goods", "price_goods"),
        ("# validate the order: no empty ones", "validate_order"),
        ("# pay with credit first, then charge the rest", "pay_credit"),
        ("# TODO: settle open invoices", None),
        ("# noqa", None),
        ("# type: ignore[arg-type] for old clients", None),
        ("# this is needed because old clients are slow", None),
        ("# x = compute(y)", None),
        ("# see https://example.org/a/b", None),
        ("# Ünïcode wörds hère", None),
        ("# one", None),
    ],
)
def test_a_clear_comment_gives_the_name(comment: str, name: str | None) -> None:
    assert from_comment(comment) == name


@pytest.mark.parametrize(
    ("code", "inputs", "outputs", "name"),
    [
        ("total = a + b", (), ("total",), "_compute_total"),
        ("total += a", ("total",), ("total",), "_update_total"),
        ("found = []\nfor a in b: found.append(a)", (), ("found",), "_collect_found"),
        ("for line in order.lines: print(line)", (), (), "_process_lines"),
        ("for line in order.lines:\n  if line: raise ValueError", (), (), "_check_lines"),
        ("for line in lines: queue.send(line)", (), (), "_send_lines"),
        ("if order.late: raise ValueError\nif order: raise KeyError", (), (), "_check_late"),
        ("if a: send_reminder(a)\nb()", (), (), "_send_reminder"),
        ("if a: self.status = 1\nb()", (), (), "_update_status"),
        ("if customer: x()\ny()", (), (), "_place_customer"),
        ("a()\nb()", (), (), "_place_step"),
    ],
)
def test_without_a_comment_the_code_gives_it(
    code: str, inputs: tuple[str, ...], outputs: tuple[str, ...], name: str
) -> None:
    statements = ast.parse(code).body
    names = block_names("place", statements, inputs=inputs, outputs=outputs, comment="")
    assert next(names) == name


@pytest.mark.parametrize(
    ("condition", "guarded", "name"),
    [
        ("order.total and order.paid", "raise ValueError", "_is_invalid_order"),
        ("order.total and order.paid", "send_order(order)", "_should_send_order"),
        ("order.total and order.paid", "pass", "_meets_total_condition"),
        ("a and b", "pass", "_meets_place_condition"),
    ],
)
def test_a_predicate_tells_what_follows_from_it(condition: str, guarded: str, name: str) -> None:
    test = ast.parse(condition, mode="eval").body
    assert next(condition_names("place", ast.parse(guarded).body, test)) == name


def test_a_name_in_use_gives_way_to_the_next_and_then_to_a_number() -> None:
    assert first_free(["_a", "_b"], frozenset()) == "_a"
    assert first_free(["_a", "_b"], frozenset({"_a"})) == "_b"
    assert first_free(["_a", "_b"], frozenset({"_a", "_b", "_a_2"})) == "_a_3"


def test_names_are_private_short_and_end_with_a_word() -> None:
    long = private("compute_everything_that_anybody_could_want_to_know_and_more")
    assert len(long) <= 41
    assert not long.endswith(("_and", "_to"))
    assert private("Send Mail!") == "_send_mail"
    assert private("___") == "_helper"
