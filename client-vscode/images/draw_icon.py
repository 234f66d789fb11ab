"""Draw the extension's icon: a pair of compasses on blueprint blue, in plain Python.

Run it to write icon.png beside this file. Shapes are given in units of the icon's width and
every pixel is the mean of a grid of samples, which gives smooth edges.
"""

from __future__ import annotations

import math
import struct
import zlib
from pathlib import Path

SIZE = 256
SAMPLES = 4

Point = tuple[float, float]
Colour = tuple[int, int, int]

PAPER: Colour = (29, 78, 137)
INK: Colour = (245, 248, 252)
ACCENT: Colour = (255, 183, 77)

HINGE: Point = (0.5, 0.24)
FEET: tuple[Point, Point] = ((0.27, 0.8), (0.73, 0.8))


def _distance_to_segment(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return math.dist(point, (start[0] + along * dx, start[1] + along * dy))


def _inside_card(point: Point, corner: float = 0.18) -> bool:
    """Whether ``point`` lies within the rounded square."""
    nearest = tuple(min(1 - corner, max(corner, value)) for value in point)
    return math.dist(point, nearest) <= corner


def _colour_at(point: Point) -> Colour | None:
    """The colour of one sample; None is transparent."""
    if not _inside_card(point):
        return None
    if 0.045 <= math.dist(point, HINGE) <= 0.095:
        return ACCENT
    if math.dist(point, HINGE) < 0.045:
        return PAPER
    if any(_distance_to_segment(point, HINGE, foot) <= 0.034 for foot in FEET):
        return INK
    # The arc that the compasses draw is the cross-bar of the A.
    if abs(math.dist(point, (0.5, 0.2)) - 0.42) <= 0.028 and abs(point[0] - 0.5) <= 0.3:
        return ACCENT
    return PAPER


def _pixel(x: int, y: int) -> tuple[int, int, int, int]:
    grid = [(i + 0.5) / SAMPLES for i in range(SAMPLES)]
    samples = [_colour_at(((x + i) / SIZE, (y + j) / SIZE)) for j in grid for i in grid]
    seen = [colour for colour in samples if colour is not None]
    if not seen:
        return (0, 0, 0, 0)
    red, green, blue = (round(sum(channel) / len(seen)) for channel in zip(*seen, strict=True))
    return red, green, blue, round(255 * len(seen) / len(samples))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def draw() -> bytes:
    """The icon as a PNG: a square of ``SIZE`` pixels, 8 bits each of red, green, blue and alpha."""
    rows = b"".join(b"\0" + b"".join(bytes(_pixel(x, y)) for x in range(SIZE)) for y in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


if __name__ == "__main__":
    Path(__file__).with_name("icon.png").write_bytes(draw())
