"""Streams of counts, judged row by row: what is a burst, what is not, and that the future is not
looked at."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from casework.errors import FileUnreadable, Rejected
from monitor.series import MINIMUM, Judged, SeriesWatch
from monitor.series_file import judge_rows
from tests.monitor.simulated import poisson

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
FIVE_MINUTES, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)


def counts(seed: int, days: int, step: timedelta, a_day: float) -> list[int]:
    """Chance, with nights and days, and a level that clusters."""
    chance = random.Random(seed)
    rows, level = round(days * DAY / step), 1.0
    found = []
    for row in range(rows):
        level = max(0.2, level + 0.1 * (1 - level) + chance.gauss(0, 0.08))
        course = 1 + 0.8 * math.sin(2 * math.pi * (row * step / DAY)) if step < DAY else 1.0
        found.append(poisson(chance, a_day * (step / DAY) * course * level))
    return found


def judge(values: list[int], step: timedelta) -> list[Judged]:
    watch = SeriesWatch()
    return [watch.judge(FIRST + row * step, value) for row, value in enumerate(values)]


def told(judged: list[Judged]) -> list[int]:
    return [row for row, one in enumerate(judged) if one.score >= 0.5]


@pytest.mark.parametrize(
    ("step", "a_day", "days"), [(FIVE_MINUTES, 3000, 21), (HOUR, 200, 60), (DAY, 40, 400)]
)
def test_a_burst_is_told_at_its_beginning_and_once(
    step: timedelta, a_day: float, days: int
) -> None:
    values = counts(1, days, step, a_day)
    begins, lasts = len(values) * 3 // 4, max(2, round(3 * HOUR / step))
    usual = a_day * step / DAY
    for row in range(begins, begins + lasts):
        values[row] += round(usual * 8)
    rows = told(judge(values, step))
    assert len([row for row in rows if begins <= row < begins + lasts]) == 1
    assert begins <= rows[-1] < begins + lasts
    assert len(rows) <= 1 + days / 15  # what was told before it


def test_a_row_is_judged_by_what_came_before_it() -> None:
    values = counts(2, 10, HOUR, 300)
    whole = judge(values, HOUR)
    assert judge(values[:150], HOUR) == whole[:150]
    assert judge([*values[:150], *[9999] * 90], HOUR)[:150] == whole[:150]


@pytest.mark.parametrize("quiet", [0, 1])
def test_one_message_after_silence_is_no_burst(quiet: int) -> None:
    values = [quiet if row % 200 == 0 else 0 for row in range(4000)]
    values[3001] = round(MINIMUM) - 1 - quiet
    assert told(judge(values, FIVE_MINUTES)) == []


def test_a_level_that_rises_for_good_is_told_and_then_usual() -> None:
    values = counts(3, 40, HOUR, 240)
    values[500:] = [value * 6 for value in values[500:]]
    rows = told(judge(values, HOUR))
    assert 500 <= next(row for row in rows if row >= 500) < 512
    assert [row for row in rows if row >= 800] == []


def test_night_and_day_are_expected() -> None:
    judged = judge(counts(4, 30, HOUR, 1000), HOUR)[-24:]
    expected = [one.expected for one in judged]
    assert max(expected) > 4 * min(expected)
    assert all(one.expected < one.upper for one in judged)
    assert all(0 <= one.score < 1 for one in judged)


def test_a_burst_stretches_the_bound_only_so_far() -> None:
    calm = counts(5, 40, HOUR, 240)
    burst = calm[:600] + [5000] * 3 + calm[603:]
    bound, stretched = judge(calm, HOUR)[-1].upper, judge(burst, HOUR)[-1].upper
    assert bound < stretched < 2.5 * bound


def test_times_out_of_order_twice_or_far_apart_are_taken_as_they_come() -> None:
    watch = SeriesWatch()
    for at in (0, 0, 5, 3, 100_000, 100_000, 2):
        judged = watch.judge(FIRST + timedelta(minutes=at), 7)
        assert judged.score < 0.5
        assert math.isfinite(judged.upper)


def test_huge_and_constant_counts_give_finite_bounds() -> None:
    for value in (0, 1, 10**15):
        assert all(math.isfinite(one.upper) for one in judge([value] * 600, HOUR))


def read(*lines: str, columns: tuple[str, str] = ("timestamp", "value")) -> list[str]:
    return [row.timestamp for row in judge_rows(iter(lines), "counts.csv", *columns)]


def test_a_file_is_read_row_by_row() -> None:
    def lines() -> Iterator[str]:
        yield "when,other,n\n"
        yield "2026-03-02 08:00:00,x,3\n"
        yield "2026-03-02T09:00:00+08:00,x,4\n"
        pytest.fail("read further than asked")

    rows = judge_rows(lines(), "counts.csv", "when", "n")
    assert [next(rows).judged.value, next(rows).judged.value] == [3, 4]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((), "empty"),
        (("timestamp,count\n",), "missing_column"),
        (("timestamp,value\n", "yesterday,3\n"), "series_time"),
        (("timestamp,value\n", "2026-03-02,\n"), "series_value"),
        (("timestamp,value\n", "2026-03-02\n"), "series_value"),
        (("timestamp,value\n", "2026-03-02,-1\n"), "series_value"),
        (("timestamp,value\n", "2026-03-02,nan\n"), "series_value"),
        (("timestamp,value\n", "2026-03-02,inf\n"), "series_value"),
    ],
)
def test_what_cannot_be_read_is_named(lines: tuple[str, ...], reason: str) -> None:
    with pytest.raises((FileUnreadable, Rejected)) as refused:
        read(*lines)
    assert refused.value.reason == reason


def test_an_empty_series_and_empty_lines_are_no_error() -> None:
    assert read("timestamp,value\n") == []
    assert read("timestamp,value\n", "\n", "2026-03-02,1\n") == ["2026-03-02"]
