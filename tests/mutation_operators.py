"""Seeded mistakes of the kinds that people and models make when they refactor.

``mutants(source, functions, seed)`` takes a right proposal and gives wrong ones: each has one
mistake in one of the named functions. The functions are written out anew from their trees, the
rest of the file stays byte for byte.
"""

from __future__ import annotations

import ast
import copy
import random
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
#: An operator looks at one node of a copied function and either changes it in place and returns
#: True, or leaves it alone and returns False.
Operator = Callable[[ast.AST, random.Random], bool]

_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True)
class Mutant:
    kind: str
    function: str
    source: str


def mutants(
    source: str,
    functions: set[str],
    rng: random.Random,
    per_kind: int = 2,
    kinds: Iterable[str] = (),
) -> Iterator[Mutant]:
    """Up to ``per_kind`` mutants of every kind (or of ``kinds``), at places chosen by ``rng``."""
    nodes = [
        (node, ast.unparse(node), len(list(ast.walk(node)))) for node in _named(source, functions)
    ]
    for kind in kinds or OPERATORS:
        places = [(node, text, number) for node, text, size in nodes for number in range(size)]
        rng.shuffle(places)
        found: list[Mutant] = []
        for node, text, number in places:
            if len(found) == per_kind:
                break
            mutated = _mutated(text, number, OPERATORS[kind], rng)
            if mutated is not None:
                found.append(Mutant(kind, node.name, _replaced(source, node, mutated)))
        yield from found


def rewritten(source: str, functions: set[str]) -> str:
    """``source`` with the functions written out anew and no mistake made."""
    for node in sorted(_named(source, functions), key=lambda one: -one.lineno):
        source = _replaced(source, node, ast.unparse(node))
    return source


def _named(source: str, functions: set[str]) -> list[FunctionNode]:
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, FunctionNode) and node.name in functions
    ]


def _mutated(text: str, number: int, operator: Operator, rng: random.Random) -> str | None:
    function = ast.parse(text).body[0]
    if not operator(list(ast.walk(function))[number], rng):
        return None
    mutated = ast.unparse(ast.fix_missing_locations(function))
    return None if mutated == text else mutated


def _replaced(source: str, node: FunctionNode, text: str) -> str:
    """``source`` with ``node`` as ``text``; what is inside strings is not indented."""
    lines = source.split("\n")
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
    depth, rest = divmod(node.col_offset, 4)
    if rest or "\t" in lines[node.lineno - 1][: node.col_offset]:
        new = textwrap.indent(text, " " * node.col_offset).split("\n")
    else:
        wrapped: ast.stmt = ast.parse(text).body[0]
        for _ in range(depth):
            wrapped = ast.If(ast.Constant(1), [wrapped], [])
        new = ast.unparse(ast.fix_missing_locations(wrapped)).split("\n")[depth:]
    lines[first : node.end_lineno] = new
    return "\n".join(lines)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in _BLOCKS:
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block


def _remove(block: list[ast.stmt], wanted: Callable[[ast.stmt], bool], rng: random.Random) -> bool:
    places = [place for place, one in enumerate(block) if wanted(one)]
    if not places:
        return False
    place = rng.choice(places)
    block[place : place + 1] = [] if len(block) > 1 else [ast.Pass()]
    return True


def _in_block(node: ast.AST, rng: random.Random, wanted: Callable[[ast.stmt], bool]) -> bool:
    blocks = list(_blocks(node))
    return bool(blocks) and _remove(rng.choice(blocks), wanted, rng)


def _is_effect(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant)


def dropped_branch(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.If) or not node.orelse:
        return False
    if all(isinstance(one, ast.Return | ast.Pass | ast.Continue) for one in node.orelse):
        return False
    node.orelse = []
    return True


def inverted_condition(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.If | ast.While | ast.IfExp):
        return False
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return True


def off_by_one(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Constant) or type(node.value) is not int:
        return False
    node.value += rng.choice((-1, 1))
    return True


def moved_boundary(node: ast.AST, rng: random.Random) -> bool:
    swaps = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
    if not isinstance(node, ast.Compare) or type(node.ops[0]) not in swaps:
        return False
    node.ops[0] = swaps[type(node.ops[0])]()
    return True


