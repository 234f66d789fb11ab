"""Names for helpers: from the author's words where there are some, and always free."""

from __future__ import annotations

import ast

import pytest

from architect_agents.refactoring.naming import Position, block_names, first_free
from architect_agents.refactoring.naming_conditions import condition_names
from architect_agents.refactoring.naming_words import from_comment, private


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
        ("rv = load_order(key)", (), ("rv",), "_compute_order"),
        ("if order.late: self.add_message(order)\nx()", (), (), "_check_late"),
        ("for x in get_lines(order): x.go(1)", (), (), "_process_lines"),
        ("order.save()\nx()", (), (), "_save_order"),
        ("table[a] = b\ntable[c] = d", (), (), "_fill_table"),
        ("if a: return Shape(b)\nreturn Shape(c)", (), (), "_make_shape"),
        ("lines.append(a)\nlines.append(b)", (), (), "_add_to_lines"),
        ("a = b\nwaiting += c", (), (), "_place_waiting"),
        ("a()\nb()", (), (), "_place_part"),
    ],
)
def test_without_a_comment_the_code_gives_it(
    code: str, inputs: tuple[str, ...], outputs: tuple[str, ...], name: str
) -> None:
    statements = ast.parse(code).body
    names = block_names("place", statements, inputs=inputs, outputs=outputs, comment="")
    assert next(names) == name


@pytest.mark.parametrize(
    ("position", "name"),
    [
        (Position(each=ast.Name("line")), "_handle_line"),
        (Position(caught=ast.Name("KeyError")), "_handle_key_error"),
        (Position(test=ast.parse("order.express", mode="eval").body), "_handle_express"),
        (Position(is_last=True), "_finish_place"),
        (Position(is_first=True), "_begin_place"),
    ],
)
def test_where_the_code_says_nothing_its_place_does(position: Position, name: str) -> None:
    statements = ast.parse("a()\nb()").body
    names = block_names("place", statements, inputs=(), outputs=(), comment="", position=position)
    assert next(names) == name


@pytest.mark.parametrize(
    ("condition", "guarded", "name"),
    [
        ("order.total and order.paid", "raise ValueError", "_is_invalid_order"),
        ("order.total and order.paid", "send_order(order)", "_should_send_order"),
        ("order.total and order.paid", "pass", "_has_total_and_paid"),
        ("order.total and not order.paid", "pass", "_has_total_and_no_paid"),
        ("order is None or order.paid is not None", "pass", "_has_no_order_or_has_paid"),
        ("isinstance(x, (Leaf, Branch)) and y", "pass", "_is_leaf_or_branch"),
        ("line.kind == 'comment' and x", "pass", "_is_comment"),
        ("line.kind not in KNOWN and x", "pass", "_is_not_in_known"),
        ("line.is_empty and x", "pass", "_is_empty"),
        ("name.startswith('_') and x", "pass", "_has_name_prefix"),
        ("amount > 3 and x", "pass", "_has_large_amount"),
        ("a and b", "pass", "_should_place"),
    ],
)
def test_a_predicate_tells_what_follows_or_what_it_says(
    condition: str, guarded: str, name: str
) -> None:
    test = ast.parse(condition, mode="eval").body
    assert next(condition_names("place", ast.parse(guarded).body, [test])) == name


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


def test_an_earlier_helper_that_is_called_does_not_double_the_functions_name() -> None:
    statements = ast.parse("if self._price_waiting(waiting): x()\ny()").body
    names = list(block_names("price", statements, inputs=(), outputs=(), comment=""))
    assert names
    assert not [name for name in names if "price_price" in name]
