"""Every +1 explained, and the difference to ruff's C901 accounted for to the last one."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import sysconfig
from collections import defaultdict
from pathlib import Path

import pytest

from architect_server.analysis import c901
from architect_server.analysis.explain import explain, hover
from architect_server.analysis.measure import measure

SOURCE = """\
def pick(rows, flag):
    def inner(a):
        if a:
            return 1
        return 2
    for row in rows:
        if flag and row or None:
            return [a if a else b for a in row if a]
    try:
        pass
    except ValueError:
        pass
    else:
        pass
    finally:
        pass
    match rows:
        case 1:
            pass
        case _:
            pass
"""


def _ruff() -> str | None:
    beside = Path(sys.executable).with_name("ruff")
    return str(beside) if beside.exists() else shutil.which("ruff")


def _sample() -> list[Path]:
    folder = Path(sysconfig.get_path("stdlib"))
    files = sorted(path for path in folder.glob("*.py") if path.stat().st_size > 2_000)
    return random.Random(7).sample(files, 30)


@pytest.mark.skipif(_ruff() is None, reason="ruff is not installed")
def test_c901_is_what_ruff_counts() -> None:
    files = _sample()
    run = subprocess.run(
        [
            str(_ruff()),
            *("check", "--isolated", "--no-cache", "--ignore-noqa", "--select", "C901"),
            *("--config", "lint.mccabe.max-complexity=0", "--output-format", "json"),
            *map(str, files),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    printed: dict[str, dict[int, int]] = defaultdict(dict)
    for item in json.loads(run.stdout):
        found = re.search(r"\((\d+) > 0\)", item["message"])
        assert found is not None
        printed[item["filename"]][item["location"]["row"]] = int(found[1])
    assert sum(map(len, printed.values())) > 300
    for path in files:
        counted = c901.count(path.read_text(encoding="utf-8"))
        ours = {line: len(decisions) + 1 for line, decisions in counted.items()}
        assert ours == printed[str(path)]


def test_the_words_account_for_the_whole_difference() -> None:
    for path in sorted(_sample(), key=lambda path: path.stat().st_size)[:8]:
        text = path.read_text(encoding="utf-8")
        for function in measure(text, "python").functions:
            explanation = explain(text, "python", function)
            assert explanation.c901 is not None
            total = 0
            for sentence in explanation.differences:
                if "lizard itself" in sentence:
                    continue
                if inside := re.match(r"C901 counts (\d+) inside", sentence):
                    total -= int(inside[1])
                    continue
                listed = sentence.partition(" counts ")[2].partition(";")[0].split(", ")
                number = sum(
                    int(times[1]) if (times := re.match(r"(\d+)x ", part)) else 1 for part in listed
                )
                total += number if sentence.startswith("lizard") else -number
            assert function.ccn - explanation.c901 == total, (path, function.name)


def test_the_hover_names_each_way_of_counting_and_each_line() -> None:
    function = measure(SOURCE, "python").functions[0]
    text = hover(explain(SOURCE, "python", function), {"ccn": 10})
    assert "| Cyclomatic complexity, lizard | 12 | 10 |" in text
    assert "| Cyclomatic complexity, ruff C901 | 8 |  |" in text
    assert "| Cognitive complexity, lizard -Ecognitive | 11 |  |" in text
    assert "C901 counts nested function, `else` of a `try`; lizard does not." in text
    assert "C901 counts 1 inside nested functions here as well" in text
    assert "`for` (line 6), `if` (line 7), `and` (line 7)" in text
    assert "2x `case` (lines 18, 20)" in text


def test_a_corrected_function_says_what_lizard_prints() -> None:
    text = "def f(a) -> tuple[\n    int,\n]:\n    return a or 1\n\ndef g(): return 1\n"
    first, second = measure(text, "python").functions
    assert "lizard itself prints 1 here" in hover(explain(text, "python", first))
    assert "lizard itself does not see this function" in hover(explain(text, "python", second))


def test_other_languages_have_no_c901() -> None:
    text = "int f(int a) { return a ? 1 : 2; }\n"
    (function,) = measure(text, "c").functions
    explanation = explain(text, "c", function)
    assert explanation.c901 is None
    assert "C901" not in hover(explanation)


def test_a_function_that_does_not_parse_is_explained_without_c901() -> None:
    text = "def f(a):\n    return a or 1\n\ndef g(b):\n    return b or (\n"
    whole, broken = measure(text, "python").functions
    assert explain(text, "python", whole).c901 == 1
    assert explain(text, "python", broken).c901 is None
