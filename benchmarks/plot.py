"""Charts as SVG, without a library."""

from __future__ import annotations

import math
from html import escape

_COLOURS = ("#2b6cb0", "#c05621", "#718096", "#38a169", "#805ad5")
_WIDTH, _HEIGHT, _LEFT, _BAR = 640, 320, 40, 34


def bars(title: str, values: dict[str, dict[int, float]]) -> str:
    """Bars on a logarithmic scale, grouped by the inner key; the outer one names the series."""
    groups = sorted({group for series in values.values() for group in series})
    highest = max(value for series in values.values() for value in series.values())
    lowest = min(value for series in values.values() for value in series.values()) / 2
    scale = (_HEIGHT - 110) / math.log(highest / lowest)
    parts = [_text(_LEFT, 24, title, 15)]
    base = _HEIGHT - 50
    step = _BAR * len(values) + 40
    for place, group in enumerate(groups):
        left = _LEFT + place * step
        parts.append(_text(left, base + 18, f"{group:,} lines", 12))
        for number, series in enumerate(values.values()):
            if group not in series:
                continue
            height = math.log(series[group] / lowest) * scale
            at = left + number * _BAR
            colour = _COLOURS[number % len(_COLOURS)]
            parts.append(
                f'<rect x="{at}" y="{base - height:.0f}" width="{_BAR - 4}" '
                f'height="{height:.0f}" fill="{colour}"/>'
            )
            parts.append(_text(at, base - height - 4, f"{series[group]:.3g}", 11))
    for number, name in enumerate(values):
        at = _LEFT + number * 130
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(f'<rect x="{at}" y="{_HEIGHT - 20}" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(at + 14, _HEIGHT - 11, name, 12))
    return _svg(parts)


def lines(title: str, unit: str, values: dict[str, dict[int, float]]) -> str:
    """A line for each series on two logarithmic scales; the inner key is what grows."""
    sizes = sorted({size for series in values.values() for size in series})
    found = [value for series in values.values() for value in series.values()]
    lowest, highest = min(found), max(found)
    base, right = _HEIGHT - 60, _WIDTH - 60

    def across(size: float) -> float:
        span = math.log(sizes[-1] / sizes[0]) or 1
        return _LEFT + 20 + math.log(size / sizes[0]) / span * (right - _LEFT - 20)

    def up(value: float) -> float:
        return base - math.log(value / lowest) / (math.log(highest / lowest) or 1) * (base - 60)

    parts = [_text(_LEFT, 24, title, 15)]
    for size in sizes:
        parts.append(_text(across(size) - 12, base + 22, f"{size:,}", 11))
    for number, (name, series) in enumerate(values.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        points = sorted(series.items())
        path = " ".join(f"{across(size):.0f},{up(value):.0f}" for size, value in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for size, value in (points[0], points[-1]):
            parts.append(_text(across(size) - 8, up(value) - 6, f"{value:.3g} {unit}", 11))
        at = _LEFT + number * min(130, (_WIDTH - _LEFT) // len(values))
        parts.append(f'<rect x="{at}" y="{_HEIGHT - 20}" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(at + 14, _HEIGHT - 11, name, 12))
    return _svg(parts)


def _svg(parts: list[str]) -> str:
    body = "\n".join(parts)
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{body}\n</svg>\n'


def _text(x: float, y: float, text: str, size: int) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-family="sans-serif" font-size="{size}" '
        f'fill="#4a5568">{escape(text)}</text>'
    )
