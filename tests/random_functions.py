"""Random small functions that end: the family on which refactorings are tried out.

They assign, branch, loop, jump, raise, catch, delete, match, unpack, await, yield, capture
variables in closures, and write to a trace and to an object that notes it. Nothing about them is
sensible; every statement form that moves is in them. ``observed_behaviour`` runs them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Literal, get_args

Kind = Literal["plain", "generator", "async", "method"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NAMES = ("a", "b", "c", "d")


class FunctionMaker:
    """Writes the source of one function ``f(a, b)``; the same ``random`` gives the same text."""

    def __init__(self, source: random.Random, kind: Kind) -> None:
        self.random, self.kind = source, kind

    def source(self) -> str:
        keyword = "async def" if self.kind == "async" else "def"
        body = list(self._block(depth=3, loops=0, size=5))
        start = ["yield 'some'"] if self.kind == "generator" else []
        lines = [
            "global g",
            "log('begin')",
            self._choice("c = g = 1", "c = d = g = 1", "c = d = g = 1"),
            *start,
            *body,
            "log('end')",
            f"return {self._value()}",
        ]
        parameters = self._choice("a, b", "a, b", "a, b=1, *d", "a, /, b, **d")
        if self.kind == "method":
            return f"class C:\n    def f(self, {parameters}):\n" + _indented(lines, 8)
        return f"{keyword} f({parameters}):\n" + _indented(lines, 4)

    def _block(self, depth: int, loops: int, size: int) -> Iterator[str]:
        for _ in range(self.random.randint(1, size)):
            yield from self._statement(depth, loops)

    def _inner(self, depth: int, loops: int) -> Iterator[str]:
        return (f"    {line}" for line in self._block(depth - 1, loops, 3))

    def _statement(self, depth: int, loops: int) -> Iterator[str]:
        if depth and self.random.random() < 0.5:
            yield from self._compound(depth, loops)
        else:
            yield self._line(loops)

    def _line(self, loops: int) -> str:
        """One simple statement; 30 % are of the rarer kinds."""
        if self.random.random() < 0.7:
            return self.random.choice(self._common())()
        rare = [*self._rare(), *self._rare_for_kind()]
        if loops:
            rare += [lambda: "break", lambda: "continue"]
        return self.random.choice(rare)()

    def _common(self) -> list[Callable[[], str]]:
        return [
            lambda: f"{self._name()} = {self._value()}",
            lambda: f"{self._name()} = {self._value()}",
            lambda: f"{self._name()} += 1",
            lambda: f"log({self._value()})",
            lambda: f"log({self._value()})",
        ]

    def _rare(self) -> list[Callable[[], str]]:
        return [
            lambda: f"raise {self._choice('ValueError', 'KeyError')}({self._value()})",
            lambda: f"raise ValueError({self._value()}) from {self._choice('None', 'KeyError(1)')}",
            lambda: f"assert {self._test()}, {self._value()}",
            lambda: f"del {self._name()}",
            lambda: f"calls.append(lambda: {self._name()})",
            lambda: f"calls.append(lambda {self._name()}={self._name()}: {self._name()})",
            lambda: "log([call() for call in calls])",
            lambda: f"{self._name()}, {self._name()} = {self._value()}, {self._value()}",
            lambda: f"*{self._name()}, box.x = {self._value()}, {self._value()}, {self._value()}",
            lambda: f"{self._name()} = {self._name()} = {self._value()}",
            lambda: f"{self._name()}: int = {self._value()}",
            lambda: f"{self._name()}: int",
            lambda: self._choice("return", "return None", f"return {self._value()}"),
            lambda: f"log([{self._name()} for a in (1, 2) if a > {self._name()}])",
            lambda: f"log([({self._name()} := e) for e in (1, {self._name()})])",
            lambda: f"log({{e: {self._name()} for e in (1, 2) for d in (e, 3)}})",
            lambda: f"calls.append(iter([{self._name()} for _ in 'ab']).__next__)",
            lambda: f"calls.append(({self._name()} for _ in 'abcdef').__next__)",
            lambda: f"box.{self._choice('x', 'y')} {self._choice('=', '+=')} {self._value()}",
            lambda: f"box[{self._value()}] = {self._value()}",
            lambda: f"{self._name()} = box.{self._choice('x', 'y')}",
            lambda: f"from math import tau as {self._name()}",
            lambda: f"g = {self._value()}",
            lambda: "log(g)",
        ]

    def _rare_for_kind(self) -> list[Callable[[], str]]:
        if self.kind == "generator":
            return [
                lambda: f"{self._name()} = yield {self._value()}",
                lambda: f"log((yield {self._value()}))",
                lambda: f"{self._name()} = yield from ({self._value()}, {self._value()})",
            ]
        if self.kind == "async":
            return [
                lambda: f"{self._name()} = await echo({self._value()})",
                lambda: f"log([e async for e in count({self._choice('2', 'a')})])",
                lambda: f"log({self._name()} and await echo({self._value()}))",
            ]
        if self.kind == "method":
            return [
                lambda: f"self.x = {self._value()}",
                lambda: f"{self._name()} = self.x",
                lambda: "log(type(self).__name__)",
            ]
        return []

    def _compound(self, depth: int, loops: int) -> Iterator[str]:
        shapes = ["if", "if", "chain", "for", "for", "while", "try", "try", "with", "match"]
        shapes += ["closure", "group"]
        shape = self.random.choice(shapes)
        if shape == "if":
            yield f"if {self._test()}:"
            yield from self._inner(depth, loops)
        elif shape == "chain":
            yield from self._chain(depth, loops)
        elif shape in ("for", "while"):
            yield from self._loop(shape, depth, loops)
        elif shape == "try":
            yield from self._try(depth, loops)
        elif shape == "closure":
            yield from self._closure()
        elif shape == "with":
            yield from self._with(depth, loops)
        elif shape == "group":
            yield from self._group(depth)
        else:
            yield from self._match(depth, loops)

    def _chain(self, depth: int, loops: int) -> Iterator[str]:
        yield f"if {self._test()}:"
        yield from self._inner(depth, loops)
        yield f"elif {self._test()}:"
        yield from self._inner(depth, loops)
        yield "else:"
        yield from self._inner(depth, loops)

    def _with(self, depth: int, loops: int) -> Iterator[str]:
        word, manager = "with", f"manager({self._choice('True', 'False')})"
        if self.kind == "async" and self.random.random() < 0.5:
            word = "async with"
        target = self._choice("", "", f" as {self._name()}", f", {manager} as {self._name()}")
        yield f"{word} {manager}{target}:"
        yield from self._inner(depth, loops)

    def _match(self, depth: int, loops: int) -> Iterator[str]:
        subject = self._choice(self._value(), f"[{self._value()}, {self._value()}]", "{'k': a}")
        patterns = ["0", "1", "None", f"[{self._name()}, *_]", f"{{'k': {self._name()}}}"]
        patterns += [f"(0 | 1) as {self._name()}", f"[0, {self._name()}] if {self._test()}"]
        last = ("_", f"int({self._name()})", f"{self._name()} if {self._test()}")
        yield f"match {subject}:"
        for pattern in (self.random.choice(patterns), self._choice(*last)):
            yield f"    case {pattern}:"
            yield from (f"    {line}" for line in self._inner(depth, loops))

    def _group(self, depth: int) -> Iterator[str]:
        """``except*``, from which nothing may jump."""
        yield "try:"
        yield from self._inner(depth, 0)
        yield f"    raise ExceptionGroup('g', [ValueError({self._value()}), KeyError(1)])"
        yield f"except* {self._choice('ValueError', 'KeyError')}{self._choice('', ' as d')}:"
        yield f"    log({self._value()})"
        yield f"    {self._name()} = {self._value()}"

    def _closure(self) -> Iterator[str]:
        """A nested function that may rebind a variable, or a class that reads one."""
        if self.random.random() < 0.3:
            yield "class K:"
            yield f"    x = [{self._name()}, (lambda: {self._name()})()]"
            yield "log(K.x)"
            return
        yield f"def inner({self._choice('', 'd=0', f'c={self._name()}')}):"
        if self.random.random() < 0.4:
            yield "    nonlocal b"
            yield f"    b = {self._name()}"
        if self.random.random() < 0.2:
            yield f"    yield {self._name()}"
            yield "log(list(inner()))"
            return
        yield f"    return {self._choice('a', 'b', 'c')}"
        yield self._choice("calls.append(inner)", "log(inner())", "calls.append(inner)")

    def _loop(self, shape: str, depth: int, loops: int) -> Iterator[str]:
        if shape == "while":
            yield f"while tick() and {self._test()}:"
        elif self.kind == "async" and self.random.random() < 0.4:
            yield f"async for {self._name()} in count({self.random.randint(0, 3)}):"
        elif self.random.random() < 0.2:
            yield f"for {self._name()}, {self._name()} in ((1, 2), (0, None)):"
        else:
            yield f"for {self._name()} in range({self.random.randint(0, 3)}):"
        yield from self._inner(depth, loops + 1)
        if self.random.random() < 0.2:
            yield "else:"
            yield from self._inner(depth, loops)

    def _try(self, depth: int, loops: int) -> Iterator[str]:
        yield "try:"
        yield from self._inner(depth, loops)
        has_handler = self.random.random() < 0.8
        if has_handler:
            yield from self._handlers(depth, loops)
        if not has_handler or self.random.random() < 0.3:
            yield "finally:"
            yield "    log('finally')"
            if self.random.random() < 0.3:
                yield from self._inner(depth, loops)
            else:
                yield f"    log({self._name()})"

    def _handlers(self, depth: int, loops: int) -> Iterator[str]:
        for caught in ("ValueError", "KeyError", "(TypeError, NameError)"):
            if caught == "ValueError" or self.random.random() < 0.3:
                yield f"except {caught}{self._choice('', f' as {self._name()}')}:"
                yield from self._inner(depth, loops)
                if self.random.random() < 0.1:
                    yield "    raise"
        if self.random.random() < 0.2:
            yield "else:"
            yield from self._inner(depth, loops)

    def _choice(self, *values: str) -> str:
        return self.random.choice(values)

    def _name(self) -> str:
        return self.random.choice(NAMES)

    def _value(self) -> str:
        return self._choice(
            self._name(),
            self._name(),
            str(self.random.randint(0, 3)),
            f"{self._name()} + 1",
            f"({self._name()} := {self.random.randint(0, 3)})",
            f"({self._name()}, 1)[0]",
            f"({self._name()} if {self._name()} else {self._name()})",
            "None",
            f"{self._name()} and ({self._name()} or {self._name()}) and {self._name()}",
            f"({self._name()}) or not {self._name()} or (not ({self._name()}))or {self._name()}",
        )

    def _test(self) -> str:
        return self._choice(
            self._name(),
            f"{self._name()} == {self.random.randint(0, 2)}",
            f"{self._name()} and {self._name()}",
            f"not {self._name()}",
            f"{self._name()} and log({self._name()}) is None and {self._name()} == 1",
            f"{self._name()} or ({self._name()} := {self.random.randint(0, 2)})",
        )


def _indented(lines: list[str], width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in lines)
