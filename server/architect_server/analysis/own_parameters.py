"""Parameters that a caller passes: lizard's count without ``self`` and ``cls``."""

from __future__ import annotations

import re

from architect_server.analysis.model import FunctionMetrics
from architect_server.analysis.text import LineTable

_METHOD = re.compile(r"\s*(?:async\s+)?def\s+\w+\s*(?:\[[^\]]*\]\s*)?\(\s*(?:self|cls)\s*[,:)=]")


def own_parameters(table: LineTable, language: str, function: FunctionMetrics) -> int:
    """``function.parameters``, one less where the first is named ``self`` or ``cls``.

    Only Python writes it down; elsewhere the two counts are one. ``table`` is of the text in
    which ``function`` stands.
    """
    if language != "python" or not function.parameters:
        return function.parameters
    header = _METHOD.match(table.text, table.line_start(function.start_line - 1))
    return function.parameters - 1 if header else function.parameters
