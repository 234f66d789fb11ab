"""What the fast pass remembers: Python's blocks, and each function with its cognitive state."""

from __future__ import annotations

from architect_server.analysis.model import Decision

_CONTROL = frozenset(
    ("if", "elif", "else", "for", "while", "with", "try", "except", "finally", "async", "case")
)


class Function:
    """One function while it is being read. lizard begins each with one line and one token."""

    __slots__ = (
        "bare_name",
        "cognitive",
        "decisions",
        "edit_line",
        "end_line",
        "frames",
        "line",
        "logical",
        "name",
        "nesting",
        "nloc",
        "parameters",
        "pending_ifs",
        "qualified_name",
        "recursive",
        "tokens",
        "unseen",
    )

    def __init__(self, name: str, bare_name: str, line: int, parameters: int) -> None:
        self.name = name
        self.bare_name = self.qualified_name = bare_name
        self.line = self.edit_line = self.end_line = line
        self.parameters = parameters
        self.nloc = self.tokens = 1
        self.cognitive = self.nesting = 0
        self.decisions: list[Decision] = []
        self.recursive = False
        #: Whether lizard lists no such function.
        self.unseen = False
        # Cognitive complexity: open control structures as (level, -1), open ternaries and
        # lambdas as (None, bracket depth); the last logical operator at each bracket depth, with
        # its index; bracket depths of ifs that may be ternaries or filters of comprehensions.
        self.frames: list[tuple[int | None, int]] = []
        self.logical: dict[int, tuple[str, int]] = {}
        self.pending_ifs: list[int] = []

    def close_frames(self, level: int) -> None:
        """A statement begins at ``level``: what is open there or deeper has ended."""
        frames = self.frames
        while frames and (frames[-1][0] is None or frames[-1][0] >= level):
            frames.pop()
        if self.logical:
            self.logical.clear()

    def branch(self, level: int, *, hybrid: bool = False) -> None:
        """A control structure; ``hybrid`` ones (else, elif) cost 1 at any depth."""
        self.cognitive += 1 if hybrid else 1 + len(self.frames)
        self.frames.append((level, -1))

    def ternary(self, depth: int) -> None:
        """A conditional expression at this bracket depth."""
        self.cognitive += 1 + len(self.frames)
        self.frames.append((None, depth))

    def take_pending_if(self, depth: int) -> bool:
        """Whether an unclassified ``if`` stood at this bracket depth; it is classified now."""
        if self.pending_ifs and self.pending_ifs[-1] == depth:
            self.pending_ifs.pop()
            return True
        return False

    def close_bracket(self, depth: int) -> None:
        """What was open inside the bracket ends with it."""
        if self.logical:
            for deeper in [one for one in self.logical if one > depth]:
                del self.logical[deeper]
        frames = self.frames
        while frames and frames[-1][0] is None and frames[-1][1] > depth:
            frames.pop()
        while self.pending_ifs and self.pending_ifs[-1] > depth:
            self.pending_ifs.pop()


class Block:
    """One indented block: names in it begin with ``prefix``; ``depth`` counts control blocks."""

    __slots__ = ("class_name", "defined", "depth", "function", "indent", "prefix")

    def __init__(
        self, indent: int, prefix: str = "", function: Function | None = None, depth: int = 0
    ) -> None:
        self.indent = indent
        self.prefix = prefix
        self.function = function
        self.depth = depth
        # The last function and class whose header stood in this block.
        self.defined: Function | None = None
        self.class_name = ""

    def define(self, function: Function) -> None:
        """A function's header stands here."""
        function.qualified_name = self.prefix + function.bare_name
        self.defined = function

    def note_control(self) -> None:
        """A control statement stands here."""
        if self.function is not None and self.function.nesting <= self.depth:
            self.function.nesting = self.depth + 1


def opened_block(keyword: str, outer: Block, indent: int) -> Block:
    """The block that the statement beginning with ``keyword`` opens inside ``outer``."""
    if keyword == "def" and outer.defined is not None:
        return Block(indent, f"{outer.defined.qualified_name}.", outer.defined)
    if keyword == "class":
        return Block(indent, f"{outer.prefix}{outer.class_name}.", outer.function)
    deeper = outer.depth + (keyword in _CONTROL)
    return Block(indent, outer.prefix, outer.function, deeper)
