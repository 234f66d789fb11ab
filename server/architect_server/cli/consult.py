"""``architect ask --review`` and ``--question``: an answer to read, in Markdown."""

from __future__ import annotations

import argparse
import asyncio
import json

from architect_server.asking import Refused, Surroundings
from architect_server.cli.failure import Failure
from architect_server.cli.terminal import status_line
from architect_server.document import Document
from architect_server.inquiries import Opinion, Topic, inquire


def consult(
    document: Document,
    lines: tuple[int, int],
    surroundings: Surroundings,
    options: argparse.Namespace,
) -> int:
    """Ask for a review of ``lines`` (1-based; 0 and 0: all), or for the answer to a question."""
    if options.offline:
        raise Failure("Reviews and answers come from a model; leave --offline out.")
    kind = "review" if options.review else "question"
    topic = Topic("review" if options.review else "question", *lines, options.question)
    try:
        with status_line(f"{kind.capitalize()} of {document.name}") as report:
            opinion = asyncio.run(inquire(topic, document, surroundings, report))
    except Refused as refusal:
        raise Failure(str(refusal)) from refusal
    print(
        json.dumps(_as_json(opinion), indent=2, ensure_ascii=False)
        if options.json
        else opinion.page
    )
    return 0


def _as_json(opinion: Opinion) -> dict[str, object]:
    table = opinion.document.lines
    return {
        "title": opinion.title,
        "page": opinion.page,
        "points": [
            {
                "number": point.number,
                "title": point.title,
                "severity": point.severity,
                "start_line": table.position(point.extent.start)[0] + 1,
                "end_line": table.position(point.extent.end)[0] + 1,
                "message": point.message,
                "suggestion": point.headline or None,
            }
            for point in opinion.points
        ],
    }
