"""The course of a brief as a picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from monitor.brief import Figure, Query, Row, Section
from web.leadership.brief_charts import (
    BOTTOM,
    FINE,
    HEIGHT,
    MOST_DATES,
    TOP,
    WIDTH,
    drawing_of,
    has_chart,
    png,
    svg,
)

QUERY = Query("tickets")


def course(*values: float, usual: bool = False) -> Section:
    rows = []
    for n, value in enumerate(values):
        figures = [Figure("messages", value, QUERY)]
        figures += [Figure("expected", 2.5, QUERY)] if usual else []
        rows.append(Row("day", f"2026-11-{n + 1:02d}", tuple(figures)))
    return Section("course", (), tuple(rows))


@pytest.mark.parametrize(
    "values", [(0, 0), (1, 0), (3, 7, 20), (1_000_000, 9_000), tuple(range(30))]
)
def test_bars_stand_on_the_ground_and_the_highest_fits(values: tuple[float, ...]) -> None:
    drawn = drawing_of(course(*values).rows)
    assert len(drawn.bars) == len(values)
    ground = HEIGHT - BOTTOM
    heights = [y2 - y1 for _, y1, _, y2 in drawn.bars]
    assert all(y2 == ground and y1 >= TOP for _, y1, _, y2 in drawn.bars)
    assert [h > 0 for h in heights] == [v > 0 for v in values]
    assert max(heights) == heights[values.index(max(values))]
    assert all(0 < x1 < x2 < WIDTH for x1, _, x2, _ in drawn.bars)
    assert drawn.scale[0] == (ground, "0")
    assert len(drawn.dates) <= MOST_DATES


def test_the_picture_shows_the_bars_where_they_stand() -> None:
    section = course(0, 8, usual=True)
    image = Image.open(io.BytesIO(png(section))).convert("RGB")
    assert image.size == (WIDTH * FINE, HEIGHT * FINE)
    left, top, right, ground = drawing_of(section.rows).bars[1]
    inside = image.getpixel((round((left + right) / 2 * FINE), round((top + 20) * FINE)))
    above = image.getpixel((round((left + right) / 2 * FINE), round((top - 4) * FINE)))
    assert inside == (92, 139, 160)
    assert above == (255, 255, 255)
    assert ground * FINE < image.height
    drawn = svg(section, "最多的一天是<b>")
    assert drawn.count("<rect") == 2
    assert "<polyline" in drawn
    assert "<b>" not in drawn


def test_what_is_no_course_has_no_picture() -> None:
    assert not has_chart(course(3))
    assert not has_chart(Section("inflow"))
    assert not has_chart(Section("topics", (), (Row("topic", "x", ()), Row("topic", "y", ()))))
