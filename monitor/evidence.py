"""What a leader is shown with an alert: the course of it, what drives it, messages behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.storage.alert_detail import AlertDetail, ChartPoint, Driver
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument, read_documents
from casework.taxonomy import UNKNOWN
from monitor.baseline import WEEK, WEEKS
from monitor.course import course
from monitor.findings import NEGATIVE_SHARE, Finding
from monitor.index.interface import Dimension, Interval, Order, TrendFilter, TrendIndex
from monitor.tallies import ALERT_SCOPE, CITY, Series

CHART_HOURS, CHART_DAYS = 48, 28
MIN_BACKGROUND = 100
"""Fewer past messages than these say nothing about what is usual: compare with a wider series."""
MIN_DRIVER_COUNT, MIN_DRIVER_LIFT = 3, 1.2
DRIVERS = 5
"""Of each dimension."""
WORDS = 10
MESSAGES, CANDIDATES = 5, 200
ALIKE = 0.5
"""Messages that share this part of their three-character pieces count as the same."""


def gather(
    records: Records,
    index: TrendIndex,
    zone: ZoneInfo,
    finding: Finding,
    now: datetime,
    since: datetime,
) -> AlertDetail:
    """The evidence for a finding in the window that ends now. What came after `since` belongs to
    the episode and is not taken for usual."""
    window = behind(finding, now)
    drivers = _drivers(index, finding.series, window, since)
    return AlertDetail(
        window_hours=finding.rule.length / timedelta(hours=1),
        chance=round(max(-999.0, finding.log_chance), 2),
        count=finding.count,
        negative=finding.negative,
        chart_interval=chart_interval(finding).value,
        chart=chart(index, zone, finding, now),
        drivers=drivers,
        messages=_telling_messages(records, index, window, drivers),
    )


def behind(finding: Finding, now: datetime) -> TrendFilter:
    """The messages behind a finding."""
    window = replace(finding.series.filter(now - finding.rule.length, now), words=finding.word)
    return (
        replace(window, sentiment="negative") if finding.rule.measure == NEGATIVE_SHARE else window
    )


def last_message_at(index: TrendIndex, window: TrendFilter, otherwise: datetime) -> datetime:
    """When the last message of a window came."""
    page = index.search(window, ALERT_SCOPE, 0, 1, Order.DATE)
    return page.hits[0].received_at if page.hits else otherwise


def chart_interval(finding: Finding) -> Interval:
    """Hours for a sudden rise, days for a slow one."""
    return Interval.HOUR if finding.rule.length <= timedelta(hours=24) else Interval.DAY


def chart(
    index: TrendIndex, zone: ZoneInfo, finding: Finding, now: datetime
) -> tuple[ChartPoint, ...]:
    """The course of a finding's series up to now; of its negative messages for their share."""
    interval = chart_interval(finding)
    length = timedelta(hours=CHART_HOURS) if interval is Interval.HOUR else timedelta(CHART_DAYS)
    series = replace(behind(finding, now), start=None)
    points = course(index, zone, interval, now - length, now, series, ALERT_SCOPE)
    return tuple(
        ChartPoint(point.at, point.observed, point.expected, point.lower, point.upper)
        for point in points
    )


def _drivers(
    index: TrendIndex, series: Series, window: TrendFilter, since: datetime
) -> tuple[Driver, ...]:
    background = _background(index, series, window, since)
    words = tuple(
        Driver("word", w.word, w.count, w.share, w.background_share, w.lift)
        for w in index.contrast_words(window, background, ALERT_SCOPE, WORDS)
    )
    dimensions = [Dimension.KIND, Dimension.DEPARTMENT]
    if not series.channel:
        dimensions.insert(0, Dimension.CHANNEL)
    if not series.district:
        dimensions.append(Dimension.DISTRICT)
    if len(series.topic) < 2:
        dimensions.append(Dimension.LEAF_TOPIC)
    found = [_values(index, dimension, window, background) for dimension in dimensions]
    return words + tuple(driver for drivers in found for driver in drivers)


def _background(
    index: TrendIndex, series: Series, window: TrendFilter, since: datetime
) -> TrendFilter:
    """The weeks before it began, in the narrowest series that had enough messages."""
    end = min(since, window.start or since)
    while True:
        past = replace(series.filter(end - WEEKS * WEEK, end), sentiment=window.sentiment)
        if series == CITY or index.count(past, ALERT_SCOPE) >= MIN_BACKGROUND:
            return past
        series = series.wider()


def _values(
    index: TrendIndex, dimension: Dimension, window: TrendFilter, background: TrendFilter
) -> list[Driver]:
    now = index.counts([dimension], window, ALERT_SCOPE)
    before = index.counts([dimension], background, ALERT_SCOPE)
    total, total_before = sum(now.values()), sum(before.values())
    found = []
    for key, count in now.items():
        share = count / total
        lift = share * (total_before + 1) / (before.get(key, 0) + 1)
        if key[0] != UNKNOWN and count >= MIN_DRIVER_COUNT and lift >= MIN_DRIVER_LIFT:
            usual = before.get(key, 0) / total_before if total_before else 0.0
            found.append(Driver(dimension.value, key[0], count, share, usual, lift))
    return sorted(found, key=lambda driver: (-driver.share * (1 - 1 / driver.lift), driver.value))[
        :DRIVERS
    ]


def _telling_messages(
    records: Records, index: TrendIndex, window: TrendFilter, drivers: Sequence[Driver]
) -> tuple[UUID, ...]:
    page = index.search(window, ALERT_SCOPE, 0, CANDIDATES, Order.DATE)
    with records.read() as work:
        documents = read_documents(work, (hit.message_id for hit in page.hits))
    words = {driver.value for driver in drivers if driver.dimension == "word"}

    def telling(document: TrendDocument) -> tuple[int, datetime]:
        return -len(words.intersection(document.keywords)), document.received_at

    chosen: list[TrendDocument] = []
    pieces: list[set[str]] = []
    for document in sorted(documents, key=telling):
        own = _pieces(document)
        if not document.deleted and not any(_alike(own, other) for other in pieces):
            chosen.append(document)
            pieces.append(own)
        if len(chosen) == MESSAGES:
            break
    return tuple(document.message_id for document in chosen)


def _pieces(document: TrendDocument) -> set[str]:
    text = document.subject + document.body
    return {text[start : start + 3] for start in range(max(1, len(text) - 2))}


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
