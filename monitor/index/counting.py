"""Counts, trends and telling words, made from aggregations; the same for every engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.index import aggregations, fields
from monitor.index.interface import (
    Bucket,
    Dimension,
    Interval,
    Trend,
    TrendFilter,
    WordContrast,
    WordCount,
)
from monitor.index.spans import SECONDS, Span, bucket_borders, bucket_of, spans

Aggregate = Callable[[TrendFilter, aggregations.Aggregation], dict[str, Any]]
"""Runs an aggregation over the messages of a filter, within the scope of whoever asks."""

MIN_CONTRAST_COUNT = 3
"""A word in fewer messages says nothing about them."""
OF_FEW_VALUES = (Dimension.SENTIMENT, Dimension.URGENCY, Dimension.KIND)
FEW = 100
"""More values than any of these has: the taxonomy names them."""
MAX_WORDS = 20_000
"""Words compared: far more than tell anything."""


def counts(
    aggregate: Aggregate, by: Sequence[Dimension], filter: TrendFilter
) -> dict[tuple[str, ...], int]:
    """See TrendIndex.counts."""
    names = names_of(by)
    answer = aggregate(filter, aggregations.by_terms(names))
    return dict(aggregations.read_terms(answer, len(names)))


def several_counts(
    aggregate: Aggregate, wanted: Sequence[Sequence[Dimension]], filter: TrendFilter
) -> tuple[dict[tuple[str, ...], int], ...]:
    """See TrendIndex.several_counts."""
    asked = aggregations.several([aggregations.by_terms(names_of(by)) for by in wanted])
    answers = aggregations.read_several(aggregate(filter, asked), len(wanted))
    return tuple(
        dict(aggregations.read_terms(answer, len(by)))
        for by, answer in zip(wanted, answers, strict=True)
    )


def names_of(by: Sequence[Dimension]) -> list[str]:
    """The fields of one to four dimensions. Raises ValueError for none or more."""
    if not 1 <= len(by) <= 4:
        raise ValueError("counts by one to four dimensions")
    return [fields.DIMENSION_FIELDS[dimension] for dimension in by]


def series(
    aggregate: Aggregate,
    by: Dimension | None,
    interval: Interval,
    from_day: date,
    to_day: date,
    zone: ZoneInfo,
    filter: TrendFilter,
) -> Trend:
    """See TrendIndex.series."""
    borders = bucket_borders(interval, from_day, to_day, zone)
    totals = [0] * (len(borders) - 1)
    groups: list[dict[str, int]] = [{} for _ in totals]
    most = aggregations.MAX_BUCKETS // (2 + FEW)
    if by not in OF_FEW_VALUES or len(totals) > most:
        most = _most_buckets(aggregate, by, _within(filter, borders[0], borders[-1]))
    for span in spans(borders, SECONDS[interval], most):
        for begin, total, found in _span_counts(aggregate, by, interval, span, filter):
            bucket = bucket_of(borders, max(begin, span.start))
            totals[bucket] += total
            for key, count in found.items():
                groups[bucket][key] = groups[bucket].get(key, 0) + count
    return Trend(
        interval,
        by,
        sum(totals),
        tuple(
            Bucket(datetime.fromtimestamp(border, zone), total, group)
            for border, total, group in zip(borders, totals, groups, strict=False)
        ),
    )


def _most_buckets(aggregate: Aggregate, by: Dimension | None, filter: TrendFilter) -> int:
    """How many buckets of time fit into one answer, when each may hold every group there is."""
    if by is None:
        return aggregations.MAX_BUCKETS // 2
    return aggregations.MAX_BUCKETS // (2 + len(counts(aggregate, [by], filter)))


def _span_counts(
    aggregate: Aggregate, by: Dimension | None, interval: Interval, span: Span, filter: TrendFilter
) -> list[tuple[int, int, dict[str, int]]]:
    seconds = SECONDS[interval]
    inner = None if by is None else aggregations.by_terms(names_of([by]))
    wanted = aggregations.over_time(seconds, span.start % seconds, inner)
    answer = aggregate(_within(filter, span.start, span.end), wanted)
    return list(aggregations.read_time(answer))


def _within(filter: TrendFilter, start: int, end: int) -> TrendFilter:
    begin, stop = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    return replace(
        filter,
        start=begin if filter.start is None else max(begin, filter.start),
        end=stop if filter.end is None else min(stop, filter.end),
    )


def top_words(aggregate: Aggregate, filter: TrendFilter, n: int) -> tuple[WordCount, ...]:
    """See TrendIndex.top_words."""
    # All words, not n of them: which of equally common ones an engine would leave out is chance.
    words = _keyword_counts(aggregate, filter)
    ranked = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    return tuple(WordCount(word, count) for word, count in ranked[:n])


def contrast_words(
    aggregate: Aggregate,
    count: Callable[[TrendFilter], int],
    filter: TrendFilter,
    background: TrendFilter,
    n: int,
) -> tuple[WordContrast, ...]:
    """Words by how far their share exceeds the background's: a common word a little more common
    must not hide a rare word that is suddenly everywhere, nor may a word of three messages come
    first because it was never seen before."""
    found = _keyword_counts(aggregate, filter)
    behind = _keyword_counts(aggregate, background)
    total, behind_total = count(filter), count(background)
    # A word that the engine cut off is at most as common as the last one it gave.
    rest = min(behind.values()) if len(behind) >= MAX_WORDS else 0
    contrasts = [
        _contrast(word, n_found, total, behind.get(word, rest), behind_total)
        for word, n_found in found.items()
        if n_found >= MIN_CONTRAST_COUNT
    ]
    telling = [contrast for contrast in contrasts if contrast.lift > 1]
    telling.sort(key=lambda contrast: (-contrast.share * (1 - 1 / contrast.lift), contrast.word))
    return tuple(telling[:n])


def _keyword_counts(aggregate: Aggregate, filter: TrendFilter) -> dict[str, int]:
    answer = aggregate(filter, aggregations.by_terms([fields.KEYWORDS], size=MAX_WORDS))
    return {key[0]: count for key, count in aggregations.read_terms(answer)}


def _contrast(word: str, count: int, total: int, behind: int, behind_total: int) -> WordContrast:
    share = count / total
    return WordContrast(
        word,
        count,
        share,
        behind,
        behind / behind_total if behind_total else 0.0,
        share * (behind_total + 1) / (behind + 1),
    )
