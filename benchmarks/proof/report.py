"""Puts the results into docs/proof.md: each aim with what was reached, and every miss by name."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "proof.md"
_MARK = "<!-- From here on written by `make proof ARGS=--write`. -->\n"
SIMPLE = 10

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Aim:
    """One figure. ``wanted`` and ``found`` as they are shown."""

    what: str
    wanted: str
    found: str
    reached: bool


def read_results(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def write_page(results: Mapping[str, Any]) -> None:
    """Renew what stands below the mark."""
    head = PAGE.read_text(encoding="utf-8").partition(_MARK)[0]
    PAGE.write_text(head + _MARK + tables(results), encoding="utf-8")


def tables(results: Mapping[str, Any]) -> str:
    """All tables, as they stand in the page."""
    projects = results["projects"]
    parts = [
        f"\nMeasured on {results['date']} with Python {results['python']}, "
        f"at {results['commit']}.\n",
        "## Figures\n",
        _table(
            ("what", "wanted", "reached", ""),
            [
                (one.what, one.wanted, one.found, "yes" if one.reached else "**no**")
                for one in aims(results)
            ],
        ),
        "## Projects\n",
        _table(
            (
                "project",
                "CCN > 10",
                "of these executed by tests",
                "drawn",
                "improved",
                "all ≤ 10",
                "broken",
                "tests",
            ),
            [_project_row(one) for one in projects],
        ),
        "## Mistakes by kind\n",
        _table(
            ("kind", "made", "rejected", "left unproved", "shown as proved"),
            _kind_rows(projects),
        ),
        *_misses(projects),
    ]
    return "\n".join(parts)


def aims(results: Mapping[str, Any]) -> list[Aim]:
    projects = results["projects"]
    attempts = list(_attempts(projects))
    proposed = [one for one in attempts if one["status"] == "proposed"]
    # What asks for its caller's frame is no right extraction: the gate has to stop it.
    judged = [one for one in attempts if one["static"] is not None]
    right = [one for one in judged if not one["rejected"].startswith("frame-depth")]
    first = [one["first"] for one in attempts if one["first"] is not None]
    whole = [one["whole"] for one in attempts]
    static = [one["static"] for one in judged]
    made, missed, missed_by_tests = _mistakes(projects)
    kinds = len({kind for one in projects for kind in one["mistakes"]["outcomes"]})
    return [
        _at_least("functions with a CCN above 10", len(attempts), 300),
        _at_least("projects", len(projects), 12),
        _share("improved", sum(map(_is_improved, attempts)), len(attempts), at_least=97),
        _share("every part at most 10", sum(map(_is_simple, attempts)), len(attempts), at_least=90),
        _share(
            "broken, by the projects' own tests",
            sum(bool(one["broken"]) for one in proposed), len(proposed), at_most=0.3,
        ),
        _seconds("first proved step, median", _quantile(first, 0.5), 0.5),
        _seconds("first proved step, p95", _quantile(first, 0.95), 3.0),
        _seconds("whole answer, median", _quantile(whole, 0.5), None),
        _seconds("whole answer, p95", _quantile(whole, 0.95), None),
        _at_least("seeded mistakes", made, 300),
        _at_least("kinds of them", kinds, 20),
        _share("mistakes caught by the static checks", made - missed, made, at_least=98),
        _share("mistakes caught with tests", made - missed_by_tests, made, at_least=99.5),
        _share(
            "projects whose tests notice a function that raises",
            sum(one["tests_notice"] for one in projects),
            len(projects),
            at_least=100,
        ),
        _share(
            "right extractions not proved",
            sum(bool(one["rejected"]) for one in right), len(right), at_most=4,
        ),
        _seconds("static checks, p95", _quantile(static, 0.95), 0.6),
    ]  # fmt: skip


def _attempts(projects: Sequence[Row]) -> Iterator[Row]:
    return (attempt for one in projects for attempt in one["attempts"])


def _is_improved(attempt: Row) -> bool:
    return bool(attempt["status"] == "proposed" and attempt["ccn_after"] < attempt["ccn_before"])


def _is_simple(attempt: Row) -> bool:
    return _is_improved(attempt) and bool(attempt["ccn_after"] <= SIMPLE)


def _mistakes(projects: Sequence[Row]) -> tuple[int, int, int]:
    """How many were made, passed the static checks, and passed the tests as well."""
    outcomes = [counts for one in projects for counts in one["mistakes"]["outcomes"].values()]
    made = sum(sum(counts.values()) for counts in outcomes)
    missed = [miss for one in projects for miss in one["mistakes"]["missed"]]
    return made, len(missed), sum(not miss["caught by tests"] for miss in missed)


def _at_least(what: str, count: int, wanted: int) -> Aim:
    return Aim(what, f"≥ {wanted}", str(count), count >= wanted)


def _share(
    what: str, part: int, whole: int, at_least: float | None = None, at_most: float | None = None
) -> Aim:
    percent = 100 * part / max(1, whole)
    shown = f"{part} of {whole} ({percent:.1f} %)"
    if at_least is not None:
        return Aim(what, f"≥ {at_least} %", shown, percent >= at_least)
    assert at_most is not None
    return Aim(what, f"≤ {at_most} %", shown, percent <= at_most)


def _seconds(what: str, seconds: float, wanted: float | None) -> Aim:
    if wanted is None:
        return Aim(what, "", f"{seconds:.2f} s", reached=True)
    return Aim(what, f"≤ {wanted} s", f"{seconds:.2f} s", seconds <= wanted)


def _quantile(values: Sequence[float], share: float) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[round(100 * share) - 1]


def _project_row(project: Row) -> tuple[object, ...]:
    attempts = project["attempts"]
    return (
        f"{project['project']} {project['version']}",
        project["complex"],
        project["covered"],
        len(attempts),
        sum(map(_is_improved, attempts)),
        sum(map(_is_simple, attempts)),
        sum(bool(one["broken"]) for one in attempts),
        project["tests"],
    )


def _kind_rows(projects: Sequence[Row]) -> list[tuple[object, ...]]:
    total: dict[str, list[int]] = {}
    for one in projects:
        for kind, counts in one["mistakes"]["outcomes"].items():
            row = total.setdefault(kind, [0, 0, 0])
            for place, name in enumerate(("rejected", "not proved", "proved")):
                row[place] += counts[name]
    return [(kind.replace("_", " "), sum(row), *row) for kind, row in sorted(total.items())]


def _misses(projects: Sequence[Row]) -> Iterator[str]:
    yield "## Not improved\n"
    yield _listed(
        f"{_place(project, one)} (CCN {one['ccn_before']}): {one['reason']}"
        for project, one in _each(projects)
        if not _is_improved(one)
    )
    yield "## Improved, but not every part at most 10\n"
    yield _listed(
        f"{_place(project, one)}: CCN {one['ccn_before']} → {one['ccn_after']}, "
        f"{one['helpers']} helpers"
        for project, one in _each(projects)
        if _is_improved(one) and not _is_simple(one)
    )
    yield "## Broken\n"
    yield _listed(
        f"{_place(project, one)}: {', '.join(f'`{test}`' for test in one['broken'][:3])}"
        for project, one in _each(projects)
        if one["broken"]
    )
    yield "## Right extractions not proved\n"
    yield _listed(
        f"{_place(project, one)}: {one['rejected']}"
        for project, one in _each(projects)
        if one["rejected"]
    )
    yield "## Mistakes that the static checks let through\n"
    yield _listed(
        f"{project['project']} {miss['place']}, {miss['kind'].replace('_', ' ')}; "
        + (
            f"caught by `{miss['caught by tests']}`"
            if miss["caught by tests"]
            else "**not caught by tests either**"
        )
        + f"\n\n{_indented(miss['difference'])}\n"
        for project in projects
        for miss in project["mistakes"]["missed"]
    )


def _each(projects: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    return ((project, attempt) for project in projects for attempt in project["attempts"])


def _place(project: Row, attempt: Row) -> str:
    return f"{project['project']} {attempt['file']}:{attempt['line']} `{attempt['function']}`"


def _indented(text: str) -> str:
    return "\n".join(f"      {line}" for line in text.splitlines())


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(map(str, row)) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items) + "\n" if (items := list(items)) else "None.\n"
