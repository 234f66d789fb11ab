"""The fast pass over Python: equal to the whole measure in every field, or it declines."""

from __future__ import annotations

import gc
import random
import sysconfig
import weakref
from contextlib import suppress
from pathlib import Path

import pytest
from lizard_languages.python import PythonReader

from architect_server.analysis import fast_python, guards, lizard_adapter
from architect_server.analysis.fast_python.header import Declined
from architect_server.analysis.fast_python.reading import Reading
from architect_server.analysis.measure import measure


def _sample() -> list[Path]:
    """The same files of the standard library on every run of one interpreter."""
    folder = Path(sysconfig.get_path("stdlib"))
    files = sorted(
        path
        for package in ("", "asyncio", "email", "importlib", "unittest", "concurrent/futures")
        for path in (folder / package).glob("*.py")
        if 500 < path.stat().st_size < 60_000
    )
    return random.Random(4).sample(files, 30)


def test_real_files_are_equal_in_every_field_and_seldom_declined() -> None:
    declined = 0
    for path in _sample():
        text = path.read_text(encoding="utf-8")
        fast = fast_python.functions(guards.prepare(text))
        if fast is None:
            declined += 1
        else:
            assert tuple(fast) == measure(text, "python", fast=False).functions, path
    assert declined <= 10


# What tokens are made of, and what lizard sees in them that Python does not.
_BITS = [
    "a",
    "if",
    "1",
    "0x1'2",
    "1'000",
    "\\",
    '"',
    "'",
    '"""',
    "'''",
    'f"',
    "f'",
    "{x}",
    "{{",
    "}",
    "#",
    "//",
    "/*",
    "*/",
    "->",
    "-",
    "-=",
    "=>",
    "*",
    "*=",
    "**",
    ".",
    "...",
    ":",
    ":=",
    "::",
    "=",
    "==",
    "<=",
    "<a?b>",
    "(",
    ")",
    "[",
    "]",
    ",",
    "é",
    "\t",
    "\x1f",
    "\x0c",
    "\\\n",
    "\n",
]


