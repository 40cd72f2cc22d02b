"""A department against itself over time (纵向): the last three whole months against the nine before.

Three indicators that do not overlap: contacted in time, answered in time, not to be done again. Each is a
share of cases; two shares are told apart only where the interval of their difference leaves nothing out
(Newcombe 1998, method 10, from two Wilson intervals), with the chance of a false word divided among the three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from casework.storage.queries.unit_months import UnitMonth
from monitor.shares import Share, difference

MONTHS, LATELY = 12, 3
ENOUGH = 30
"""With fewer cases on either side nothing is said."""
ERROR = 0.05
"""The chance that any of the three is told to have changed though none has (Bonferroni)."""


class Indicator(StrEnum):
    CONTACT = "contact"
    ANSWER = "answer"
    FOR_GOOD = "for_good"  # not to be done again


class Change(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    NONE_TOLD = "alike"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Course:
    """months: oldest first, with the first day of each. low, high: the interval of `lately` less
    `before`; 0 for Change.TOO_FEW."""

    indicator: Indicator
    months: tuple[tuple[date, Share], ...]
    before: Share
    lately: Share
    low: float
    high: float
    change: Change


def month_borders(today: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When the last MONTHS whole months began on the city's clock, and when the last of them ended."""
    last = today.year * 12 + today.month - 1
    firsts = [divmod(last - back, 12) for back in range(MONTHS, -1, -1)]
    return tuple(
        datetime.combine(date(year, month + 1, 1), time(), tzinfo=zone) for year, month in firsts
    )


def courses(borders: Sequence[datetime], months: Sequence[UnitMonth]) -> tuple[Course, ...]:
    """One course an indicator. borders: of the months, as month_borders gives them."""
    days = [border.date() for border in borders[:-1]]
    return tuple(
        _course(indicator, days, [_share(indicator, month) for month in months])
        for indicator in Indicator
    )


def _course(indicator: Indicator, days: Sequence[date], shares: Sequence[Share]) -> Course:
    before, lately = _together(shares[:-LATELY]), _together(shares[-LATELY:])
    low = high = 0.0
    change = Change.TOO_FEW
    if min(before.of, lately.of) >= ENOUGH:
        low, high = difference(before, lately, ERROR / len(Indicator))
        change = Change.BETTER if low > 0 else Change.WORSE if high < 0 else Change.NONE_TOLD
    months = tuple(zip(days, shares, strict=True))
    return Course(indicator, months, before, lately, low, high, change)


def _share(indicator: Indicator, month: UnitMonth) -> Share:
    if indicator is Indicator.CONTACT:
        return Share(month.contacted - month.contacted_late, month.contacted)
    bad = month.answered_late if indicator is Indicator.ANSWER else month.done_again
    return Share(month.answered - bad, month.answered)


def _together(shares: Sequence[Share]) -> Share:
    return Share(sum(one.good for one in shares), sum(one.of for one in shares))
