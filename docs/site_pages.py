"""The site's pages that stand elsewhere in the repository: README, ARCHITECTURE, the rules.

A hook of mkdocs. Links are written as they work in the repository; here those between pages of the
site are turned into the site's own. A link to a file that is no page stays broken, and `make docs`
fails on it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
RULES = Path("server/architect_server/rules")
#: Pages of the site by where they stand in the repository.
ELSEWHERE = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    **{
        path.relative_to(ROOT).as_posix(): f"rules/{path.name}"
        for path in sorted((ROOT / RULES).glob("*.md"))
    },
}
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)#\s:]+)(?=(?:#[^)\s]*)?\))")


def on_config(config: Any) -> Any:
    """Give every page a place: those of docs/ that the navigation does not name come at the end."""
    named = str(config.nav)
    rest = [path.name for path in sorted((ROOT / "docs").glob("*.md")) if path.name not in named]
    if rest:
        config.nav.append({"More": rest})
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that stand elsewhere."""
    for source, page in ELSEWHERE.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn the repository's links into the site's."""
    there = {page_: source for source, page_ in ELSEWHERE.items()}
    here = page.file.src_uri
    source = Path(there.get(here, f"docs/{here}"))

    def site_link(found: re.Match[str]) -> str:
        target = Path(os.path.normpath(source.parent / found["path"])).as_posix()
        inside = ELSEWHERE.get(target)
        if inside is None and target.startswith("docs/"):
            inside = target.removeprefix("docs/")
        if inside is None:
            return found["path"]
        return os.path.relpath(inside, Path(here).parent)

    return _LINK.sub(site_link, markdown)
