"""The figures of a file by lizard itself, for tests that need a ``Measure``."""

from __future__ import annotations

import lizard

from architect_agents.types import FunctionFigures

_FILE_NAMES = {"python": "a.py", "javascript": "a.js", "typescript": "a.ts", "java": "a.java"}


def lizard_measure(source: str, language: str) -> list[FunctionFigures]:
    found = lizard.analyze_file.analyze_source_code(_FILE_NAMES[language], source)
    return [
        FunctionFigures(
            qualified_name=one.name,
            start_line=one.start_line,
            end_line=one.end_line,
            ccn=one.cyclomatic_complexity,
            nloc=one.nloc,
            tokens=one.token_count,
            parameters=one.parameter_count,
            length=one.end_line - one.start_line + 1,
        )
        for one in sorted(found.function_list, key=lambda one: one.start_line)
    ]
