"""Suppression is honest: it needs a reason, it stays visible, and it is told when it is stale."""

from __future__ import annotations

import pytest

from architect_server.analysis import suppression
from architect_server.analysis.limits import Limits
from architect_server.analysis.measure import measure
from architect_server.analysis.model import Finding
from architect_server.analysis.rules import find

LIMITS = Limits(ccn=1, parameters=1, length=0)
BODY = "def f(a, b):\n    return 1 if a else 2\n"


def _findings(text: str, language: str = "python") -> tuple[Finding, ...]:
    findings = find(measure(text, language), LIMITS)
    return suppression.mark(findings, suppression.read(text, language))


def _problems(text: str, language: str = "python") -> tuple[suppression.SuppressionFinding, ...]:
    metrics = measure(text, language)
    return suppression.check(text, metrics, find(metrics, LIMITS), suppression.read(text, language))


@pytest.mark.parametrize(
    ("text", "silenced"),
    [
        (BODY, {}),
        ("# architect: ignore[ccn] a table\n" + BODY, {"ccn": "a table"}),
        (BODY.replace("):", "):  # architect: ignore[ccn] a table"), {"ccn": "a table"}),
        (
            "# architect: ignore[ccn, parameters]: both\n" + BODY,
            {"ccn": "both", "parameters": "both"},
        ),
        ("# architect: ignore all of it\n" + BODY, {"ccn": "all of it", "parameters": "all of it"}),
        ("# architect: ignore[ccn]\n" + BODY, {}),
        ("# architect: ignore[ccn] far away\n\n" + BODY, {}),
        ("# architect: ignore[ccn] a table\n@mark\n" + BODY, {"ccn": "a table"}),
        ("@mark  # architect: ignore[ccn] a table\n" + BODY, {"ccn": "a table"}),
        ("x = '# architect: ignore[ccn] no'\n" + BODY, {}),
        (BODY.replace("):", "):  # noqa: C901"), {"ccn": "noqa"}),
        (BODY.replace("):", "):  # noqa:E501,PLR0913"), {"parameters": "noqa"}),
        (BODY.replace("):", "):  # NoQA"), {"ccn": "noqa", "parameters": "noqa"}),
        (BODY.replace("):", "):  # noqa: E501"), {}),
        ("# noqa: C901\n" + BODY, {}),
        ("# ruff: noqa: C901, E501\n\n\n" + BODY, {"ccn": "noqa"}),
        (BODY + "\n# flake8: noqa\n", {"ccn": "noqa", "parameters": "noqa"}),
        ("# ruff: noqa: E501\n" + BODY, {}),
        (BODY.replace("):", "):  # NOSONAR"), {"ccn": "NOSONAR", "parameters": "NOSONAR"}),
        (
            BODY.replace("):", "):\n    #lizard forgives"),
            {"ccn": "lizard forgives", "parameters": "lizard forgives"},
        ),
        (
            "# architect: ignore-file[ccn] generated\nimport os\n\n\n" + BODY,
            {"ccn": "generated"},
        ),
    ],
)
def test_a_finding_says_who_silences_it(text: str, silenced: dict[str, str]) -> None:
    findings = _findings(text)
    assert {finding.rule for finding in findings} == {"ccn", "parameters"}
    marked = {finding.rule: finding.suppressed for finding in findings if finding.suppressed}
    assert marked == silenced


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("c", "// architect: ignore[ccn] a table\nint f(int a) { return a ? 1 : 2; }\n"),
        ("c", "/* architect: ignore[ccn] a table */\nint f(int a) { return a ? 1 : 2; }\n"),
        ("ruby", "# architect: ignore[ccn] a table\ndef f(a)\n  return 1 if a\nend\n"),
        ("lua", "-- architect: ignore[ccn] a table\nfunction f(a)\n if a then return end\nend\n"),
        (
            "rust",
            "fn f<'a>(a: &'a str) -> u8 { // architect: ignore[ccn] a table\n"
            "    if a.is_empty() { 1 } else { 2 }\n}\n",
        ),
        ("javascript", "// architect: ignore[ccn] a table\nfunction f(a) {\n if (a) {}\n}\n"),
    ],
)
def test_our_comment_holds_in_other_languages(language: str, text: str) -> None:
    (finding,) = _findings(text, language)
    assert finding.suppressed == "a table"


@pytest.mark.parametrize(
    ("metrics", "silenced"),
    [
        ("", {"ccn", "parameters"}),
        ("(cyclomatic_complexity)", {"ccn"}),
        ("(parameter_count, length)", {"parameters"}),
        ("(nloc)", set()),
    ],
)
def test_lizards_own_comment_silences_the_metrics_it_lists(
    metrics: str, silenced: set[str]
) -> None:
    text = f"int f(int a, int b) {{\n  // #lizard forgives{metrics}\n  return a ? 1 : b;\n}}\n"
    findings = _findings(text, "c")
    assert {finding.rule for finding in findings} == {"ccn", "parameters"}
    assert {finding.rule for finding in findings if finding.suppressed} == silenced


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("# architect: ignore[ccn]\n" + BODY, "suppression-without-reason"),
        ("# architect: ignore[cnn] a table\n" + BODY, "unknown-rule"),
        ("# architect: ignore[ccn] a table\ndef f(a):\n    return a\n", "stale-suppression"),
        ("# architect: ignore[ccn] nothing below\n", "stale-suppression"),
        ("# architect: ignore-file[length] old\n" + BODY, "stale-suppression"),
        ("# architect: ignore[ccn] a table\n" + BODY, None),
        ("# noqa: C901\nx = 1\n", None),
        ("# architect: ignore[ccn] a table\ndef f(a):\n    return a\n\ndef g(:\n", None),
    ],
)
def test_what_is_wrong_with_a_comment_is_found(text: str, rule: str | None) -> None:
    assert [problem.rule for problem in _problems(text)] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("x = 1\n  # architect: ignore[ccn] old\ny = 2\n", "x = 1\ny = 2\n"),
        ("def f(a):  # architect: ignore[ccn] old\n    pass\n", "def f(a):\n    pass\n"),
        ("x = 1\r\n# architect: ignore[ccn] old", "x = 1\r\n"),
    ],
)
def test_the_quick_fix_takes_out_the_comment_and_no_more(text: str, after: str) -> None:
    (problem,) = _problems(text)
    start, end = problem.removal
    assert text[:start] + text[end:] == after


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_quick_fix_that_writes_a_comment_silences_its_finding(end: str) -> None:
    text = ("class A:\n    @mark\n    def f(self):\n        return 1 if self else 2\n").replace(
        "\n", end
    )
    (finding,) = _findings(text)
    offset, inserted = suppression.insertion(text, "python", finding, "a lookup table")
    after = text[:offset] + inserted + text[offset:]
    assert after.replace("\r\n", "\n").split("\n")[1] == (
        "    # architect: ignore[ccn] a lookup table"
    )
    assert after.count(end) == after.count("\n")
    (again,) = _findings(after)
    assert again.suppressed == "a lookup table"
    assert _problems(after) == ()
