"""Aggregations in Elasticsearch's JSON, the only place that writes it.

Embedded Tantivy takes the same JSON for a subset, and both must answer alike. Allowed are
date_histogram with fixed_interval and offset, terms, and terms within either. Never time_zone
(Tantivy accepts and ignores it), calendar_interval, filter, missing or format: zones are offsets,
filters are queries, missing values are indexed as UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from monitor.index import fields

MAX_BUCKETS = 65_000
"""What both engines allow in one answer; Elasticsearch's default is 65,535 (search.max_buckets)."""
MAX_KEYS = 5_000
"""More distinct values than any dimension has; the engines would cut off silently beyond it."""

Aggregation = dict[str, Any]


def by_terms(names: Sequence[str], size: int = MAX_KEYS) -> Aggregation:
    """Counts by the values of one field, within them by the next, and so on."""
    inner = by_terms(names[1:], size) if len(names) > 1 else {}
    grouped: Aggregation = {
        "groups": {"terms": {"field": names[0], "size": size, "order": {"_count": "desc"}}}
    }
    if inner:
        grouped["groups"]["aggs"] = inner
    return grouped


def several(asked: Sequence[Aggregation]) -> Aggregation:
    """Several answers to `by_terms` from one walk."""
    return {f"{name}_{n}": one for n, part in enumerate(asked) for name, one in part.items()}


def read_several(answer: Aggregation, many: int) -> tuple[Aggregation, ...]:
    """The answers to each of `several`."""
    return tuple({"groups": answer[f"groups_{n}"]} for n in range(many))


def over_time(seconds: int, offset: int, inner: Aggregation | None = None) -> Aggregation:
    """Counts by intervals of `seconds`, which begin `offset` seconds after a multiple of it since
    the epoch; within each those of `by_terms` or `several`. Empty intervals are left out."""
    histogram: Aggregation = {
        "time": {
            "date_histogram": {
                "field": fields.RECEIVED_AT,
                "fixed_interval": f"{seconds}s",
                "offset": f"{offset}s",
                "min_doc_count": 1,
            }
        }
    }
    if inner is not None:
        histogram["time"]["aggs"] = inner
    return histogram


def read_terms(answer: Aggregation, depth: int = 1) -> Iterator[tuple[tuple[str, ...], int]]:
    """(values, count) of an answer to `by_terms` with `depth` fields."""
    for bucket in answer["groups"]["buckets"]:
        key = str(bucket["key"])
        if depth == 1:
            yield (key,), int(bucket["doc_count"])
        else:
            for rest, count in read_terms(bucket, depth - 1):
                yield (key, *rest), count


def read_time(answer: Aggregation) -> Iterator[tuple[int, int, dict[str, int]]]:
    """(begin in seconds since the epoch, count, counts by value) of an answer to `over_time`, within
    which one field was counted or none."""
    for begin, bucket in read_intervals(answer):
        groups = {key[0]: n for key, n in read_terms(bucket)} if "groups" in bucket else {}
        yield begin, int(bucket["doc_count"]), groups


def read_intervals(answer: Aggregation) -> Iterator[tuple[int, Aggregation]]:
    """(begin in seconds since the epoch, its bucket) of an answer to `over_time`.

    Keys are milliseconds; Tantivy gives them as floats.
    """
    for bucket in answer["time"]["buckets"]:
        yield round(float(bucket["key"])) // 1000, bucket
