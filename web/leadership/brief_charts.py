"""The course of days or hours in a brief as a picture: drawn once, as SVG for PDF and as PNG for DOCX.

On the page the same rows are drawn by minsheng-charts.js. In the pictures stand figures and dates alone:
no font for Chinese is needed to draw them, and the caption is text of the document.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from PIL import Image, ImageDraw, ImageFont

from monitor.brief import Row, Section

TIMES = ("day", "moment")
WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 26
"""Points; room for the scale at the left and the dates below."""
MOST_STEPS, MOST_DATES = 4, 8
INK, GRID, BAR, USUAL = "#4b5c65", "#d2dadd", "#5c8ba0", "#14242c"
FINE = 3
"""Dots a point in the PNG."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Places in points from the upper left. scale: height and figure of each grid line. bars: left, top,
    right, bottom. dates: middle and words. usual: what was expected, as a line; empty without."""

    scale: tuple[tuple[float, str], ...]
    bars: tuple[tuple[float, float, float, float], ...]
    dates: tuple[tuple[float, str], ...]
    usual: tuple[Point, ...]


def has_chart(section: Section) -> bool:
    """Whether a section's rows are a course in time."""
    return len(section.rows) > 1 and section.rows[0].of in TIMES


def drawing_of(rows: Sequence[Row]) -> Drawing:
    """Bars of the first figure of each row, and a line through the second where there is one."""
    shown = [row.figures[0].value for row in rows]
    usual = [row.figures[1].value for row in rows] if len(rows[0].figures) > 1 else []
    step, top = _scale(max((*shown, *usual, 1)))
    across, down = (WIDTH - LEFT - RIGHT) / len(rows), HEIGHT - TOP - BOTTOM

    def height(value: float) -> float:
        return round(TOP + down * (1 - value / top), 2)

    middles = [LEFT + across * (n + 0.5) for n in range(len(rows))]
    apart = -(-len(rows) // MOST_DATES)
    return Drawing(
        tuple((height(n * step), f"{n * step:,}") for n in range(top // step + 1)),
        tuple(
            (round(x - across * 0.36, 2), height(value), round(x + across * 0.36, 2), height(0))
            for x, value in zip(middles, shown, strict=True)
        ),
        tuple((round(middles[n], 2), _date(rows[n])) for n in range(0, len(rows), apart)),
        tuple((round(x, 2), height(value)) for x, value in zip(middles, usual, strict=False)),
    )


def svg(section: Section, caption: str) -> Markup:
    """The picture for a PDF. caption: what it shows, for who hears it."""
    drawn = drawing_of(section.rows)
    lines = [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{GRID}"/>'
        f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{figure}</text>'
        for y, figure in drawn.scale
    ]
    lines += [
        f'<rect x="{x1}" y="{y1}" width="{x2 - x1:.2f}" height="{y2 - y1:.2f}" fill="{BAR}"/>'
        for x1, y1, x2, y2 in drawn.bars
    ]
    lines += [
        f'<text x="{x}" y="{HEIGHT - 8}" text-anchor="middle">{words}</text>'
        for x, words in drawn.dates
    ]
    if drawn.usual:
        points = " ".join(f"{x},{y}" for x, y in drawn.usual)
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{USUAL}" stroke-dasharray="5 4"/>'
        )
    return Markup(
        '<svg viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}" '
        'font-family="sans-serif" font-size="11" fill="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, caption, INK, Markup("".join(lines)))  # noqa: S704


def png(section: Section) -> bytes:
    """The picture for a word processor, WIDTH × HEIGHT points at FINE dots a point."""
    drawn = drawing_of(section.rows)
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(11 * FINE)
    for y, figure in drawn.scale:
        pen.line(_dots((LEFT, y), (WIDTH - RIGHT, y)), GRID, FINE)
        pen.text(_dots((LEFT - 6, y))[0], figure, INK, font, anchor="rm")
    for x1, y1, x2, y2 in drawn.bars:
        if y2 > y1:
            pen.rectangle(_dots((x1, y1), (x2, y2)), BAR)
    for x, words in drawn.dates:
        pen.text(_dots((x, HEIGHT - 12))[0], words, INK, font, anchor="mm")
    for one, other in zip(drawn.usual, drawn.usual[1:], strict=False):
        _dashed(pen, one, other)
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _dots(*points: Point) -> list[Point]:
    return [(x * FINE, y * FINE) for x, y in points]


def _dashed(pen: ImageDraw.ImageDraw, one: Point, other: Point) -> None:
    """A dashed piece of a line: Pillow draws whole ones alone."""
    pieces = max(2, round(math.dist(one, other) / 5))
    for n in range(0, pieces, 2):
        ends = [
            (one[0] + (other[0] - one[0]) * at / pieces, one[1] + (other[1] - one[1]) * at / pieces)
            for at in (n, min(n + 1, pieces))
        ]
        pen.line(_dots(*ends), USUAL, FINE)


def _scale(most: float) -> tuple[int, int]:
    """The step between grid lines, 1, 2 or 5 times a power of ten, and the topmost one."""
    steps = (int(f"{lead}{'0' * zeros}") for zeros in range(12) for lead in (1, 2, 5))
    step = next(step for step in steps if most / step <= MOST_STEPS)
    return step, step * math.ceil(most / step)


def _date(row: Row) -> str:
    at = datetime.fromisoformat(row.label)
    return f"{at:%m-%d}" if row.of == "day" else f"{at:%d %H:%M}"
