"""Words that are suddenly in many messages: told once, for a matter, and not for a busy day."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from casework.storage.alerts import Alert, all_alerts
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument
from casework.taxonomy import leaves
from monitor.alerts import messages_behind
from monitor.index.embedded import EmbeddedIndex
from monitor.tallies import ALERT_SCOPE
from monitor.watch import watch
from monitor.word_watch import watch_words
from tests.monitor.documents import ZONE, make
from tests.monitor.simulated import DISTRICTS, FIRST, WORDS, burst, quiet

NOW = (FIRST + timedelta(days=66, hours=18)).astimezone(UTC)
TOPICS = sorted({leaf.path[:2] for leaf in leaves()})


def fill(index: EmbeddedIndex, *parts: Iterable[TrendDocument]) -> None:
    with index.rebuilding() as build:
        for part in parts:
            build.put(list(part))


def scattered(count: int, words: tuple[str, ...], length: timedelta) -> list[TrendDocument]:
    """Messages about one matter that the topics and districts do not show."""
    chance = random.Random(5)
    return [
        make(
            9_000_000 + n,
            received_at=NOW - length * chance.random(),
            topic=chance.choice(TOPICS),
            district=chance.choice((*DISTRICTS, "")),
            keywords=(*words, chance.choice(WORDS)),
            body=f"{chance.choice(WORDS)}旁边的{''.join(words)}第{n}次",
            subject="",
        )
        for n in range(count)
    ]


def raised(records: Records) -> list[Alert]:
    with records.read() as work:
        return list(all_alerts(work)[::-1])


def test_a_matter_without_topic_or_place_is_told_by_its_word(
    records: Records, index: EmbeddedIndex
) -> None:
    fill(index, quiet(41, days=67), scattered(14, ("搅拌站", "粉尘"), timedelta(hours=20)))
    assert watch(records, index, ZONE, NOW) == ()
    [alert_id] = watch_words(records, index, ZONE, NOW)
    [alert] = raised(records)
    assert alert.id == alert_id
    assert (alert.measure, alert.rule, alert.topic, alert.district) == ("word", "word-24h", (), "")
    assert alert.word in ("搅拌站", "粉尘")
    assert alert.measured.observed == 14
    assert alert.measured.expected < 1
    behind = messages_behind(alert)
    assert index.count(behind, ALERT_SCOPE) == 14
    assert watch_words(records, index, ZONE, NOW) == ()
    assert watch_words(records, index, ZONE, NOW + timedelta(hours=3)) == ()
    assert len(raised(records)) == 1


def test_a_slow_rise_is_told_by_the_window_of_a_week(
    records: Records, index: EmbeddedIndex
) -> None:
    fill(index, quiet(42, days=67), scattered(24, ("搅拌站",), timedelta(days=7)))
    watch_words(records, index, ZONE, NOW)
    assert [(one.word, one.rule) for one in raised(records)] == [("搅拌站", "word-7d")]


def test_words_of_a_burst_that_was_told_are_not_told_again(
    records: Records, index: EmbeddedIndex
) -> None:
    sudden = burst(
        43, NOW - timedelta(hours=5), 30, timedelta(hours=4), ("城乡建设", "供水供热"), "D2"
    )
    fill(index, quiet(43, days=67), sudden)
    assert len(watch(records, index, ZONE, NOW)) == 1
    assert watch_words(records, index, ZONE, NOW) == ()


@pytest.mark.parametrize("seed", [44, 45, 46])
def test_quiet_weeks_and_a_busy_day_tell_nothing(
    records: Records, index: EmbeddedIndex, seed: int
) -> None:
    busy = [
        one
        for one in quiet(seed + 100, per_day=100, days=67)
        if one.received_at > NOW - timedelta(days=1)
    ]
    again = [
        make(
            8_000_000 + n,
            received_at=one.received_at,
            topic=one.topic,
            district=one.district,
            keywords=one.keywords,
            body=one.body,
            subject="",
        )
        for n, one in enumerate(busy)
    ]
    fill(index, quiet(seed, days=67), again)
    for hours in range(0, 72, 6):
        assert watch_words(records, index, ZONE, NOW - timedelta(hours=hours)) == ()


def test_a_young_city_tells_nothing(records: Records, index: EmbeddedIndex) -> None:
    fill(index, scattered(30, ("搅拌站",), timedelta(hours=20)))
    assert watch_words(records, index, ZONE, NOW) == ()


def test_hidden_reports_are_no_words(records: Records, index: EmbeddedIndex) -> None:
    hidden = [
        make(
            n,
            received_at=NOW - timedelta(hours=2),
            keywords=("受贿",),
            kind="举报",
            unscreened_report=True,
        )
        for n in range(8_000_000, 8_000_030)
    ]
    fill(index, quiet(47, days=67), hidden)
    assert watch_words(records, index, ZONE, datetime.fromtimestamp(NOW.timestamp(), UTC)) == ()