def lost_raise(node: ast.AST, rng: random.Random) -> bool:
    return _in_block(node, rng, lambda one: isinstance(one, ast.Raise | ast.Assert))


def reordered_statements(node: ast.AST, rng: random.Random) -> bool:
    jumps = (ast.Return, ast.Raise, ast.Break, ast.Continue)
    for block in _blocks(node):
        pairs = [
            place
            for place in range(len(block) - 1)
            if not isinstance(block[place + 1], jumps)
            and not (isinstance(block[place], ast.Expr) and not _is_effect(block[place]))
        ]
        if pairs:
            place = rng.choice(pairs)
            block[place], block[place + 1] = block[place + 1], block[place]
            return True
    return False


def swapped_arguments(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return False
    node.args[0], node.args[1] = node.args[1], node.args[0]
    return True


def lost_output(node: ast.AST, rng: random.Random) -> bool:
    for block in _blocks(node):
        for place, one in enumerate(block):
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call | ast.Await):
                block[place] = ast.Expr(one.value)
                return True
    return False


def lost_result(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    if isinstance(node.value, ast.Constant) and node.value.value is None:
        return False
    node.value = ast.Constant(None)
    return True


def truthiness(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.If | ast.While) or not isinstance(node.test, ast.Compare):
        return False
    if isinstance(node.test.ops[0], ast.IsNot):
        node.test = node.test.left
    elif isinstance(node.test.ops[0], ast.Is | ast.Eq):
        node.test = ast.UnaryOp(ast.Not(), node.test.left)
    else:
        return False
    return True


def broadened_except(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.ExceptHandler) or node.type is None:
        return False
    node.type = ast.Name("Exception", ast.Load())
    return True


def lost_handler(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Try) or not node.handlers:
        return False
    node.handlers.pop(rng.randrange(len(node.handlers)))
    if not node.handlers and not node.finalbody:
        node.finalbody, node.orelse = [ast.Pass()], []
    return True


def lost_finally(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Try) or all(isinstance(one, ast.Pass) for one in node.finalbody):
        return False
    node.body += node.finalbody
    node.finalbody = [] if node.handlers else [ast.Pass()]
    return True


def and_for_or(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.BoolOp):
        return False
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return True


def dropped_operand(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.BoolOp):
        return False
    if len(node.values) == 2:
        node.values.append(ast.Constant(isinstance(node.op, ast.And)))
    node.values.pop(rng.randrange(2))
    return True


def dropped_statement(node: ast.AST, rng: random.Random) -> bool:
    return _in_block(node, rng, _is_effect)


def repeated_statement(node: ast.AST, rng: random.Random) -> bool:
    for block in _blocks(node):
        places = [place for place, one in enumerate(block) if _is_effect(one)]
        if places:
            place = rng.choice(places)
            block.insert(place, copy.deepcopy(block[place]))
            return True
    return False


def dropped_write(node: ast.AST, rng: random.Random) -> bool:
    return _in_block(node, rng, lambda one: isinstance(one, ast.Assign | ast.AugAssign))


def wrong_constant(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Constant):
        return False
    if isinstance(node.value, bool):
        node.value = not node.value
    elif isinstance(node.value, str) and " " not in node.value.strip() and node.value:
        node.value = node.value[:-1]  # with blanks it may be a docstring, and no mistake at all
    else:
        return False
    return True


def wrong_attribute(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    node.attr += "s"
    return True


def wrong_operator(node: ast.AST, rng: random.Random) -> bool:
    swaps = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.FloorDiv}
    if not isinstance(node, ast.BinOp | ast.AugAssign) or type(node.op) not in swaps:
        return False
    node.op = swaps[type(node.op)]()
    return True


def lost_await(node: ast.AST, rng: random.Random) -> bool:
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.Await):
            setattr(node, name, value.value)
            return True
    return False


def break_for_continue(node: ast.AST, rng: random.Random) -> bool:
    for block in _blocks(node):
        if isinstance(block[-1], ast.Break | ast.Continue):
            block[-1] = ast.Continue() if isinstance(block[-1], ast.Break) else ast.Break()
            return True
    return False


