"""Why a refactoring is not done: a stable code for programs, a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """``code`` is kebab-case and stable; ``sentence`` is for a person."""

    code: str
    sentence: str


class RefusedError(Exception):
    """A precondition does not hold. Raised inside this package, handed out as a ``Refusal``."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.refusal = Refusal(code, sentence)
