"""What rises slowly is told once, in the night it can be told, and chance raises as much as is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from casework.storage.alert_care import add_mute
from casework.storage.alerts import Alert, all_alerts
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument
from monitor.hour_table import count_hours
from monitor.index.embedded import EmbeddedIndex
from monitor.many_series import Numbers
from monitor.rise_watch import watch_slow_rises
from monitor.slow_rise import (
    LOOKS,
    NIGHTS_A_YEAR,
    RISING_DAYS,
    USUAL_WEEKS,
    Days,
    Rises,
)
from monitor.tallies import Series
from monitor.watch import watch
from monitor.watch_turns import WAIT, look
from tests.monitor.documents import ZONE
from tests.monitor.recorded import city
from tests.monitor.simulated import FIRST, burst, quiet, rise
from tests.monitor.test_false_alarms import ALL, ALLOWED, IN_SERIES, LEAVES, PLACES, is_false

DAY = timedelta(days=1)
NUMBER = USUAL_WEEKS * 7 + RISING_DAYS
TOPIC, OTHER = ("城乡建设", "供水供热"), ("交通运输", "公共交通")
RISING = FIRST + timedelta(days=60)
FOUR = timedelta(hours=4)


def days_with(counts: Numbers, names: dict[Series, int]) -> Days:
    start = datetime(2026, 6, 1, 20, tzinfo=UTC)
    return Days(
        names,
        tuple(start + n * DAY for n in range(NUMBER + 1)),
        counts,
        np.zeros_like(counts),
        tuple(n % 7 for n in range(NUMBER)),
        (True,) * NUMBER,
    )


@pytest.mark.parametrize("mean", [0.3, 0.5, 1.0, 3.0])
def test_a_night_is_as_good_as_so_many_independent_tests(mean: float) -> None:
    chance, found, series = np.random.default_rng(int(10 * mean)), 0, 20_000
    names = {Series(): 0} | {Series((str(n),)): n for n in range(1, series)}
    for _ in range(3):
        counts = chance.poisson(mean, (NUMBER, series)).astype(float)
        counts[:, 0] = counts[:, 1:].sum(axis=1)
        rises = Rises.of(days_with(counts, names))
        assert rises is not None
        found += len(rises.beyond(-3.5))
    assert found <= LOOKS * 3 * series * 10**-3.5


def nested(chance: np.random.Generator, rising: int) -> tuple[Days, tuple[Series, ...]]:
    """Weeks of messages that come in clusters, and so many series that rise within the last four."""
    usual = 3.0 / (1 + np.arange(len(LEAVES)) / 20)
    lively = chance.gamma(20, 1 / 20, size=(NUMBER, len(LEAVES)))
    where = chance.choice(len(LEAVES), rising, replace=False)
    more = np.zeros((NUMBER, len(LEAVES)))
    more[-RISING_DAYS:, where] = np.arange(1, RISING_DAYS + 1)[:, None] / RISING_DAYS * 6
    leaves = chance.poisson(usual * lively + more)
    return days_with(leaves @ IN_SERIES.T, PLACES), tuple(Series(*LEAVES[at]) for at in where)


@pytest.mark.parametrize("rising", [0, 8])
def test_of_what_a_night_finds_the_allowed_part_is_false(rising: int) -> None:
    chance, parts, missed = np.random.default_rng(30 + rising), [], 0
    for _ in range(40):
        days, where = nested(chance, rising)
        rises = Rises.of(days)
        assert rises is not None
        found = rises.take(ALLOWED * NIGHTS_A_YEAR)
        parts.append(sum(is_false(one, where) for one in found) / max(1, len(found)))
        missed += sum(not any(one.series.meets(at) == at for one in found) for at in where)
    assert len(ALL) == 637
    assert np.mean(parts) <= ALLOWED
    assert missed <= 0.2 * 40 * rising


def test_one_day_however_extraordinary_is_no_slow_rise() -> None:
    chance = np.random.default_rng(3)
    counts = np.repeat(chance.poisson(2.0, (NUMBER, 1)), 2, axis=1).astype(float)
    counts[-3] += 200
    rises = Rises.of(days_with(counts, {Series(): 0, Series(("A",)): 1}))
    assert rises is not None
    assert rises.beyond(-4.0) == []


def fill(index: EmbeddedIndex, *parts: Iterable[TrendDocument]) -> None:
    with index.rebuilding() as build:
        for part in parts:
            build.put(list(part))


def nights(records: Records, index: EmbeddedIndex, days: Iterable[int]) -> tuple[Alert, ...]:
    """Alerts after the nights of these days, the earliest first."""
    for day in days:
        at = (FIRST + day * DAY + FOUR).astimezone(UTC)
        watch_slow_rises(records, index, ZONE, at, count_hours(index, at))
    return alerts(records)


def alerts(records: Records) -> tuple[Alert, ...]:
    with records.read() as work:
        return all_alerts(work)[::-1]


def test_a_slow_rise_is_told_once_and_followed(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(23), rise(61, RISING, 28, 4, TOPIC, "D2"))
    [first] = nights(records, index, (72, 76, 80))
    [alert] = nights(records, index, (80, 88))
    assert (alert.rule, alert.topic, alert.district) == ("slow-rise", TOPIC, "D2")
    assert RISING - 3 * DAY <= alert.since == first.since
    assert alert.measured.observed > first.measured.observed >= 1.5 * first.measured.expected
    assert alert.measured.until >= FIRST + 87 * DAY
    assert alert.measured.detail.chance < -6
    assert alert.measured.detail.chart_interval == "day"


def test_what_a_week_told_is_not_told_again(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(23), rise(61, RISING, 28, 6, TOPIC, "D2"))
    for day in range(66, 89):
        watch(records, index, ZONE, (FIRST + day * DAY + FOUR).astimezone(UTC))
    assert "rise-7d" in [alert.rule for alert in alerts(records)]
    before = len(alerts(records))
    assert len(nights(records, index, (86, 88))) == before


def test_a_burst_on_a_slow_rise_is_told_of_itself(records: Records, index: EmbeddedIndex) -> None:
    sudden = burst(50, FIRST + timedelta(days=86, hours=8), 25, timedelta(hours=3), TOPIC, "D2")
    fill(index, quiet(23), rise(61, RISING, 28, 4, TOPIC, "D2"), sudden)
    assert [alert.rule for alert in nights(records, index, (84, 86))] == ["slow-rise"]
    watch(records, index, ZONE, (FIRST + timedelta(days=86, hours=12)).astimezone(UTC))
    assert [alert.rule for alert in alerts(records)] == ["slow-rise", "surge-3h"]


def test_a_muted_series_does_not_rise(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(23), rise(61, RISING, 28, 4, TOPIC, "D2"))
    with records.write() as work:
        add_mute(work, (TOPIC, "D2", ""), FIRST + 99 * DAY, "known", "leader", FIRST)
        work.commit()
    assert nights(records, index, (84,)) == ()


def test_nights_without_the_process_are_made_up_for(
    records: Records, index: EmbeddedIndex, tmp_path: Path
) -> None:
    fill(index, quiet(23), rise(61, RISING, 28, 4, TOPIC, "D2"))
    start, turn = (FIRST + 72 * DAY).astimezone(UTC), timedelta(hours=12)
    file = tmp_path / "past-hours.npz"
    with city(f"sqlite:///{tmp_path / 'other.db'}") as undisturbed:
        for n in range(13):
            look(undisturbed, index, ZONE, start + n * turn + WAIT, turn, table_file=file)
        expected = told(undisturbed)
    look(records, index, ZONE, start + WAIT, turn, table_file=file)
    look(records, index, ZONE, start + 12 * turn + WAIT, turn, table_file=file)
    assert told(records) == expected
    assert [rule for rule, *_ in expected].count("slow-rise") == 1


def told(records: Records) -> list[tuple[str, tuple[str, ...], str, datetime, datetime, float]]:
    return [
        (one.rule, one.topic, one.district, one.since, one.raised_at, one.measured.observed)
        for one in alerts(records)
    ]
