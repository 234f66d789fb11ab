"""A Python text that does not parse, made readable piece by piece.

A piece that is broken is repaired alone, so that what is half typed in one function changes
nothing in another, wherever the interpreter happens to notice it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from architect_server.analysis.incremental.plan import WRAPPER, Piece, pieces
from architect_server.analysis.python_outline import (
    PythonFunction,
    Stumble,
    UnparsableError,
    lines_moved,
    outline,
    parses,
)
from architect_server.analysis.python_repair import Block, repaired


@dataclass(frozen=True, slots=True)
class Readable:
    """What ``ast`` makes of ``text``, which is the source with ``broken`` taken out."""

    text: str
    functions: list[PythonFunction]
    broken: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenPiece:
    """A piece with ``blocks`` taken out, so that ``text`` parses.

    Lines count from the piece's own first.
    """

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Pieces:
    """``readable`` is the whole text; ``broken`` are its broken pieces as they were written.

    Each with the lines before it and the prefix of its names.
    """

    readable: Readable
    broken: tuple[tuple[str, BrokenPiece, int, str], ...] = ()


def read(source: str) -> Pieces:
    """The outline of ``source`` (LF line ends, no BOM), leaving out what does not parse.

    The text keeps its lines.

    Raises:
        UnparsableError: the text cannot be made readable.
    """
    try:
        return Pieces(Readable(source, outline(source)))
    except UnparsableError:
        return _read_pieces(source)


def _read_pieces(source: str) -> Pieces:
    parts: list[str] = []
    broken = []
    blocks: list[Block] = []
    start = line = 0
    for piece in pieces(source, _piece_parses):
        text = source[start : start + piece.length]
        start += piece.length
        if not piece.parses:
            own = repair(text, piece)
            broken.append((text, own, line, prefix_of(piece)))
            blocks += [moved_block(block, line) for block in own.blocks]
            text = own.text
        parts.append(text)
        line += text.count("\n")
    readable = "".join(parts)
    return Pieces(Readable(readable, outline(readable), tuple(blocks)), tuple(broken))


def prefix_of(piece: Piece) -> str:
    """What stands before the names in ``piece``."""
    return f"{piece.inside.name}." if piece.inside else ""


def _piece_parses(text: str, indented: bool) -> bool:
    return parses(WRAPPER + text if indented else text)


def repair(text: str, piece: Piece) -> BrokenPiece:
    """A broken piece made readable, with as many lines."""
    wrapper = WRAPPER if piece.inside else ""
    extra = wrapper.count("\n")
    # Without its last line end, or the empty line behind it would count as one of its own.
    body = text.removesuffix("\n")
    found = repaired(wrapper + body)
    if isinstance(found, Stumble):
        error = found
    else:
        readable, blocks = found
        readable = readable[len(wrapper) :] + text[len(body) :]
        if parses(_surrounded(readable, piece)):
            return BrokenPiece(readable, tuple(moved_block(block, -extra) for block in blocks))
        error = Stumble(1 + extra, "the class around it is broken")
    lines = text.count("\n")
    block = Block(1, max(1, lines), error.line, error.why)
    return BrokenPiece(
        _stub(piece, lines), (replace(moved_block(block, -extra), first=1, last=max(1, lines)),)
    )


def _surrounded(repaired: str, piece: Piece) -> str:
    """``repaired`` between what stands around it: other members of its class or of one it opens."""
    if piece.inside is not None:
        member = f"{piece.inside.indent}pass\n"
        return f"{WRAPPER}{member}{repaired}\n{member}"
    if piece.then_inside is not None:
        return f"{repaired}{piece.then_inside.indent}pass\n"
    return repaired


def _stub(piece: Piece, lines: int) -> str:
    """Something that parses, opens the same class and has as many lines."""
    if piece.inside is not None:
        return f"{piece.inside.indent}pass" + "\n" * lines
    if piece.then_inside is not None:
        inside = piece.then_inside
        return f"class {inside.name}:\n{inside.indent}pass" + "\n" * (lines - 1)
    return "pass" + "\n" * lines


def moved_block(block: Block, lines: int) -> Block:
    """``block``, ``lines`` further down, also in what Python says about it."""
    why = lines_moved(block.why, lines)
    return replace(
        block,
        first=block.first + lines,
        last=block.last + lines,
        line=block.line + lines,
        why=why,
    )
