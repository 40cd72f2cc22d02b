"""Counts of every hour of a long time, in a few questions instead of one an hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from monitor.index import aggregations
from monitor.index.counting import Aggregate, names_of, several_counts
from monitor.index.interface import Dimension, TrendFilter

HOUR = 3600

Counted = tuple[dict[tuple[str, ...], int], ...]
"""What `several_counts` says of one hour."""


def hourly_counts(
    aggregate: Aggregate, wanted: Sequence[Sequence[Dimension]], start: datetime, hours: int
) -> Iterator[Counted]:
    """See TrendIndex.hourly_counts."""
    first = round(start.timestamp())
    totals = _totals(aggregate, first, hours)
    buckets = 1 + sum(len(by) for by in wanted)  # at most so many a message
    hour = 0
    while hour < hours:
        after = _fitting(totals, hour, aggregations.MAX_BUCKETS // buckets)
        if after == hour + 1:
            within = _between(first, hour, after)
            yield several_counts(aggregate, wanted, within) if totals[hour] else _none(wanted)
        else:
            yield from _together(aggregate, wanted, first, hour, after)
        hour = after


def _totals(aggregate: Aggregate, first: int, hours: int) -> list[int]:
    """The messages of each hour."""
    totals = [0] * hours
    answer = aggregate(_between(first, 0, hours), aggregations.over_time(HOUR, first % HOUR))
    for begin, bucket in aggregations.read_intervals(answer):
        totals[(begin - first) // HOUR] = int(bucket["doc_count"])
    return totals


def _fitting(totals: Sequence[int], hour: int, most: int) -> int:
    """The hour before which the hours from this one on hold at most so many messages; at least the
    next."""
    messages, after = totals[hour], hour + 1
    while after < len(totals) and (messages := messages + totals[after]) <= most:
        after += 1
    return after


def _together(
    aggregate: Aggregate,
    wanted: Sequence[Sequence[Dimension]],
    first: int,
    hour: int,
    after: int,
) -> list[Counted]:
    inner = aggregations.several([aggregations.by_terms(names_of(by)) for by in wanted])
    asked = aggregations.over_time(HOUR, first % HOUR, inner)
    found = [_none(wanted) for _ in range(hour, after)]
    for begin, bucket in aggregations.read_intervals(
        aggregate(_between(first, hour, after), asked)
    ):
        answers = aggregations.read_several(bucket, len(wanted))
        found[(begin - first) // HOUR - hour] = tuple(
            dict(aggregations.read_terms(answer, len(by)))
            for by, answer in zip(wanted, answers, strict=True)
        )
    return found


def _none(wanted: Sequence[Sequence[Dimension]]) -> Counted:
    return tuple({} for _ in wanted)


def _between(first: int, hour: int, after: int) -> TrendFilter:
    begin, end = first + hour * HOUR, first + after * HOUR
    return TrendFilter(
        start=datetime.fromtimestamp(begin, UTC), end=datetime.fromtimestamp(end, UTC)
    )
