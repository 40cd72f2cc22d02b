"""The trend index in an Elasticsearch cluster, of version 8 or 9, with what its core has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.errors import IndexUnavailable
from casework.permissions import Scope
from casework.storage.trend_documents import TrendDocument
from monitor.index import counting, fields
from monitor.index.aggregations import Aggregation
from monitor.index.alike import least_shared, telling
from monitor.index.conditions import asked_words, conditions
from monitor.index.elasticsearch_client import NO_INDEX, Cluster, Reading, open_client
from monitor.index.elasticsearch_counting import whole
from monitor.index.elasticsearch_months import About, Months, not_ours
from monitor.index.elasticsearch_query import Json, translate, word_query
from monitor.index.elasticsearch_snapshot import take_snapshot
from monitor.index.elasticsearch_walk import walk
from monitor.index.elasticsearch_writer import Writer
from monitor.index.hourly import hourly_counts
from monitor.index.interface import (
    ANYTHING,
    DictionaryVersion,
    Dimension,
    Hit,
    Interval,
    Order,
    SearchPage,
    Segment,
    Trend,
    TrendFilter,
    WordContrast,
    WordCount,
    check_page,
    version_now,
)
from monitor.index.ready import Build
from monitor.index.state import Fingerprint, Health, IndexState, Refusal, answering

SHOWN = [fields.NUMBER, fields.RECEIVED_AT]
EVERYWHERE = "dfs_query_then_fetch"
"""Relevance by how common a word is in the whole index, not in the month a message lies in."""


class ElasticsearchIndex:
    """A TrendIndex; see there for every method. Any number of processes may read; whoever holds the
    lease writes. zone: of the city, whose months the index is divided by. words, search_words,
    dictionary_version: as for the embedded index."""

    def __init__(
        self,
        cluster: Cluster,
        zone: ZoneInfo,
        words: Segment,
        search_words: Segment,
        dictionary_version: DictionaryVersion,
    ) -> None:
        """Connects to nothing yet. Raises ValueError for an address that makes no sense."""
        self._words = words
        self._dictionary_version = dictionary_version
        self._client = open_client(cluster)
        self._reading = Reading(self._client, cluster.name)
        self._months = Months(self._client, cluster.name, zone)
        self._writer = Writer(self._client, self._months, search_words, self._about)

    def _about(self) -> About:
        return About(fields.SCHEMA_VERSION, version_now(self._dictionary_version))

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        return self._writer.put(documents)

    def commit(self) -> tuple[Refusal, ...]:
        return self._writer.commit()

    def rebuilding(self) -> AbstractContextManager[Build]:
        return self._writer.rebuilding()

    def unfinished(self) -> bool:
        return bool(self._months.begun(self._about()))

    def close(self) -> None:
        self._writer.close()

    def end(self) -> None:
        self.close()
        self._client.close()

    def health(self) -> Health:
        try:
            about = self._reading.ask(lambda: self._months.about(self._months.answering()))
        except IndexUnavailable as error:
            return Health(_state(error), reason=str(error))
        now = self._about()
        if about.schema_version != now.schema_version:
            reason = "the index was built by another version of the program"
            return Health(IndexState.DAMAGED, reason=reason)
        try:
            documents = self._count({"bool": {"must_not": {"term": {fields.DELETED: fields.YES}}}})
        except IndexUnavailable as error:
            return Health(IndexState.AWAY, reason=str(error))
        return answering(documents, about.dictionary_version, now.dictionary_version)

    def message_ids(self) -> Iterator[UUID]:
        for found in self.fingerprints():
            if found.digest != fields.DELETED:
                yield found.message_id

    def fingerprints(self) -> Iterator[Fingerprint]:
        return walk(self._client, self._months.name)

    def remove(self, found: Sequence[Fingerprint]) -> None:
        self._writer.remove(found)

    def drop_before(self, day: date) -> tuple[str, ...]:
        first = f"{day:%Y-%m}"
        old = {month: place for month, place in self._months.places().items() if month < first}
        self._months.drop(old.values())
        return tuple(sorted(old))

    def snapshot(self, repository: str, folder: str, name: str) -> str:
        """Keep a snapshot of the whole index in a repository of the cluster, which is made in
        `folder` of its file system if there is none; the cluster's word for how it went.

        Raises IndexUnavailable with the cluster's reason.
        """
        return take_snapshot(self._client, self._months.name, repository, folder, name)

    def count(self, filter: TrendFilter, scope: Scope) -> int:
        return self._count(self._query(filter, scope))

    def counts(
        self, by: Sequence[Dimension], filter: TrendFilter, scope: Scope
    ) -> dict[tuple[str, ...], int]:
        return counting.counts(partial(self._aggregate, scope), by, filter)

    def several_counts(
        self, wanted: Sequence[Sequence[Dimension]], filter: TrendFilter, scope: Scope
    ) -> tuple[dict[tuple[str, ...], int], ...]:
        return counting.several_counts(partial(self._aggregate, scope), wanted, filter)

    def hourly_counts(
        self, wanted: Sequence[Sequence[Dimension]], start: datetime, hours: int, scope: Scope
    ) -> Iterator[tuple[dict[tuple[str, ...], int], ...]]:
        return hourly_counts(partial(self._aggregate, scope), wanted, start, hours)

    def series(
        self,
        by: Dimension | None,
        interval: Interval,
        from_day: date,
        to_day: date,
        zone: ZoneInfo,
        filter: TrendFilter,
        scope: Scope,
    ) -> Trend:
        aggregate = partial(self._aggregate, scope)
        return counting.series(aggregate, by, interval, from_day, to_day, zone, filter)

    def search(
        self, filter: TrendFilter, scope: Scope, offset: int, limit: int, order: Order
    ) -> SearchPage:
        check_page(offset, limit)
        by_relevance = order is Order.RELEVANCE and bool(asked_words(filter, self._words))
        by_date = {fields.PLACE_IN_TIME: "desc"}
        found = self._reading.search(
            query=self._query(filter, scope),
            from_=offset,
            size=limit,
            sort=["_score", by_date] if by_relevance else [by_date],
            search_type=EVERYWHERE if by_relevance else "query_then_fetch",
            track_total_hits=True,
            docvalue_fields=SHOWN,
        )["hits"]
        hits = tuple(_hit(hit) for hit in found["hits"])
        return SearchPage(int(found["total"]["value"]), hits)

    def top_words(self, filter: TrendFilter, scope: Scope, n: int) -> tuple[WordCount, ...]:
        return counting.top_words(partial(self._aggregate, scope), filter, n)

    def contrast_words(
        self, filter: TrendFilter, background: TrendFilter, scope: Scope, n: int
    ) -> tuple[WordContrast, ...]:
        aggregate, count = partial(self._aggregate, scope), partial(self.count, scope=scope)
        return counting.contrast_words(aggregate, count, filter, background, n)

    def similar(self, text: str, scope: Scope, n: int) -> tuple[Hit, ...]:
        within = self._query(ANYTHING, scope)
        words = telling(text, self._words, lambda asked: self._having(within, asked))
        if not words:
            return ()
        found = self._reading.search(
            query={
                "bool": {
                    "filter": [within],
                    "should": [word_query(word) for word in words],
                    "minimum_should_match": least_shared(words),
                }
            },
            size=n,
            sort=["_score", {fields.PLACE_IN_TIME: "desc"}],
            search_type=EVERYWHERE,
            track_total_hits=False,
            docvalue_fields=SHOWN,
        )["hits"]["hits"]
        return tuple(_hit(hit) for hit in found)

    def _having(self, within: Json, words: Sequence[str]) -> list[int]:
        """In how many messages each word stands."""
        searches = [
            {
                "query": {"bool": {"filter": [within, word_query(word)]}},
                "size": 0,
                "track_total_hits": True,
            }
            for word in words
        ]
        return [answer["hits"]["total"]["value"] for answer in self._reading.many(searches)]

    def _count(self, query: Json) -> int:
        found = self._reading.search(query=query, size=0, track_total_hits=True)
        return int(found["hits"]["total"]["value"])

    def _aggregate(
        self, scope: Scope, filter: TrendFilter, aggregation: Aggregation
    ) -> dict[str, Any]:
        query = self._query(filter, scope)

        def ask(asked: Aggregation) -> dict[str, Any]:
            found = self._reading.search(query=query, size=0, track_total_hits=False, aggs=asked)
            answer: dict[str, Any] = found["aggregations"]
            return answer

        return whole(ask, aggregation)

    def _query(self, filter: TrendFilter, scope: Scope) -> Json:
        return translate(conditions(scope, filter, self._words))


def _state(error: IndexUnavailable) -> IndexState:
    if str(error) == NO_INDEX:
        return IndexState.MISSING
    return IndexState.DAMAGED if not_ours(error) else IndexState.AWAY


def _hit(hit: dict[str, Any]) -> Hit:
    found = hit["fields"]
    received_at = datetime.fromtimestamp(int(found[fields.RECEIVED_AT][0]), UTC)
    number = found[fields.NUMBER][0]
    return Hit(UUID(hit["_id"]), number, received_at, float(hit["_score"] or 0.0))
