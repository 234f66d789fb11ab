"""What is remembered, as a page of Markdown for the person whose memory it is."""

from __future__ import annotations

from architect_agents.memory.graph import Json

#: Characters of a page; more is of no use to a reader.
LARGEST_PAGE = 400_000


def as_markdown(title: str, graph: Json) -> str:
    """The graph under a heading; "" if it holds nothing. Ends with a line end."""
    if not graph["entities"]:
        return ""
    parts = [f"## {title}", ""]
    for entity in graph["entities"]:
        parts.append(f"### {_plain(entity['name'])} ({_plain(entity['entityType'])})")
        parts += ["", *(f"- {_plain(text)}" for text in entity["observations"]), ""]
    if graph["relations"]:
        parts += ["### Relations", ""]
        parts += [
            f"- {_plain(one['from'])} *{_plain(one['relationType'])}* {_plain(one['to'])}"
            for one in graph["relations"]
        ]
        parts.append("")
    if left_out := graph.get("leftOut"):
        parts += [f"{left_out} older entries are left out.", ""]
    return "\n".join(parts)


def _plain(text: str) -> str:
    """One line that Markdown shows as it is: a memory is untrusted, and no place for links."""
    line = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_[]<>#!|" else one for one in line)
