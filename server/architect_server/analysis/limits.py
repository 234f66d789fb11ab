"""The limits that figures are held to; apart from the figures, since settings need no more."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """The highest figures that draw no finding; 0 switches a rule off.

    ccn: lizard's default (``lizard -C 15``). parameters: SonarSource's rule S107 (7), since
    lizard's own 100 never fires. length: lines, SonarSource's S138 (100).
    cognitive and nesting are off.
    """

    ccn: int = 15
    parameters: int = 7
    length: int = 100
    cognitive: int = 0
    nesting: int = 0
