"""A channel that always brings messages is named when it brings none, and chance names next to none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from scipy.stats import nbinom

from casework.storage.trend_documents import TrendDocument
from monitor.bursts import ExpectedCount
from monitor.index.embedded import EmbeddedIndex
from monitor.silence import silent_channels
from tests.monitor.documents import ZONE
from tests.monitor.simulated import FIRST, quiet

NOON = (FIRST + timedelta(days=70, hours=12)).astimezone(UTC)
SILENT_FROM = NOON - timedelta(days=1, hours=20)


def fill(index: EmbeddedIndex, documents: Iterable[TrendDocument]) -> None:
    with index.rebuilding() as build:
        build.put(list(documents))


def a_city(seed: int = 5) -> list[TrendDocument]:
    """Some 16 messages a day by hotline and as many by web; three a day by WeChat."""
    found = quiet(seed, days=71)
    return [
        replace(one, channel="hotline") if one.channel == "wechat" and n % 5 else one
        for n, one in enumerate(found)
    ]


def without(channel: str) -> list[TrendDocument]:
    return [
        one
        for one in a_city()
        if one.channel != channel or not SILENT_FROM < one.received_at < NOON
    ]


def test_a_silent_channel_is_named(index: EmbeddedIndex) -> None:
    fill(index, without("hotline"))
    [silence] = silent_channels(index, ZONE, NOON)
    last = max(
        one.received_at
        for one in a_city()
        if one.channel == "hotline" and one.received_at <= SILENT_FROM
    )
    assert silence.channel == "hotline"
    assert silence.since == last.replace(microsecond=0)
    assert 20 < silence.expected < 45
    assert silence.log_chance < -5
    assert silence.one_in >= 100_000
    # Soon after its last message nobody can tell.
    assert silent_channels(index, ZONE, SILENT_FROM + timedelta(hours=3)) == ()


def test_a_channel_of_few_messages_may_be_silent_for_a_day(index: EmbeddedIndex) -> None:
    fill(index, without("wechat"))
    assert silent_channels(index, ZONE, NOON) == ()


def test_chance_names_none_in_weeks(index: EmbeddedIndex) -> None:
    fill(index, a_city(6))
    for hour in range(0, 24 * 14, 7):
        assert silent_channels(index, ZONE, NOON - timedelta(hours=hour)) == ()


def test_holidays_are_not_judged(index: EmbeddedIndex) -> None:
    fill(index, without("hotline"))
    holiday = NOON.astimezone(ZONE).date()

    def works(day: date) -> bool:
        return day != holiday and day.weekday() < 5

    assert silent_channels(index, ZONE, NOON, works) == ()


def test_a_city_without_a_past_has_no_silence(index: EmbeddedIndex) -> None:
    fill(index, [])
    assert silent_channels(index, ZONE, datetime(2026, 11, 1, tzinfo=UTC)) == ()


@pytest.mark.parametrize(("mean", "spread"), [(0.5, 0.02), (12.0, 0.02), (30.0, 0.25)])
def test_the_chance_of_none_is_that_of_the_distribution(mean: float, spread: float) -> None:
    expected = nbinom.logpmf(0, 1 / spread, 1 / (1 + spread * mean)) / 2.302585092994046
    assert ExpectedCount(mean, spread).log_none == pytest.approx(expected)
