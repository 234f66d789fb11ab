"""Parameters that a caller passes: lizard's count without ``self`` and ``cls``."""

from __future__ import annotations

import re

from architect_server.analysis.model import FunctionMetrics

_METHOD = re.compile(r"\s*(?:async\s+)?def\s+\w+\s*(?:\[[^\]]*\]\s*)?\(\s*(?:self|cls)\s*[,:)=]")


def own_parameters(text: str, start: int, language: str, function: FunctionMetrics) -> int:
    """``function.parameters``, one less where the first is named ``self`` or ``cls``.

    Only Python writes it down; elsewhere the two counts are one. ``start`` is the offset in
    ``text`` at which the function's ``start_line`` begins.
    """
    if language != "python" or not function.parameters:
        return function.parameters
    header = _METHOD.match(text, start)
    return function.parameters - 1 if header else function.parameters
