"""Pages of Markdown for a person: where they are kept, and what stands in them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from architect_server.answers import Answer
from architect_server.asking import Preview, Refused
from architect_server.refactor import page_of


def keep_page(title: str, about: str, text: str) -> Path:
    """Write a page where the next one of that title ``about`` the same will stand too; its path.

    Raises:
        Refused: it can't be written.
    """
    from platformdirs import user_state_path

    mark = hashlib.sha256(about.encode()).hexdigest()[:8]
    name = re.sub(r"[^\w.-]+", "-", title)[:100]
    path = user_state_path("architect-lsp") / "reports" / f"{name}-{mark}.md"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        path.chmod(0o600)
    except OSError as error:
        raise Refused(f"The report can't be written to {path}: {error.strerror}.") from error
    return path


def outcome_page(answer: Answer) -> Path:
    """The page of a refactoring, kept; its path.

    Raises:
        Refused: it can't be written.
    """
    title = f"{answer.document.name}-{answer.function}"
    return keep_page(title, answer.document.uri, page_of(answer))


def preview_figures(found: Preview) -> str:
    """Who would be asked and what it would cost, in a sentence."""
    if not found.model:
        return "The embedded architect works on this machine."
    return (
        f"{found.agent} with {found.model}: about {found.input_tokens:,} tokens, "
        f"{found.usd:.4f} USD a turn by estimate."
    )


def preview_page(found: Preview) -> str:
    """What would be sent, whole, between fences."""
    fence = "`" * 3
    while fence in found.text:
        fence += "`"
    return (
        f"# What would be sent with the first turn\n\n{preview_figures(found)} Nothing was sent."
        f"\n\n{fence}\n{found.text}\n{fence}\n"
    )
