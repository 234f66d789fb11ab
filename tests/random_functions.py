"""Random small functions that end, and a way to see everything that one of them does.

They assign, branch, loop, jump, raise, catch, delete, match, capture variables in closures, and
write to a trace. Nothing about them is sensible; every statement form that moves is in them.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any, Literal

Kind = Literal["plain", "generator", "async"]
NAMES = ("a", "b", "c", "d")
_FUEL = 120


class OutOfFuelError(Exception):
    """A loop ran for too long."""


class Swallowing:
    """A context manager that ends the exceptions it is told to."""

    def __init__(self, trace: list[object], swallow: bool) -> None:
        self.trace, self.swallow = trace, swallow

    def __enter__(self) -> Swallowing:
        self.trace.append("enter")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self.trace.append(("exit", kind and kind.__name__))
        return self.swallow and kind is not None and issubclass(kind, ValueError | KeyError)


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
            "c = g = 1",
            *start,
            *body,
            "log('end')",
            f"return {self._value()}",
        ]
        return f"{keyword} f(a, b):\n" + "".join(f"    {line}\n" for line in lines)

    def _block(self, depth: int, loops: int, size: int) -> Iterator[str]:
        for _ in range(self.random.randint(1, size)):
            yield from self._statement(depth, loops)

    def _inner(self, depth: int, loops: int) -> Iterator[str]:
        return (f"    {line}" for line in self._block(depth - 1, loops, 3))

    def _statement(self, depth: int, loops: int) -> Iterator[str]:
        simple: list[Callable[[], str]] = [
            lambda: f"{self._name()} = {self._value()}",
            lambda: f"{self._name()} = {self._value()}",
            lambda: f"{self._name()} += 1",
            lambda: f"log({self._value()})",
            lambda: f"log({self._value()})",
        ]
        rare: list[Callable[[], str]] = [
            lambda: f"raise {self._choice('ValueError', 'KeyError')}({self._value()})",
            lambda: f"del {self._name()}",
            lambda: f"calls.append(lambda: {self._name()})",
            lambda: "log([call() for call in calls])",
            lambda: f"{self._name()}, {self._name()} = {self._value()}, {self._value()}",
            lambda: self._choice("return", "return None", f"return {self._value()}"),
            lambda: f"log([{self._name()} for a in (1, 2) if a > {self._name()}])",
            lambda: f"calls.append(iter([{self._name()} for _ in 'ab']).__next__)",
            lambda: f"calls.append(({self._name()} for _ in 'abcdef').__next__)",
            lambda: f"g = {self._value()}",
            lambda: "log(g)",
        ]
        if self.kind == "generator":
            rare.append(lambda: f"{self._name()} = yield {self._value()}")
        if self.kind == "async":
            rare.append(lambda: f"{self._name()} = await echo({self._value()})")
        if loops:
            rare += [lambda: "break", lambda: "continue"]
        if depth and self.random.random() < 0.5:
            yield from self._compound(depth, loops)
        else:
            pool = rare if self.random.random() < 0.3 else simple
            yield self.random.choice(pool)()

    def _compound(self, depth: int, loops: int) -> Iterator[str]:
        shapes = ("if", "if", "chain", "for", "for", "while", "try", "with", "match", "closure")
        shape = self._choice(*shapes)
        if shape == "if":
            yield f"if {self._test()}:"
            yield from self._inner(depth, loops)
        elif shape == "chain":
            yield f"if {self._test()}:"
            yield from self._inner(depth, loops)
            yield f"elif {self._test()}:"
            yield from self._inner(depth, loops)
            yield "else:"
            yield from self._inner(depth, loops)
        elif shape in ("for", "while"):
            yield from self._loop(shape, depth, loops)
        elif shape == "try":
            yield from self._try(depth, loops)
        elif shape == "closure":
            yield from self._closure()
        elif shape == "with":
            yield f"with manager({self._choice('True', 'False')}):"
            yield from self._inner(depth, loops)
        else:
            yield f"match {self._value()}:"
            yield f"    case {self._choice('0', '1', 'None')}:"
            yield from (f"    {line}" for line in self._inner(depth, loops))
            yield f"    case {self._choice('_', 'int(d)', f'{self._name()} if {self._test()}')}:"
            yield from (f"    {line}" for line in self._inner(depth, loops))

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
        yield f"    return {self._choice('a', 'b', 'c')}"
        yield self._choice("calls.append(inner)", "log(inner())", "calls.append(inner)")

    def _loop(self, shape: str, depth: int, loops: int) -> Iterator[str]:
        if shape == "for":
            yield f"for {self._name()} in range({self.random.randint(0, 3)}):"
        else:
            yield f"while tick() and {self._test()}:"
        yield from self._inner(depth, loops + 1)
        if self.random.random() < 0.2:
            yield "else:"
            yield from self._inner(depth, loops)

    def _try(self, depth: int, loops: int) -> Iterator[str]:
        yield "try:"
        yield from self._inner(depth, loops)
        has_handler = self.random.random() < 0.8
        if has_handler:
            caught = self._choice("ValueError", "KeyError", "(ValueError, NameError)")
            yield f"except {caught}{self._choice('', ' as d')}:"
            yield from self._inner(depth, loops)
            if self.random.random() < 0.2:
                yield "else:"
                yield from self._inner(depth, loops)
        if not has_handler or self.random.random() < 0.3:
            yield "finally:"
            yield "    log('finally')"
            # A jump out of ``finally`` is a warning of its own; names are enough here.
            yield f"    log({self._name()})"

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


def behaviour(source: str, arguments: tuple[object, ...]) -> tuple[str, str, list[object]]:
    """How ``f`` of ``source`` ends (returned, yielded or raised what), and its trace."""
    trace: list[object] = []
    fuel = iter(range(_FUEL))

    def tick() -> bool:
        if next(fuel, None) is None:
            raise OutOfFuelError
        return True

    async def echo(value: object) -> object:
        trace.append(("echo", value))
        await asyncio.sleep(0)
        return value

    names: dict[str, Any] = {
        "log": lambda value: tick() and trace.append(repr(value)),
        "tick": tick,
        "echo": echo,
        "calls": [],
        "manager": lambda swallow: Swallowing(trace, swallow),
    }
    exec(compile(source, "<random>", "exec"), names)
    try:
        return "returned", repr(_run(names["f"], arguments, trace)), trace
    except Exception as error:
        return "raised", _told(error), trace


def _run(function: Callable[..., Any], arguments: tuple[object, ...], trace: list[object]) -> Any:
    result = function(*arguments)
    if asyncio.iscoroutine(result):
        return asyncio.run(result)
    if hasattr(result, "send"):
        return _exhaust(result, trace)
    return result


def _exhaust(generator: Any, trace: list[object]) -> object:
    """Drive a generator with answers and one thrown exception; returns what it returns."""
    step = 0
    try:
        trace.append(("yield", next(generator)))
        while True:
            step += 1
            if step == 3:
                trace.append(("yield", generator.throw(KeyError("thrown"))))
            else:
                trace.append(("yield", generator.send(step % 3)))
    except StopIteration as stop:
        return stop.value


def _told(error: BaseException) -> str:
    """Type and text; a missing local is told apart from nothing else by its text."""
    if isinstance(error, NameError):
        return "NameError"
    return f"{type(error).__name__}: {error}"
