"""Lizard's slow token patterns, each with one that matches the same strings in linear time.

lizard tries an unterminated triple quote in exponentially many ways, and a comparison before
many question marks in quadratic time.
"""

from __future__ import annotations


def _triple_quoted(quote: str) -> tuple[str, str]:
    escaped = "\\" + quote
    slow = "".join(
        (
            escaped * 3,
            r"(?:\\.|[^Q]|Q(?!QQ)|QQ(?!Q))*".replace("Q", escaped),
            escaped * 3,
        )
    )
    # Up to the first closing quotes that are not escaped. Where there are none, lizard's
    # backtracking ends the string at the last escaped ones instead.
    body = r"(?>(?:\\.|[^Q\\]|Q(?!QQ)|QQ(?!Q))*)".replace("Q", quote)
    linear = f"{quote * 3}(?:{body}{quote * 3}|(?:[^\\\\]|\\\\.)*\\\\{quote * 3})"
    return slow, linear


#: lizard's pattern → ours. Where a lizard has another pattern, it keeps its own.
LINEAR_PATTERNS: dict[str, str] = dict(
    (
        _triple_quoted('"'),
        _triple_quoted("'"),
        (
            r"\<(?=(?:[^<>?]*\?)+[^<>]*\>)(?:[\w\s,.?]|(?:extends))+\>",
            r"\<(?=[^<>?]*+\?[^<>]*+\>)[\w\s,.?]++\>",
        ),
    )
)
