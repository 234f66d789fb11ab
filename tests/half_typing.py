"""Random edits as fingers make them: half a quote, a bracket, a stray indentation."""

from __future__ import annotations

import random

SNIPPETS = (
    "'", "\"", "(", ")", "[", "]", "{", "}", "\\", "#", ":", ",", "=", "@", "<", ">", "/", "*",
    ".", "x", " ", "\t", "\n", "\"\"\"", "'''", "\\\"\"\"", "\\'", "\\\n", "\r\n", "\f", "\u000b",
    "\u0085", "\u2028", "é", "😀", "def ", "def f(", "def f(a,\n", "    def g(self):\n",
    "def h(): return 1\n", "class A:\n", "class ", "async def k(a):\n", "@deco\n", "@deco(\n",
    "lambda", "if a:\n", "if a and b or c:\n", "else:\n", "elif ", "for x in y:\n", "while ",
    "try:\n", "except E:\n", "finally:\n", "match x:\n", "    case 1:\n", "case ",
    "match case:\n", "match", "x = foo(", "x = [1,\n", "return (", "f\"{a",
    "f\"{a if b else c}\"", "    ", "        ", "\n\n", "\n\n\n", "#lizard forgives\n",
    "# lizard forgives", "#lizard forgive global\n", "# GENERATED CODE\n", "/* ", " */", "// ",
    "x.", "pass\n", "return", "yield", "and", " or b", "-> tuple[\n", "def f[T](a): pass\n",
    "print(f'{a!r:>{b}}')\n", "'''doc'''\n", "    \"\"\"doc\"\"\"\n", "else", "not", "$", "?",
)  # fmt: skip


def random_edit(chance: random.Random, text: str) -> tuple[int, int, str]:
    """``(start, end, new)``: what to replace, in code points, and by what."""
    start = chance.randrange(len(text) + 1)
    if chance.random() < 0.4:  # at the beginning of a line, where most typing begins
        start = text.rfind("\n", 0, start) + 1
    kind = chance.random()
    if kind < 0.55:
        return start, start, chance.choice(SNIPPETS)
    if kind < 0.8:
        return start, min(len(text), start + chance.choice((1, 1, 2, 5, 40, 300))), ""
    end = min(len(text), start + chance.choice((1, 3, 20)))
    if chance.random() < 0.5:
        return start, end, chance.choice(SNIPPETS)
    at = chance.randrange(len(text) + 1)
    return start, start, text[at : at + chance.choice((5, 50, 500))]


def random_line_edit(chance: random.Random, text: str) -> tuple[int, int, str]:
    """A line of the text, or a word of another, typed in front of or over a line, as deep as it."""
    lines = text.splitlines(keepends=True) or ["\n"]
    number = chance.randrange(len(lines))
    start = sum(map(len, lines[:number]))
    there, other = lines[number], chance.choice(lines)
    blank = there[: len(there) - len(there.lstrip(" \t"))]
    kind = chance.random()
    if kind < 0.35:
        return start, start, f"{blank}{other.strip()}\n"
    if kind < 0.5:
        return start, start + len(there), f"{blank}{other.strip()}\n"
    if kind < 0.6:
        return start, start + len(there), ""
    word = chance.choice(
        (*other.split(), "x", "1", ".y", "(z)", " or a", " and b", ", c", "f'{a}'")
    )
    at = start + chance.randrange(len(blank), max(len(blank) + 1, len(there)))
    return at, at + chance.choice((0, 0, 1, 3)), word
