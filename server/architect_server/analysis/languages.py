"""Which languages lizard reads, by the editor's languageId and by a file's extension."""

from __future__ import annotations

from pathlib import PurePath

# languageId (VS Code's; then those of Vim, Emacs and other clients where they differ) →
# the extension under which lizard knows the language.
_EXTENSION_OF: dict[str, str] = {
    "c": "c",
    "cpp": "cpp",
    "c++": "cpp",
    "csharp": "cs",
    "cs": "cs",
    "erlang": "erl",
    "fortran": "f90",
    "fortran-modern": "f90",
    "FortranFreeForm": "f90",
    "FortranFixedForm": "f",
    "gdscript": "gd",
    "gdscript3": "gd",
    "go": "go",
    "java": "java",
    "javascript": "js",
    "js": "js",
    "javascriptreact": "jsx",
    "jsx": "jsx",
    "kotlin": "kt",
    "lua": "lua",
    "objective-c": "m",
    "objc": "m",
    "objective-cpp": "mm",
    "objcpp": "mm",
    "perl": "pl",
    "php": "php",
    "plsql": "sql",
    "sql": "sql",
    "python": "py",
    "r": "r",
    "ruby": "rb",
    "rust": "rs",
    "scala": "scala",
    "solidity": "sol",
    "st": "st",
    "swift": "swift",
    "ttcn": "ttcn",
    "ttcn3": "ttcn",
    "typescript": "ts",
    "ts": "ts",
    "typescriptreact": "tsx",
    "tsx": "tsx",
    "vue": "vue",
    "zig": "zig",
}

# Extension → languageId for files met on disk. Beyond lizard's own list stand those whose
# language it reads under another extension (.pyi, .mts, .hxx, …).
_LANGUAGE_OF: dict[str, str] = {
    **dict.fromkeys(("c", "h"), "c"),
    **dict.fromkeys(("cpp", "cc", "cxx", "c++", "hpp", "hh", "hxx", "h++"), "cpp"),
    **dict.fromkeys(("erl", "hrl", "es", "escript"), "erlang"),
    **dict.fromkeys(("f70", "f90", "f95", "f03", "f08", "f", "for", "ftn", "fpp"), "fortran"),
    **dict.fromkeys(("js", "mjs", "cjs"), "javascript"),
    **dict.fromkeys(("kt", "kts"), "kotlin"),
    **dict.fromkeys(("pl", "pm"), "perl"),
    **dict.fromkeys(("sql", "pks", "pkb", "pls", "plb", "pck"), "plsql"),
    **dict.fromkeys(("py", "pyi", "pyw"), "python"),
    **dict.fromkeys(("ts", "mts", "cts"), "typescript"),
    **dict.fromkeys(("ttcn", "ttcn3", "ttcnpp"), "ttcn"),
    "cs": "csharp",
    "gd": "gdscript",
    "go": "go",
    "java": "java",
    "jsx": "javascriptreact",
    "lua": "lua",
    "m": "objective-c",
    "mm": "objective-cpp",
    "php": "php",
    "r": "r",
    "rb": "ruby",
    "rs": "rust",
    "scala": "scala",
    "sol": "solidity",
    "st": "st",
    "swift": "swift",
    "tsx": "typescriptreact",
    "vue": "vue",
    "zig": "zig",
}

#: Every languageId that the server registers for.
LANGUAGE_IDS: frozenset[str] = frozenset(_EXTENSION_OF)

#: Extensions (without the dot, lower case) that ``language_of`` knows.
EXTENSIONS: frozenset[str] = frozenset(_LANGUAGE_OF)


def lizard_name(language: str) -> str | None:
    """The file name under which lizard reads ``language``, or None if it does not.

    lizard chooses its reader by a file's extension alone. A made-up name keeps ``.pyi``,
    ``.mts`` and untitled buffers from falling to its C reader.
    """
    extension = _EXTENSION_OF.get(language)
    return f"source.{extension}" if extension else None


def language_of(path: str | PurePath) -> str | None:
    """The languageId of a file on disk by its extension, or None if lizard reads no such file."""
    return language_of_name(PurePath(path).name)


def language_of_name(name: str) -> str | None:
    """The same by a file's name without its folder."""
    stem, dot, extension = name.rpartition(".")
    return _LANGUAGE_OF.get(extension.lower()) if dot and stem else None
