"""The trend index in a folder of this machine, with Tantivy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tantivy import Occur, Query, Searcher
from tantivy import Order as Direction

from casework.permissions import Scope
from casework.storage.trend_documents import TrendDocument
from monitor.index import counting, fields
from monitor.index.aggregations import Aggregation
from monitor.index.alike import least_shared, telling
from monitor.index.conditions import asked_words, conditions
from monitor.index.embedded_errors import translated
from monitor.index.embedded_query import schema, translate, word_query
from monitor.index.embedded_reader import EmbeddedReader
from monitor.index.embedded_writer import EmbeddedWriter
from monitor.index.hourly import hourly_counts
from monitor.index.index_folder import About, IndexFolder
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
from monitor.index.state import Fingerprint, Health, Refusal


class EmbeddedIndex:
    """A TrendIndex; see there for every method. Any number of processes may read; one writes.

    words splits what is searched for, search_words what is indexed (it also gives the parts of
    compound words); dictionary_version names the dictionary both cut with at the moment.
    """

    def __init__(
        self,
        folder: Path,
        words: Segment,
        search_words: Segment,
        dictionary_version: DictionaryVersion,
    ) -> None:
        self._words = words
        self._dictionary_version = dictionary_version
        self._schema = schema()
        generations = IndexFolder(folder)
        self._reader = EmbeddedReader(generations)
        self._writer = EmbeddedWriter(
            generations,
            self._reader,
            search_words,
            lambda: About(fields.SCHEMA_VERSION, version_now(dictionary_version)),
        )

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        return self._writer.put(documents)

    def commit(self) -> tuple[Refusal, ...]:
        self._writer.commit()
        return ()

    def unfinished(self) -> bool:
        return self._writer.unfinished()

    def rebuilding(self) -> AbstractContextManager[Build]:
        return self._writer.rebuilding()

    def close(self) -> None:
        self._writer.close()

    def end(self) -> None:
        self.close()

    def health(self) -> Health:
        return self._reader.health(version_now(self._dictionary_version))

    def message_ids(self) -> Iterator[UUID]:
        for found in self.fingerprints():
            if found.digest != fields.DELETED:
                yield found.message_id

    def fingerprints(self) -> Iterator[Fingerprint]:
        with translated():
            searcher = self._reader.searcher()
            hits = searcher.search(Query.all_query(), max(1, searcher.num_docs), count=False).hits
            found = sorted((_fingerprint(searcher, hit[1]) for hit in hits), key=_by_id)
        yield from found

    def remove(self, found: Sequence[Fingerprint]) -> None:
        self._writer.remove(found)

    def drop_before(self, day: date) -> tuple[str, ...]:
        return ()

    def count(self, filter: TrendFilter, scope: Scope) -> int:
        query = self._query(filter, scope)
        with translated():
            found: Any = self._reader.searcher().search(query, 1)
            return int(found.count)

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
        by_relevance = order is Order.RELEVANCE and asked_words(filter, self._words)
        query = self._query(filter, scope)
        with translated():
            searcher = self._reader.searcher()
            found: Any = searcher.search(  # its count is missing from Tantivy's type stubs
                query,
                limit,
                offset=offset,
                order_by_field=None if by_relevance else fields.PLACE_IN_TIME,
                order=Direction.Desc,
            )
            hits = tuple(
                _hit(searcher, address, score if by_relevance else 0.0)
                for score, address in found.hits
            )
            return SearchPage(found.count, hits)

    def top_words(self, filter: TrendFilter, scope: Scope, n: int) -> tuple[WordCount, ...]:
        return counting.top_words(partial(self._aggregate, scope), filter, n)

    def contrast_words(
        self, filter: TrendFilter, background: TrendFilter, scope: Scope, n: int
    ) -> tuple[WordContrast, ...]:
        aggregate, count = partial(self._aggregate, scope), partial(self.count, scope=scope)
        return counting.contrast_words(aggregate, count, filter, background, n)

    def similar(self, text: str, scope: Scope, n: int) -> tuple[Hit, ...]:
        with translated():
            searcher = self._reader.searcher()
            within = self._query(ANYTHING, scope)
            words = telling(text, self._words, lambda asked: self._having(searcher, within, asked))
            if not words:
                return ()
            shared = Query.boolean_query(
                [(Occur.Should, word_query(word, self._schema)) for word in words],
                minimum_number_should_match=least_shared(words),
            )
            query = Query.boolean_query([(Occur.Must, within), (Occur.Must, shared)])
            found = searcher.search(query, n, count=False)
            return tuple(_hit(searcher, address, score) for score, address in found.hits)

    def _having(self, searcher: Searcher, within: Query, words: Sequence[str]) -> list[int]:
        """In how many messages each word stands."""
        found: list[Any] = [
            searcher.search(
                Query.boolean_query(
                    [(Occur.Must, within), (Occur.Must, word_query(word, self._schema))]
                ),
                1,
            )
            for word in words
        ]
        return [one.count for one in found]

    def _aggregate(
        self, scope: Scope, filter: TrendFilter, aggregation: Aggregation
    ) -> dict[str, Any]:
        query = self._query(filter, scope)
        with translated():
            answer: dict[str, Any] = self._reader.searcher().aggregate(query, aggregation)
        return answer

    def _query(self, filter: TrendFilter, scope: Scope) -> Query:
        return translate(conditions(scope, filter, self._words), self._schema)


def _hit(searcher: Searcher, address: Any, score: float) -> Hit:
    stored = searcher.doc(address)
    return Hit(
        UUID(stored[fields.MESSAGE_ID][0]),
        stored[fields.NUMBER][0],
        stored[fields.RECEIVED_AT][0],
        float(score),
    )


def _fingerprint(searcher: Searcher, address: Any) -> Fingerprint:
    stored = searcher.doc(address)
    return Fingerprint(
        UUID(stored[fields.MESSAGE_ID][0]),
        stored[fields.RECEIVED_AT][0],
        stored[fields.VERSION][0],
        stored[fields.DIGEST][0],
        place="",
    )


def _by_id(found: Fingerprint) -> UUID:
    return found.message_id
