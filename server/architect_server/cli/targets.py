"""What a command line means by FILE:FUNCTION: the text, the function, the workspace."""

from __future__ import annotations

from pathlib import Path

from architect_server.analysis.languages import language_of
from architect_server.analysis.measure import measure
from architect_server.analysis.model import FunctionMetrics
from architect_server.cli.failure import Failure
from architect_server.document import Document


def split_target(target: str, whole_file: bool = False) -> tuple[Path, str]:
    """``FILE:FUNCTION`` or ``FILE:LINE``; the file may hold a colon (as on Windows).

    With ``whole_file`` the file alone will do; the function is then empty.
    """
    if whole_file and Path(target).is_file():
        return Path(target), ""
    name, colon, function = target.rpartition(":")
    if not colon or not name or not function:
        raise Failure(f"'{target}' should be FILE:FUNCTION or FILE:LINE, such as app.py:main.")
    path = Path(name)
    if not path.is_file():
        raise Failure(f"{name} is no file.")
    return path, function


def open_document(path: Path) -> Document:
    """The file as the editor would have it, line ends and BOM included."""
    language = language_of(path.name)
    if language is None:
        raise Failure(f"{path} is in no language that lizard reads.")
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise Failure(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{path} is not UTF-8 text, so it can't be edited safely.") from error
    return Document(path.absolute().as_uri(), None, language, text)


def text_now(path: Path) -> str | None:
    """What a file that was opened before holds by now; None if it can't be read any more."""
    try:
        return open_document(path).text
    except Failure:
        return None


def find_function(document: Document, name: str) -> FunctionMetrics:
    """The function of that qualified or plain name, or the innermost one at that line."""
    functions = measure(document.text, document.language_id).functions
    if name.isdecimal():
        line = int(name)
        around = [f for f in functions if f.edit_line <= line <= f.end_line]
        if not around:
            raise Failure(f"There is no function at line {line} of {document.name}.")
        return max(around, key=lambda function: function.start_line)
    exact = [f for f in functions if f.qualified_name == name]
    found = exact or [f for f in functions if f.qualified_name.rpartition(".")[2] == name]
    if not found:
        raise Failure(f"There is no function {name} in {document.name}.")
    if len(found) > 1:
        places = ", ".join(f"{f.qualified_name} (line {f.start_line})" for f in found)
        raise Failure(f"{name} is not unique in {document.name}: {places}; name a line instead.")
    return found[0]


def workspace_of(path: Path) -> Path:
    """The nearest folder with a .git or pyproject.toml, else the file's own."""
    folder = path.absolute().parent
    for place in (folder, *folder.parents):
        if (place / ".git").exists() or (place / "pyproject.toml").exists():
            return place
    return folder
