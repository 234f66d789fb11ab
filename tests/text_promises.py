"""What holds for every text, however broken: the promises that fuzzing tries to break."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory, OverBudgetError
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.languages import LANGUAGE_IDS
from architect_server.analysis.measure import measure
from architect_server.analysis.measure_once import measure_once
from architect_server.analysis.model import FileMetrics
from architect_server.live import BUDGET

#: Every languageId that is measured, in a fixed order.
LANGUAGES = tuple(sorted(LANGUAGE_IDS))

Edit = tuple[int, int, str]


def keeps_its_word(text: str, language: str) -> FileMetrics:
    """The result of ``text``, which is honest about itself.

    Raises:
        AssertionError: it contradicts itself.
    """
    metrics = measure(text, language)
    confidence = metrics.confidence
    assert (confidence.level == "complete") == (confidence.reason == "")
    assert confidence.level != "skipped" or not metrics.functions
    for function in metrics.functions:
        assert 1 <= function.edit_line <= function.start_line <= function.end_line
        assert function.name_span.start <= function.name_span.end
        assert function.ccn >= 1
    return metrics


def edits_agree_with_the_whole(text: str, edits: Iterable[Edit], felt: float = math.inf) -> int:
    """How many of ``edits`` of a Python text were measured in pieces, all with the whole's result.

    The text is measured once, as in a scan, with the same result.

    Raises:
        AssertionError: a result differs, or an edit within the loop's budget took the thread
            more than ``felt`` processor seconds.
    """
    memory, compared = Memory(), 0
    try:
        pieces = IncrementalText(text, "python", memory)
    except NotProvableError:
        return 0
    for start, end, new in edits:
        text = text[:start] + new + text[end:]
        memory.budget = BUDGET
        before = time.thread_time()
        try:
            pieces.edit(start, end, new)
        except (NotProvableError, OverBudgetError):
            assert time.thread_time() - before < felt
            return compared
        assert time.thread_time() - before < felt
        whole = measure(text, "python", fast=False)
        assert pieces.metrics() == whole, (start, end, new)
        assert measure_once(text, "python") == whole, (start, end, new)
        compared += 1
    return compared