@pytest.mark.parametrize("seed", range(40))
def test_tokens_are_cut_as_lizard_cuts_them(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        source = guards.prepare("".join(rng.choices([*_BITS, " ", "\n    "], k=rng.randrange(30))))
        found = fast_python.expanded(fast_python.tokens(source))
        lizards = [str(one) for one in PythonReader.generate_tokens(source)]
        wanted = [one for one in lizards if one == "\n" or not one.isspace()]
        assert ["\n" if one[0] == "\n" else one for one in found] == wanted, source


_IN_FORMAT_STRINGS = [
    *("a", "a.b", "{a}", "{a.b!r}", "{ a if b else c }", "{a:>{b}}", "{{", "}}", "{", "}", " "),
    *("{é}", "{a·}", "{a /* b}", "{a // b}", "{'a'}", "{#}", "{f'{a}'}", "{}", "{ }", "\\N{DASH}"),
    *("{\n  a}", "\n", "\\", "\\\n", "#", "{\x1f}", "{a\u00a0b }", "{a:=}", "{rf}"),
]


@pytest.mark.parametrize("quotes", ['"', '"""', "'"])
@pytest.mark.parametrize("prefix", ["f", "rF", "Fb"])
def test_format_strings_are_cut_as_lizard_cuts_them(prefix: str, quotes: str) -> None:
    rng = random.Random(prefix + quotes)
    for _ in range(400):
        body = "".join(rng.choices(_IN_FORMAT_STRINGS, k=rng.randrange(6)))
        string = f"{quotes}{body}{quotes}"
        found = fast_python.expanded([prefix, string, "+", prefix, "a", prefix])
        expected = lizard_adapter.format_string_tokens(string)
        assert found == [prefix, *expected, "+", prefix, "a", prefix], string


DECLINED = {
    "a one-line function inside another": "def f(a):\n    def g(b): return b\n    return g(a)\n",
    "a one-line function that decides": "def f(a): return a if a else 1\n",
    "a one-line function that calls itself": "def f(a): return f(a)\n",
    "a one-line function over several lines": "def f(a): return g(\n    a)\n",
    "a one-line function with two statements": "def f(a): a += 1; return a\n",
    "a one-line function that is only documented": 'def f(a): """Doc."""\n',
    "a one-line function before a deeper line": "def f(a): return a\nif f(1):\n    g()\n",
    "a match whose kind hangs on a case": (
        "def f(case):\n    match case:\n        case 1:\n            pass\n"
    ),
    "type parameters": "def f[T](a: T) -> T:\n    return a\n",
    "lizard's own comment": "def f(a):\n    return a  # lizard forgives\n",
    "a return annotation over several lines": "def f(a) -> tuple[\n    int\n]:\n    return a\n",
    "a continuation left of its block": "def f(a):\n    if a:\n        g(a,\n  b)\n",
    "an f-string in a header": 'def f(a=f"{1}"):\n    return a\n',
    "an expression in an f-string over several lines": (
        "def f(a):\n    if a:\n        return f'''{\n            a(1)\n        }'''\n    return 1\n"
    ),
    "such an expression behind a blank line, in brackets": (
        "def f(a):\n    return g(\n        f'''{\n\n            a\n        }''')\n"
    ),
    "such an expression in a one-line function": "def f(a): return f'''{\n    a\n}'''\n",
    "a comment of three quotes in a header": (
        "def f(a: '''b'''):\n    return a\ndef g(a) -> '''b''':\n    return a\n"
    ),
    "a condition in a header": "def f(a=1 if 2 else 3):\n    return a\n",
}


@pytest.mark.parametrize("source", DECLINED.values(), ids=DECLINED.keys())
def test_what_lizard_may_read_otherwise_is_declined(source: str) -> None:
    assert fast_python.functions(source) is None


TAKEN = {
    "match and case": (
        "def f(a, case):\n    match a:\n        case 1 | 2 if a and a:\n            if a:\n"
        "                pass\n        case [1, *_]:\n            for a in a: pass\n"
        "        case (\n            1, 2\n        ):\n            pass\n        case _:\n"
        "            case(1)\n            a()\n            match[2] = 3\n"
    ),
    "a parameter named like a prefix of strings": "def g(f, F=1, *, rb: f = 2):\n    return f\n",
    "two sequences of one operator": (
        "def f(a):\n    x = a and a, a and a\n    y = [a or a if a or a else {1: a or a}]\n"
        "    return (a and (a and a) and a) or a == {a or a: a or a}\n"
    ),
    "names like soft keywords": "def f(match):\n    match = match.group\n    case: int = 1\n",
    "recursion and comprehensions": (
        "def fib(n):\n    if n < 2 and n or n:\n        return n\n"
        "    return fib(n - 1) + self.fib(2) + a.fib(3) + sum(x if x else y for x in n if x)\n"
    ),
    "classes, decorators and nested functions": (
        "@a\n@b(1,\n   2)\nclass A:\n    @c\n    async def f(self, x: dict[str, int] = {}, *y):\n"
        '        """Doc.\n        """\n        async with x:\n            def g(z=lambda: 0):\n'
        "                try:\n                    pass\n                except E:\n"
        "                    raise\n                else:\n                    return\n"
        "            return g\n"
    ),
    "brackets over lines of every depth": (
        "def f(\n    a,  # one\n    b=(1, 2),\n):\n    if (a and\n        b):\n        c = [\n"
        "                x for x in a\n            if x]\n    return {\n    }\n"
    ),
    "f-strings": 'def f(a):\n    return f"{a if a else f(1)} {{}}" rf\'{a:>{b}}\' f"""{a}\n"""\n',
    "strings over several lines between operators": (
        "def f(a):\n    return a or '''q\n''' or a\n\n\n"
        "def g(a):\n    return lambda: 's\\\nt' if a else a\n\n\n"
        "def h(a):\n    return (a or '''q\n''' or a)\n"
    ),
    "one-line functions": (
        "@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str,\n   b=(1, 2)): ...  # b\n"
        "def f(a):\n    if a:\n        return a\n    return 1\n\n\nclass A:\n"
        "    async def g(self, a): return self.h([a], {a: f'{a}'})\n    x = f(1)\n"
        "    def k(self):\n        return 1\n    class B:\n"
        "        def h(self, a): return g(a)\n    y = 2\n    def i(self): pass\n\n\n"
        "def j(a): return a[1]\n\n\ndef m():\n    return 1\n\n\nx = j(1)\nif x:\n    x = 2\n"
    ),
    "tabs": "def f(a):\n\tif a:\n\t\twhile a:\n\t\t\tpass\n\treturn a\n",
}


@pytest.mark.parametrize("source", TAKEN.values(), ids=TAKEN.keys())
def test_what_is_taken_equals_the_whole_measure(source: str) -> None:
    fast = fast_python.functions(source)
    assert fast is not None
    assert tuple(fast) == measure(source, "python", fast=False).functions


@pytest.mark.parametrize("source", ["def f(a):\n    return a\n", "def f(a):\n    return (a\n"])
def test_what_has_read_a_text_is_gone_at_once_with_all_its_tokens(source: str) -> None:
    reading = Reading(fast_python.tokens(source), source)
    gone = weakref.ref(reading)
    gc.collect()
    gc.disable()
    try:
        with suppress(Declined):
            reading.run()
        del reading
        assert gone() is None
    finally:
        gc.enable()