def lost_jump(node: ast.AST, rng: random.Random) -> bool:
    """A ``return value`` or ``break`` that no longer leaves."""
    for block in _blocks(node):
        last = block[-1]
        if isinstance(last, ast.Return) and last.value is not None:
            if isinstance(last.value, ast.Constant) and last.value.value is None:
                continue
            block[-1] = ast.Expr(last.value)
            return True
        if isinstance(last, ast.Break) and len(block) > 1:
            block.pop()
            return True
    return False


def assignment_for_update(node: ast.AST, rng: random.Random) -> bool:
    for block in _blocks(node):
        for place, one in enumerate(block):
            if isinstance(one, ast.AugAssign):
                block[place] = ast.Assign([one.target], one.value, lineno=1)
                return True
    return False


def lost_keyword(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Call) or not node.keywords:
        return False
    node.keywords.pop()
    return True


def wrong_variable(node: ast.AST, rng: random.Random) -> bool:
    """Another name of the same expression or call."""
    if not isinstance(node, ast.Call | ast.Compare | ast.BoolOp):
        return False
    loads = [
        one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    ]
    names = sorted({one.id for one in loads})
    if len(names) < 2:
        return False
    chosen = rng.choice(loads)
    chosen.id = rng.choice([name for name in names if name != chosen.id])
    return True


def skipped_first(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.For):
        return False
    node.iter = ast.Subscript(node.iter, ast.Slice(ast.Constant(1)), ast.Load())
    return True


def moved_out_of_loop(node: ast.AST, rng: random.Random) -> bool:
    for block in _blocks(node):
        for place, one in enumerate(block):
            if not isinstance(one, ast.For | ast.While) or len(one.body) < 2:
                continue
            if not isinstance(one.body[-1], ast.Break | ast.Continue | ast.Return):
                block.insert(place + 1, one.body.pop())
                return True
    return False


def moved_into_branch(node: ast.AST, rng: random.Random) -> bool:
    jumps = (ast.Return, ast.Raise, ast.Break, ast.Continue)
    for block in _blocks(node):
        for place, one in enumerate(block[:-1]):
            if not isinstance(one, ast.If) or isinstance(one.body[-1], jumps):
                continue
            if not isinstance(block[place + 1], jumps):
                one.body.append(block.pop(place + 1))
                return True
    return False


def swapped_results(node: ast.AST, rng: random.Random) -> bool:
    if not isinstance(node, ast.Return | ast.Assign) or not isinstance(node.value, ast.Tuple):
        return False
    if all(isinstance(one, ast.Constant) for one in node.value.elts):
        return False  # ``False, None`` and ``None, False`` often come to the same
    node.value.elts.reverse()
    return len(node.value.elts) > 1


def widened_try(node: ast.AST, rng: random.Random) -> bool:
    for block in _blocks(node):
        for place, one in enumerate(block[1:], start=1):
            if isinstance(one, ast.Try):
                one.body.insert(0, block.pop(place - 1))
                return True
    return False


def negated_membership(node: ast.AST, rng: random.Random) -> bool:
    swaps = {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
    swaps |= {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
    if not isinstance(node, ast.Compare) or type(node.ops[0]) not in swaps:
        return False
    node.ops[0] = swaps[type(node.ops[0])]()
    return True


OPERATORS: dict[str, Operator] = {
    operator.__name__: operator
    for operator in (
        dropped_branch,
        inverted_condition,
        off_by_one,
        moved_boundary,
        lost_raise,
        reordered_statements,
        swapped_arguments,
        lost_output,
        lost_result,
        truthiness,
        broadened_except,
        lost_handler,
        lost_finally,
        and_for_or,
        dropped_operand,
        dropped_statement,
        repeated_statement,
        dropped_write,
        wrong_constant,
        wrong_attribute,
        wrong_operator,
        lost_await,
        break_for_continue,
        lost_jump,
        assignment_for_update,
        lost_keyword,
        wrong_variable,
        skipped_first,
        moved_out_of_loop,
        moved_into_branch,
        swapped_results,
        widened_try,
        negated_membership,
    )
}
