"""NotebookRead and NotebookEdit: Jupyter notebooks by their cells."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

from architect_agents.model import ToolSpec
from architect_agents.tools.edit_tools import staged
from architect_agents.tools.shadow_files import ShadowFiles
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, schema, shortened, text
from architect_agents.tools.workspace_files import WorkspaceFiles

Cell = dict[str, Any]
LONGEST_OUTPUT = 2_000
_WORDS = {"type": "string"}
_KINDS = ("code", "markdown", "raw")
_MODES = ("replace", "insert", "delete")


def notebook_read_tool(files: WorkspaceFiles) -> Tool:
    """NotebookRead{notebook_path, cell_id?}: cells with their sources and text outputs."""

    def read(arguments: Arguments) -> str:
        notebook = _notebook(files, text(arguments, "notebook_path"))
        wanted = text(arguments, "cell_id", "")
        cells = list(enumerate(notebook["cells"]))
        if wanted:
            cells = [cells[_index(notebook, wanted)]]
        return "\n\n".join(_shown(number, cell) for number, cell in cells) or "(no cells)"

    async def run(arguments: Arguments) -> str:
        return await asyncio.to_thread(read, arguments)

    spec = ToolSpec(
        "NotebookRead",
        "Read the cells of a Jupyter notebook with their outputs.",
        schema({"notebook_path": _WORDS}, {"cell_id": _WORDS}),
    )
    return Tool(spec, run, "read")


def notebook_edit_tool(files: ShadowFiles) -> Tool:
    """NotebookEdit{notebook_path, new_source, cell_id?, cell_type?, edit_mode?}.

    ``replace`` (the default) and ``delete`` need a cell; ``insert`` puts the new cell after it,
    or first of all.
    """

    def edit(arguments: Arguments) -> str:
        path = text(arguments, "notebook_path")
        mode = text(arguments, "edit_mode", "replace")
        notebook = _notebook(files, path)
        cell_id = text(arguments, "cell_id", "")
        if mode not in _MODES:
            raise ToolFailure(f"`edit_mode` is one of {', '.join(_MODES)}.")
        if mode != "insert" and not cell_id:
            raise ToolFailure(f"To {mode} a cell give its `cell_id`.")
        index = _index(notebook, cell_id) if cell_id else -1
        if mode == "delete":
            del notebook["cells"][index]
        elif mode == "insert":
            kind = _kind(arguments, "code")
            notebook["cells"].insert(index + 1, _new_cell(notebook, kind, arguments))
        else:
            cell = notebook["cells"][index]
            _replace(cell, _kind(arguments, str(cell.get("cell_type", "code"))), arguments)
        files.write(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
        return f"{mode.capitalize()}d a cell of {path}." if mode != "insert" else "Inserted a cell."

    spec = ToolSpec(
        "NotebookEdit",
        "Replace, insert or delete a cell of a Jupyter notebook, in a copy of the project.",
        schema(
            {"notebook_path": _WORDS, "new_source": _WORDS},
            {
                "cell_id": _WORDS,
                "cell_type": {"type": "string", "enum": list(_KINDS)},
                "edit_mode": {"type": "string", "enum": list(_MODES)},
            },
        ),
    )
    return staged(spec, edit)


def _notebook(files: WorkspaceFiles, path: str) -> dict[str, Any]:
    try:
        notebook = json.loads(files.read(path))
    except (ValueError, RecursionError):
        notebook = None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise ToolFailure(f"{path} is no notebook.")
    return dict(notebook)


def _name(number: int, cell: Cell) -> str:
    """Old notebooks have no ids; their cells are called by their place."""
    return str(cell.get("id") or f"cell-{number}")


def _index(notebook: dict[str, Any], cell_id: str) -> int:
    names = [_name(number, cell) for number, cell in enumerate(notebook["cells"])]
    if cell_id not in names:
        raise ToolFailure(f"There is no cell {cell_id}. There are: {', '.join(names)}.")
    return names.index(cell_id)


def _joined(source: Any) -> str:
    return "".join(source) if isinstance(source, list) else str(source or "")


def _shown(number: int, cell: Cell) -> str:
    parts = [f"[{_name(number, cell)}] {cell.get('cell_type')}", _joined(cell.get("source"))]
    for output in cell.get("outputs") or []:
        if isinstance(output, dict):
            parts.append(f"-> {shortened(_output(output), LONGEST_OUTPUT)}")
    return "\n".join(parts)


def _output(output: Cell) -> str:
    if "text" in output:
        return _joined(output["text"])
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}"
    data = output.get("data")
    if isinstance(data, dict) and "text/plain" in data:
        return _joined(data["text/plain"])
    return f"[{output.get('output_type')} left out]"


def _kind(arguments: Arguments, default: str) -> str:
    kind = text(arguments, "cell_type", default)
    if kind not in _KINDS:
        raise ToolFailure(f"`cell_type` is one of {', '.join(_KINDS)}.")
    return kind


def _new_cell(notebook: dict[str, Any], kind: str, arguments: Arguments) -> Cell:
    cell: Cell = {"cell_type": kind, "metadata": {}}
    if any("id" in other for other in notebook["cells"]) or not notebook["cells"]:
        cell["id"] = uuid4().hex[:8]
    _replace(cell, kind, arguments)
    return cell


def _replace(cell: Cell, kind: str, arguments: Arguments) -> None:
    """Put a new source into ``cell``; outputs of the old one would be false."""
    cell["cell_type"] = kind
    cell["source"] = text(arguments, "new_source").splitlines(keepends=True)
    for key in ("outputs", "execution_count"):
        cell.pop(key, None)
    if kind == "code":
        cell.update({"outputs": [], "execution_count": None})
