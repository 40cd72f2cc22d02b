"""Trends over time against a plain count, in zones with and without summer time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.permissions import EVERYTHING, Scope, TicketFacts, covers
from casework.storage.trend_documents import TrendDocument
from monitor.index import aggregations, counting
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import ANYTHING, Dimension, Interval, TrendFilter
from monitor.index.spans import bucket_borders, spans
from tests.monitor.documents import ABOVE, scatter, search_words, words

ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Santiago",
)
START = datetime(2026, 3, 1, tzinfo=UTC)
DOCUMENTS = [
    replace(document, asked_above=ABOVE[("", "D1S1", "", "HBJ", "")[number % 5]])
    for number, document in enumerate(scatter(5, 1500, START, timedelta(days=60)))
]
VALUES = {
    Dimension.TOPIC: lambda d: d.topic[0] if d.topic else "unknown",
    Dimension.LEAF_TOPIC: lambda d: "/".join(d.topic[:2]) if len(d.topic) > 1 else "unknown",
    Dimension.DEPARTMENT: lambda d: d.department or "unknown",
    Dimension.DISTRICT: lambda d: d.district or "unknown",
    Dimension.SENTIMENT: lambda d: d.sentiment,
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedIndex:
    folder: Path = tmp_path_factory.mktemp("series")
    index = EmbeddedIndex(folder, words, search_words, "test")
    with index.rebuilding() as build:
        build.put(DOCUMENTS)
    index.close()
    return index


def visible(document: TrendDocument, scope: Scope) -> bool:
    facts = TicketFacts(
        document.department_above,
        document.unscreened_report,
        document.accused,
        document.asked_above,
    )
    return covers(scope, facts)


SCOPES = st.builds(
    Scope,
    nothing=st.sampled_from([False, False, False, True]),
    lead_under=st.sampled_from(["", "", "D1", "D1S1", "HBJ", "CITY"]),
    asked_under=st.sampled_from(["", "", "D1", "HBJ"]),
    unscreened_reports=st.booleans(),
    not_accused=st.sampled_from([frozenset(), *ABOVE.values()]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    by=st.sampled_from(list(VALUES)),
    zone=st.sampled_from(ZONES),
    interval=st.sampled_from(list(Interval)),
    first=st.dates(date(2026, 2, 20), date(2026, 5, 5)),
    days=st.integers(1, 45),
    scope=SCOPES,
    topic=st.sampled_from([(), ("环境保护",), ("环境保护", "噪声污染")]),
)
def test_a_trend_is_what_a_plain_count_gives(
    filled: EmbeddedIndex,
    by: Dimension,
    zone: str,
    interval: Interval,
    first: date,
    days: int,
    scope: Scope,
    topic: tuple[str, ...],
) -> None:
    place, last = ZoneInfo(zone), first + timedelta(days - 1)
    trend = filled.series(by, interval, first, last, place, TrendFilter(topic=topic), scope)
    wanted: Counter[tuple[object, str]] = Counter()
    for document in DOCUMENTS:
        at = document.received_at.replace(microsecond=0).astimezone(place)
        inside = first <= at.date() <= last and document.topic[: len(topic)] == topic
        if inside and visible(document, scope):
            key = at.date() if interval is Interval.DAY else (at.date(), at.hour)
            wanted[key, VALUES[by](document)] += 1
    found: Counter[tuple[object, str]] = Counter()
    for bucket in trend.buckets:
        assert sum(bucket.groups.values()) == bucket.total
        day = bucket.start.date()
        for value, count in bucket.groups.items():
            found[day if interval is Interval.DAY else (day, bucket.start.hour), value] += count
    assert found == wanted
    assert trend.total == sum(wanted.values())
    within = TrendFilter(topic=topic, start=trend.buckets[0].start)
    assert filled.count(within, scope) >= trend.total


@settings(max_examples=40, deadline=None)
@given(scope=SCOPES)
def test_the_scope_hides_exactly_what_casework_hides(filled: EmbeddedIndex, scope: Scope) -> None:
    shown = sum(visible(document, scope) for document in DOCUMENTS)
    assert filled.count(ANYTHING, scope) == shown


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_hours_has_no_gap_and_no_overlap(zone: str) -> None:
    place = ZoneInfo(zone)
    borders = bucket_borders(Interval.HOUR, date(2026, 1, 1), date(2026, 12, 31), place)
    assert borders == sorted(set(borders))
    starts = [datetime.fromtimestamp(border, place) for border in borders[:-1]]
    assert {start.date() for start in starts} == {
        date(2026, 1, 1) + timedelta(n) for n in range(365)
    }
    assert sum(start.minute != 0 for start in starts) <= 2  # half-hour shifts
    parts = list(spans(borders, 3600, 1000))
    assert [part.first for part in parts[1:]] == [part.last for part in parts[:-1]]
    assert (parts[0].first, parts[-1].last) == (0, len(borders) - 1)


def test_days_of_23_and_25_hours() -> None:
    place = ZoneInfo("Europe/Berlin")
    borders = bucket_borders(Interval.DAY, date(2026, 3, 28), date(2026, 3, 30), place)
    assert [b - a for a, b in zip(borders, borders[1:], strict=False)] == [86400, 82800, 86400]
    assert [(s.first, s.last) for s in spans(borders, 86400, 100)] == [(0, 1), (1, 2), (2, 3)]
    assert len(bucket_borders(Interval.HOUR, date(2026, 10, 25), date(2026, 10, 25), place)) == 26


def test_a_long_range_stays_within_the_bucket_limit(
    filled: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, first, last = ZoneInfo("Asia/Shanghai"), date(2026, 3, 1), date(2026, 4, 30)
    whole = filled.series(
        Dimension.LEAF_TOPIC, Interval.HOUR, first, last, place, ANYTHING, EVERYTHING
    )
    monkeypatch.setattr(aggregations, "MAX_BUCKETS", 100)
    answers: list[int] = []
    original = aggregations.read_time

    def counted(answer: aggregations.Aggregation) -> list[tuple[int, int, dict[str, int]]]:
        found = list(original(answer))
        answers.append(len(found) + sum(len(groups) for _, _, groups in found))
        return found

    monkeypatch.setattr(counting.aggregations, "read_time", counted)
    pieces = filled.series(
        Dimension.LEAF_TOPIC, Interval.HOUR, first, last, place, ANYTHING, EVERYTHING
    )
    assert pieces == whole
    assert len(answers) > 50
    assert max(answers) <= 100


def test_bounds_of_a_filter_are_cut_to_whole_seconds(filled: EmbeddedIndex) -> None:
    middle = START + timedelta(days=30, microseconds=500_000)
    early, late = TrendFilter(end=middle), TrendFilter(start=middle)
    parts = filled.count(early, EVERYTHING) + filled.count(late, EVERYTHING)
    assert parts == filled.count(replace(early, end=None), EVERYTHING) == len(DOCUMENTS)
