"""The functions of a text in pieces, put on their lines only when somebody looks at them.

A keystroke moves every function below it. Hardly one of them is looked at before the next
keystroke: whether a figure is above its limit does not depend on its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from architect_server.analysis.incremental.moving import moved
from architect_server.analysis.limits import Limits
from architect_server.analysis.model import FunctionMetrics

if TYPE_CHECKING:
    from architect_server.analysis.incremental.boundaries import OpenClass
    from architect_server.analysis.incremental.measured import Part
    from architect_server.analysis.suppression import Suppression


class Memo:
    """What was found out about one piece, whatever stands above it.

    ``above`` are its functions with a figure above ``limits``, ``placed`` the same where they
    stood last, ``all_placed`` all of them; ``suppressions`` are its comments that ask for
    silence, placed as if it stood alone.
    """

    __slots__ = ("above", "all_placed", "limits", "placed", "suppressions")

    def __init__(self) -> None:
        self.limits: Limits | None = None
        self.above: tuple[FunctionMetrics, ...] = ()
        self.placed: _Placed | None = None
        self.all_placed: _Placed | None = None
        self.suppressions: tuple[Suppression, ...] | None = None

    def __reduce__(self) -> tuple[type[Memo], tuple[()]]:
        """Nobody else has use for it."""
        return Memo, ()


class _Placed(NamedTuple):
    """Functions of a piece, below ``line`` lines, in the class ``inside``."""

    line: int
    inside: OpenClass | None
    functions: tuple[FunctionMetrics, ...]


class PlacedFunctions(Sequence[FunctionMetrics]):
    """The functions of ``parts``, which are those of ``text``, in the order of their lines."""

    def __init__(self, text: str, parts: Sequence[Part]) -> None:
        self.text = text
        self._parts = parts
        self._all: tuple[FunctionMetrics, ...] | None = None

    def above(
        self, limits: Limits, is_above: Callable[[FunctionMetrics], bool]
    ) -> Iterator[FunctionMetrics]:
        """Those for which ``is_above`` holds, which must hang on ``limits`` and figures alone."""
        line = 0
        for part in self._parts:
            measured = part.measured
            if measured.functions:
                memo = measured.memo
                if memo.limits is not limits:
                    if memo.limits != limits:
                        memo.above = tuple(filter(is_above, measured.functions))
                        memo.placed = None
                    memo.limits = limits
                if memo.above:
                    memo.placed = _placed(memo.placed, memo.above, part, line)
                    yield from memo.placed.functions
            line += measured.lines

    def suppressions(self, read: Callable[[str], tuple[Suppression, ...]]) -> Iterator[Suppression]:
        """The comments of the text that ask for silence, as ``read`` finds them in its pieces."""
        line = offset = 0
        for part in self._parts:
            memo = part.measured.memo
            length = part.piece.length
            if memo.suppressions is None:
                memo.suppressions = read(self.text[offset : offset + length])
            for found in memo.suppressions:
                start, end = found.start + offset, found.end + offset
                yield replace(found, start=start, end=end, line=found.line + line)
            offset += length
            line += part.measured.lines

    def _whole(self) -> tuple[FunctionMetrics, ...]:
        if self._all is None:
            found: list[FunctionMetrics] = []
            line = 0
            for part in self._parts:
                functions, memo = part.measured.functions, part.measured.memo
                if functions:
                    memo.all_placed = _placed(memo.all_placed, functions, part, line)
                    found += memo.all_placed.functions
                line += part.measured.lines
            self._all = tuple(found)
        return self._all

    @overload
    def __getitem__(self, index: int) -> FunctionMetrics: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FunctionMetrics]: ...
    def __getitem__(self, index: int | slice) -> FunctionMetrics | Sequence[FunctionMetrics]:
        return self._whole()[index]

    def __len__(self) -> int:
        return sum(len(part.measured.functions) for part in self._parts)

    def __iter__(self) -> Iterator[FunctionMetrics]:
        return iter(self._whole())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._whole() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._whole())

    def __repr__(self) -> str:
        return repr(self._whole())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._whole(),)


def _placed(
    last: _Placed | None, functions: Iterable[FunctionMetrics], part: Part, line: int
) -> _Placed:
    """``functions`` of ``part``; as they stood last, if they still stand there."""
    inside = part.piece.inside
    if last is not None and last.line == line and last.inside == inside:
        return last
    return _Placed(line, inside, moved(functions, line, f"{inside.name}." if inside else ""))
