"""A department against its own past: what is told, what is not, and the interval behind it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from casework.storage.queries.unit_months import UnitMonth
from monitor.shares import Share, difference, wilson
from monitor.unit_course import (
    ENOUGH,
    MONTHS,
    Change,
    Indicator,
    courses,
    month_borders,
)

ZONE = ZoneInfo("Asia/Shanghai")
BORDERS = month_borders(date(2026, 11, 20), ZONE)
SHARES = st.integers(1, 400).flatmap(lambda of: st.builds(Share, st.integers(0, of), st.just(of)))


def change(before: UnitMonth, lately: UnitMonth) -> dict[Indicator, Change]:
    found = courses(BORDERS, [before] * 9 + [lately] * 3)
    return {one.indicator: one.change for one in found}


def test_the_last_twelve_whole_months_of_the_city() -> None:
    assert len(BORDERS) == MONTHS + 1
    assert BORDERS[0] == datetime(2025, 11, 1, tzinfo=ZONE)
    assert BORDERS[-1] == datetime(2026, 11, 1, tzinfo=ZONE)
    assert month_borders(date(2027, 1, 31), ZONE)[-1] == datetime(2027, 1, 1, tzinfo=ZONE)


def test_each_indicator_is_told_by_itself() -> None:
    before = UnitMonth(50, 20, 60, 6, 3)
    lately = UnitMonth(50, 5, 60, 6, 25)
    assert change(before, lately) == {
        Indicator.CONTACT: Change.BETTER,  # 40 % late before, 10 % now
        Indicator.ANSWER: Change.NONE_TOLD,
        Indicator.FOR_GOOD: Change.WORSE,
    }


def test_of_few_cases_nothing_is_said() -> None:
    few = ENOUGH // 3
    found = change(UnitMonth(50, 0, 50, 0, 0), UnitMonth(few - 1, few - 1, few, few, 0))
    assert found[Indicator.CONTACT] == Change.TOO_FEW
    assert found[Indicator.ANSWER] == Change.WORSE
    assert set(change(UnitMonth(), UnitMonth()).values()) == {Change.TOO_FEW}


@given(SHARES, SHARES)
def test_the_intervals_are_those_of_the_library(before: Share, lately: Share) -> None:
    expected = proportion_confint(lately.good, lately.of, alpha=0.05, method="wilson")
    assert wilson(lately, 0.05) == pytest.approx(expected, abs=1e-9)
    low, high = confint_proportions_2indep(
        lately.good, lately.of, before.good, before.of, method="newcomb", compare="diff"
    )
    assert difference(before, lately, 0.05) == pytest.approx((low, high), abs=1e-9)
