"""No text freezes the loop, and the worker always answers."""

from __future__ import annotations

import asyncio
import pickle

import pytest

from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.measure import measure
from architect_server.analysis.model import FileMetrics
from architect_server.document import Splice
from architect_server.live import BUDGET, LiveTexts
from architect_server.worker import AnalysisWorker

_FUNCTION = "def f{0}(a, b):\n    if a and b:\n        return a\n    return b or {0}\n\n\n"
_LARGE = "".join(_FUNCTION.format(number) for number in range(2_000))


async def _turns(until: asyncio.Future[object]) -> int:
    """How often the loop had time for something else; gaps in ms are benchmarks/gap.py's."""
    turns = 0
    while not until.done():
        await asyncio.sleep(0.001)
        turns += 1
    return turns


async def test_a_large_file_in_the_worker_leaves_the_loop_alone() -> None:
    worker = AnalysisWorker()
    try:
        await worker.start()
        task = asyncio.ensure_future(worker.analyse(_LARGE, "python", 60, "a"))
        # Measured on the loop itself, the whole second would pass in a turn or two.
        assert await _turns(task) > 20
        answer = await task
    finally:
        worker.close()
    assert len(answer.metrics.functions) == 2_000
    assert len(answer.parts) == 2_000


async def test_what_takes_too_long_is_skipped_and_the_next_text_is_measured() -> None:
    worker = AnalysisWorker()
    try:
        await worker.start()
        slow = await worker.measure(_LARGE * 6, "python", 0.05)
        assert slow.confidence.level == "skipped"
        assert "0.05 seconds" in slow.confidence.reason
        assert (await worker.measure("def f():\n    pass\n", "python", 60)).functions
    finally:
        worker.close()


async def test_a_process_with_nothing_to_do_is_ended_and_the_next_text_gets_another() -> None:
    worker = AnalysisWorker(idle=0.01)
    text = "def f():\n    pass\n"
    try:
        await worker.start()
        process = worker._process
        assert process is not None
        await asyncio.to_thread(process.wait, 60)
        assert (await worker.measure(text, "python", 60)).functions
        assert worker._process is not process
    finally:
        worker.close()


def _figures(live: LiveTexts, text: str) -> FileMetrics | None:
    layout = live.measure("a", text)
    return layout and layout.metrics()


async def test_an_edit_goes_on_from_what_the_worker_found() -> None:
    worker, live = AnalysisWorker(), LiveTexts()
    try:
        live.adopt("a", _LARGE, await worker.analyse(_LARGE, "python", 60, "a"))
    finally:
        worker.close()
    edited = _LARGE.replace("return b or 1000", "return b or a or (", 1)
    assert _figures(live, edited) == measure(edited, "python")
    assert live.measure("b", edited) is None


async def test_an_edit_over_the_budget_is_for_the_worker_and_the_next_goes_on_from_there() -> None:
    worker, live = AnalysisWorker(), LiveTexts()
    try:
        live.adopt("a", _LARGE, await worker.analyse(_LARGE, "python", 60, "a"))
        edited = _LARGE + "def g(a):\n" + "    a = a or 1\n" * (BUDGET // 10)
        assert live.measure("a", edited) is None
        live.adopt("a", edited, await worker.analyse(edited, "python", 60, "a"))
    finally:
        worker.close()
    assert _figures(live, "# one\n" + edited) == measure("# one\n" + edited, "python")


def test_other_languages_are_measured_as_a_whole() -> None:
    async def answer() -> object:
        worker = AnalysisWorker()
        try:
            return await worker.analyse("int f(int a) { return a; }\n", "c", 60, "a")
        finally:
            worker.close()

    found = asyncio.run(answer())
    assert getattr(found, "parts", None) == ()


async def test_what_was_told_before_is_not_told_again() -> None:
    worker, live = AnalysisWorker(), LiveTexts()
    try:
        first = await worker.analyse(_LARGE, "python", 60, "a")
        live.adopt("a", _LARGE, first)
        edited = _LARGE.replace("return b or 1000", "return b or a or 1000", 1)
        again = await worker.analyse(edited, "python", 60, "a")
        other = await worker.analyse(edited, "python", 60, "b")
    finally:
        worker.close()
    assert again.metrics == other.metrics == measure(edited, "python")
    known = {id(part) for part in first.parts}
    assert sum(id(part) not in known for part in again.parts) == 1
    assert not any(id(part) in known for part in other.parts)


@pytest.mark.parametrize("killed", [False, True])
async def test_the_worker_goes_on_from_what_the_loop_has_measured_since(killed: bool) -> None:
    worker, live, text = AnalysisWorker(), LiveTexts(), _LARGE
    try:
        first = await worker.analyse(text, "python", 60, "a")
        live.adopt("a", text, first)
        for number in (300, 1_700, 900):
            old, new = f"return b or {number}\n", f"return b or a or {number}\n"
            at = text.index(old)
            before, text = text, text.replace(old, new)
            live.edited("a", before, [Splice(at, at + len(old), new)], text)
            assert live.measure("a", text) is not None
        assert live.base("a", text + " ") is None
        before, text = text, text + "def g(a):\n" + "    a = a or 1\n" * (BUDGET // 10)
        live.edited("a", before, [Splice(len(before), len(before), text[len(before) :])], text)
        assert live.measure("a", text) is None
        base = live.base("a", text)
        assert base is not None
        if killed:
            worker.kill()
        answer = await worker.analyse(text, "python", 60, "a", base)
        assert live.adopt("a", text, answer) is not None
    finally:
        worker.close()
    assert answer.metrics == measure(text, "python")
    known, measured = {id(part) for part in first.parts}, {id(part) for part in base.parts}
    assert len(measured - known) == 3
    if not killed:
        # But for the last one, which has another behind it now.
        assert len(measured - {id(part) for part in answer.parts}) == 1
    again = "# one\n" + text
    assert _figures(live, again) == measure(again, "python")


def test_pieces_come_over_the_pipe_as_they_were_without_what_is_remembered_of_them() -> None:
    text = "class A:\n    def f(self, a):\n        return a or 1\n\n    def g(self:\n        pass\n"
    parts = IncrementalText(text, "python", Memory()).parts
    parts[0].measured.memo.suppressions = ()
    came = pickle.loads(pickle.dumps(parts))
    assert came == parts
    assert [one.measured.line_kinds for one in came] == [one.measured.line_kinds for one in parts]
    assert came[0].measured.memo.suppressions is None
    assert came[1].measured.broken is not None


async def test_a_quote_that_was_open_is_closed_without_the_worker() -> None:
    worker, live = AnalysisWorker(), LiveTexts()
    text = (_LARGE * 2).replace("return b or 1000", "return b", 1)
    at = text.index("return b\n")
    opened = text[:at] + '"""' + text[at:]
    closed = opened[: at + 3] + '"""; ' + opened[at + 3 :]
    try:
        live.adopt("a", text, await worker.analyse(text, "python", 60, "a"))
        live.edited("a", text, [Splice(at, at, '"""')], opened)
        assert live.measure("a", opened) is None
        live.adopt("a", opened, await worker.analyse(opened, "python", 60, "a"))
    finally:
        worker.close()
    live.edited("a", opened, [Splice(at + 3, at + 3, '"""; ')], closed)
    assert _figures(live, closed) == measure(closed, "python")
