"""What asking for a refactoring would send, before anything is sent."""

from __future__ import annotations

from architect_server.analysis.model import FileMetrics, FunctionMetrics
from architect_server.answers import Answer
from architect_server.asking import Preview, Refused, Surroundings, preview_of, request_for
from architect_server.document import Document
from architect_server.refactor import nearest
from architect_server.target import RefactorTarget, StaleTarget, find_again


def preview_refactoring(
    document: Document, function: FunctionMetrics, surroundings: Surroundings
) -> Preview:
    """What ``ask`` would send first; nothing is sent.

    Raises:
        Refused: there is no usable agent.
    """
    return preview_of(request_for(document, function, surroundings), surroundings)


def preview_target(
    target: RefactorTarget, document: Document, metrics: FileMetrics, surroundings: Surroundings
) -> Preview:
    """The same for a target, wherever its function stands now.

    Raises:
        Refused: the target is stale, or there is no usable agent.
    """
    try:
        function = find_again(target, document, metrics)
    except StaleTarget as stale:
        raise Refused(str(stale)) from stale
    return preview_refactoring(document, function, surroundings)


def preview_again(
    earlier: Answer, wish: str, document: Document, metrics: FileMetrics, surroundings: Surroundings
) -> Preview:
    """About what ``refine`` would send: the question anew, for the conversation is yet to come.

    Raises:
        Refused: the function is gone, or there is no usable agent.
    """
    function = nearest(earlier, metrics)
    if function is None:
        raise Refused(f"{earlier.function} is no longer in this file.")
    return preview_of(request_for(document, function, surroundings, wish), surroundings)
