"""Runs a random function and sees everything that it does: result, exception, and trace."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from typing import Any

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

    async def __aenter__(self) -> Swallowing:
        self.trace.append("aenter")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> bool:
        await asyncio.sleep(0)
        return self.__exit__(kind, *rest)

    def __repr__(self) -> str:
        return "manager"


class Box:
    """An object that notes whatever is done to it."""

    def __init__(self, trace: list[object]) -> None:
        self.__dict__.update(trace=trace, x=1)

    def __setattr__(self, name: str, value: object) -> None:
        self.trace.append(("set", name, repr(value)))
        self.__dict__[name] = value

    def __setitem__(self, key: object, value: object) -> None:
        self.trace.append(("item", repr(key), repr(value)))


def behaviour(
    source: str, arguments: tuple[object, ...], closed_after: int = 9
) -> tuple[str, str, list[object]]:
    """How ``f`` of ``source`` ends (returned, yielded or raised what), and its trace.

    A generator is closed after so many values.
    """
    trace: list[object] = []
    fuel = iter(range(_FUEL))

    def tick() -> bool:
        if next(fuel, None) is None:
            raise OutOfFuelError
        return True

    async def echo(value: object) -> object:
        trace.append(("echo", repr(value)))
        await asyncio.sleep(0)
        return value

    async def count(end: Any) -> AsyncIterator[int]:
        for number in range(end):
            trace.append(("count", number))
            yield number

    names: dict[str, Any] = {
        "log": lambda value: tick() and trace.append(repr(value)),
        "tick": tick,
        "echo": echo,
        "count": count,
        "calls": [],
        "box": Box(trace),
        "manager": lambda swallow: Swallowing(trace, swallow),
    }
    exec(compile(source, "<random>", "exec"), names)
    function = names["f"] if "f" in names else names["C"]().f
    try:
        return "returned", repr(_run(function, arguments, trace, closed_after)), trace
    except Exception as error:
        return "raised", _told(error), trace


def _run(
    function: Callable[..., Any], arguments: tuple[object, ...], trace: list[object], last: int
) -> Any:
    result = function(*arguments)
    if inspect.iscoroutine(result):  # asyncio's own takes generators for coroutines too
        return asyncio.run(result)
    if hasattr(result, "send"):
        return _exhaust(result, trace, last)
    return result


def _exhaust(generator: Any, trace: list[object], last: int) -> object:
    """Drive a generator with answers and one thrown exception; returns what it returns."""
    step = 0
    try:
        trace.append(("yield", repr(next(generator))))
        while True:
            step += 1
            if step == last:
                generator.close()
                return "closed"
            if step == 3:
                trace.append(("yield", repr(generator.throw(KeyError("thrown")))))
            else:
                trace.append(("yield", repr(generator.send(step % 3))))
    except StopIteration as stop:
        return stop.value


def _told(error: BaseException) -> str:
    """Type, text and cause; a missing local is told apart from nothing else by its text."""
    if isinstance(error, NameError):
        return "NameError"
    if isinstance(error, ExceptionGroup):
        return f"group of {[_told(one) for one in error.exceptions]}"
    cause = f" from {error.__cause__!r}" if error.__cause__ else ""
    return f"{type(error).__name__}: {error}{cause}"
