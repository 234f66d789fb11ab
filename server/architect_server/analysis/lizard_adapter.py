"""The one file that imports lizard: source text in, lizard's own figures out, with each +1 noted.

lizard's readers, stages and extensions run unmodified and in lizard's order; a subclass of its
context listens to what they count. Its command line prints the same figures.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from architect_server.analysis.decisions import KindReader
from architect_server.analysis.linear_patterns import LINEAR_PATTERNS
from architect_server.analysis.model import Decision
from architect_server.analysis.raw import RawFile, RawFunction, Rest
from architect_server.analysis.structure import BlockDepth, DeclaredFunctions

_search_path = list(sys.path)
import lizard  # noqa: E402
from lizard_languages import python_tokens, token_pattern  # noqa: E402

# lizard puts its own folder in front of everything else on import; nobody asked it to.
sys.path[:] = _search_path

# No signature is this long. An unclosed parenthesis makes lizard append the rest of the file
# to it token by token, in quadratic time.
_MAX_SIGNATURE = 40_000

# lizard repeats the outer names in those of nested functions, which doubles them with every
# level: 28 levels take 2.5 GB.
_MAX_NAME = 2_000

# The word that begins a named function, where one does, by lizard's extension.
_KEYWORDS = {
    **dict.fromkeys(("ts", "tsx", "vue", "sol"), "function"),
    **dict.fromkeys(("rs", "zig"), "fn"),
    "pl": "sub",
    "swift": "func",
}

# Stages of lizard's pipeline: preprocessing, comments, lines, tokens, conditions.
_BEFORE_COMMENTS = 1
_BEFORE_CONDITIONS = 4


class _SignatureTooLongError(Exception):
    """A parameter list that does not end."""


class _Recorder(lizard.FileInfoBuilder):  # type: ignore[misc]
    """lizard's context, which also notes each decision, forgiven functions and nesting."""

    def __init__(self, filename: str, kinds: KindReader) -> None:
        self.kinds = kinds
        self.declared = DeclaredFunctions(_KEYWORDS.get(filename.rpartition(".")[2], ""))
        self.token: str | None = None
        self.generated_line: int | None = None
        self.rest: Rest = "never"
        self.decisions: dict[Any, list[Decision]] = {}
        self.nesting: dict[Any, tuple[int, int]] = {}
        self.forgiven: set[Any] = set()
        self._forgiven_by_comment = False
        self._dropped_by_reader = False
        super().__init__(filename)

    @property
    def forgive(self) -> bool:
        """Whether lizard's reader itself discards the current function.

        ``#lizard forgives`` sets the same flag, but while no token is being read: such a
        function is kept and marked.
        """
        return self._dropped_by_reader

    @forgive.setter
    def forgive(self, value: bool) -> None:
        if self.token is None and value:
            self._forgiven_by_comment = True
        else:
            self._dropped_by_reader = value

    def end_of_function(self) -> None:
        if self._forgiven_by_comment:
            self.forgiven.add(self.current_function)
            self._forgiven_by_comment = False
        super().end_of_function()

    def add_condition(self, inc: int = 1) -> None:
        super().add_condition(inc)
        noted = self.decisions.setdefault(self.current_function, [])
        if inc > 0:
            # lizard's C reader counts #if before any stage sees a token of it.
            kind = "#if" if self.token is None else self.kinds.kind(self.token)
            noted.extend([Decision(self.current_line, kind)] * inc)
        else:
            del noted[max(0, len(noted) + inc) :]

    def confirm_new_function(self) -> None:
        super().confirm_new_function()
        self.decisions.pop(self.current_function, None)

    def with_namespace(self, name: str) -> str:
        outer = self._nesting_stack.nesting_stack
        if outer and sum(len(nesting.name_in_space) for nesting in outer) > _MAX_NAME:
            return name
        return str(self._nesting_stack.with_namespace(name))

    def parameter(self, token: str) -> None:
        super().parameter(token)
        if len(self.current_function.long_name) > _MAX_SIGNATURE:
            raise _SignatureTooLongError

    def note_rest(self) -> None:
        """All tokens have passed, and nothing was closed on account of the text's end."""
        function = self.current_function
        if self.kinds.depth or not (function.name == "*global*" or function.long_name[-1:] == ")"):
            return
        open_function = self.last_function is not None
        if open_function or (function.name == "*global*" and self.pending_function is None):
            self.rest = "never" if self._forgiven_by_comment and not open_function else "always"
        elif not self._forgiven_by_comment:
            self.rest = "before a def"

    def note_depth(self, depth: int) -> None:
        """Widen the lowest and highest brace depth met in the current function."""
        lowest, highest = self.nesting.get(self.current_function, (depth, depth))
        self.nesting[self.current_function] = (min(lowest, depth), max(highest, depth))


def _listen(tokens: Iterable[str], reader: Any) -> Iterator[str]:
    """A stage that tells the recorder which token the stages behind it are about to count."""
    recorder = reader.context
    see = recorder.kinds.see
    declared = recorder.declared.see
    blocks = BlockDepth()
    for token in tokens:
        see(token, recorder.current_line)
        declared(token, recorder.current_line)
        if blocks.see(token):
            recorder.note_depth(blocks.depth)
        recorder.token = token
        yield token
        recorder.token = None


def _notice_end(tokens: Iterable[str], recorder: _Recorder) -> Iterator[str]:
    yield from tokens
    recorder.note_rest()


def _notice_generated_code(tokens: Iterable[str], reader: Any) -> Iterator[str]:
    """A stage that notes the comment at which lizard's comment stage stops reading."""
    recorder = reader.context
    for token in tokens:
        comment = reader.get_comment_from_token(token)
        if comment is not None and "GENERATED CODE" in comment:
            recorder.generated_line = recorder.current_line
        yield token


def count(source: str, filename: str) -> RawFile:
    """Figures by lizard for every function in ``source``, read as the language of ``filename``.

    ``source`` must have passed ``guards``. The functions come in the order of their start
    lines. Never raises for bad code: what lizard cannot read is told in ``stopped``.
    """
    _use_linear_patterns()
    recorder = _Recorder(filename, KindReader(python=filename.endswith(".py")))
    reader = lizard.get_reader_for(filename)(recorder)
    stages = lizard.get_extensions(["cognitive"])
    stages.insert(_BEFORE_CONDITIONS, _listen)
    if "GENERATED CODE" in source:
        stages.insert(_BEFORE_COMMENTS, _notice_generated_code)
    stopped, line = "", None
    try:
        tokens = _notice_end(reader.generate_tokens(source), recorder)
        for stage in stages:
            tokens = stage(tokens, reader)
        for _ in reader(tokens, reader):
            pass
    except _SignatureTooLongError:
        stopped, line = "A parameter list does not end.", recorder.current_function.start_line
    except RecursionError:
        stopped, line = "The code is nested too deeply for lizard.", _outermost_line(recorder)
    except Exception as error:  # whatever lizard's state machines trip over
        stopped, line = f"lizard cannot read this line ({error!r}).", recorder.current_line
    if not stopped and recorder.generated_line is not None:
        stopped = "lizard reads nothing after a comment with the words GENERATED CODE."
        line = recorder.generated_line
    functions = _functions(recorder)
    unseen = recorder.declared.missing_from(function.start_line for function in functions)
    return RawFile(functions, stopped, line, unseen, "never" if stopped else recorder.rest)


def _functions(recorder: _Recorder) -> tuple[RawFunction, ...]:
    found = [
        RawFunction(
            name=function.name,
            start_line=function.start_line,
            end_line=function.end_line,
            ccn=function.cyclomatic_complexity,
            nloc=function.nloc,
            tokens=function.token_count,
            parameters=function.parameter_count,
            cognitive=function.cognitive_complexity,
            nesting=_brace_nesting(recorder, function),
            decisions=_decisions(recorder, function),
            forgiven=function in recorder.forgiven,
        )
        for function in recorder.fileinfo.function_list
        if function.name != "*global*"
    ]
    return tuple(sorted(found, key=lambda function: function.start_line))


def _decisions(recorder: _Recorder, function: Any) -> tuple[Decision, ...]:
    """The noted decisions, exactly ``ccn - 1``.

    Some readers move complexity between functions by hand (R's repeated assignment, Erlang's
    clauses); the part whose place is not known is put at the function's start.
    """
    noted = recorder.decisions.get(function, [])
    wanted = max(0, function.cyclomatic_complexity - 1)
    missing = [Decision(function.start_line, "condition")] * (wanted - len(noted))
    return tuple(missing + noted[:wanted])


def _brace_nesting(recorder: _Recorder, function: Any) -> int:
    """Braces within the function's own, whose closing one is at the lowest depth."""
    lowest, highest = recorder.nesting.get(function, (0, 0))
    return max(0, highest - lowest - 1)


def _outermost_line(recorder: _Recorder) -> int:
    opened = [function.start_line for function in recorder.stacked_functions]
    opened.append(recorder.current_function.start_line)
    return max(1, min((line for line in opened if line > 0), default=1))


@cache
def _use_linear_patterns() -> None:
    compile_pattern = token_pattern._compile_token_pattern

    def compile_linear(addition: str, flags: int) -> re.Pattern[str]:
        pattern = compile_pattern(addition, flags)
        text = pattern.pattern
        for slow, linear in LINEAR_PATTERNS.items():
            text = text.replace(slow, linear)
        return re.compile(text, pattern.flags)

    token_pattern._compile_token_pattern = compile_linear
    token_pattern._COMPILED_PATTERNS.clear()


# --- for the fast pass over Python ---------------------------------------------------------------

#: What may stand before the quotes of an f-string, in any case.
FORMAT_PREFIXES = frozenset(
    one
    for prefix in ("f", "rf", "fr", "bf", "fb")
    for one in (prefix, prefix.upper(), prefix.capitalize(), prefix.capitalize().swapcase())
)


def python_pattern() -> str:
    """The pattern by which lizard cuts Python into tokens, in its linear form."""
    _use_linear_patterns()
    addition = r"|\#[^\n]*|//=?" + python_tokens._PY_TRIPLE_QUOTE
    return str(token_pattern.compiled_token_pattern(addition).pattern)


#: A line end inside the braces of an f-string. How far the next line is indented is not known.
LINE_IN_BRACES = "\n{"


def format_string_tokens(body: str) -> list[str]:
    """The tokens of an f-string, quotes and all, without blanks: what it says, and its expressions.

    A line end in an expression is ``LINE_IN_BRACES``.
    """
    inner = [str(one) for one in python_tokens._tokenize_fstring_body(body, None)]
    return [
        LINE_IN_BRACES if one == "\n" else one for one in inner if one == "\n" or not one.isspace()
    ]
