"""Writing into the months: bulk requests with external versions, and building a generation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from casework.errors import IndexUnavailable
from casework.storage.trend_documents import TrendDocument
from monitor.index import fields
from monitor.index.elasticsearch_client import WRITE_SECONDS, translated
from monitor.index.elasticsearch_months import About, Months
from monitor.index.elasticsearch_query import Json, made, text
from monitor.index.interface import Segment
from monitor.index.ready import Make, Ready
from monitor.index.state import Fingerprint, Reached, Refusal, latest

CHUNK, CHUNK_BYTES = 1000, 10_000_000
PART = 500
"""Documents of a build that are sent at a time."""
TRIES_AGAIN, FIRST_PAUSE, LONGEST_PAUSE = 3, 0.5, 4.0
"""The relay comes again in two seconds anyway; a build would have to begin anew sooner."""
BUSY = (429, 503)
OLDER, REFUSED, NOT_THERE = 409, 400, 404
SAID_EVERY = 10_000
"""Documents after which a build says how far it has come."""


class Writer:
    """Holds what was put until it is committed."""

    def __init__(
        self,
        client: Elasticsearch,
        months: Months,
        search_words: Segment,
        about: Callable[[], About],
    ) -> None:
        """about: what an index made now is made with."""
        self._client = client.options(request_timeout=WRITE_SECONDS)
        self._months = months
        self._search_words = search_words
        self._about = about
        self._held: dict[UUID, tuple[TrendDocument, bytes]] = {}
        self._removed: list[Fingerprint] = []
        self._fresh = True

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        """See TrendIndex.put."""
        refusals = []
        for document in latest([*(held for held, _ in self._held.values()), *documents]):
            try:
                written = text(fields.indexed(document, self._search_words))
            except (ValueError, TypeError) as error:
                refusals.append(Refusal(document.message_id, str(error)))
                continue
            self._held[document.message_id] = document, written
        return tuple(refusals)

    def remove(self, found: Sequence[Fingerprint]) -> None:
        """See TrendIndex.remove."""
        self._removed.extend(found)

    def commit(self) -> tuple[Refusal, ...]:
        """See TrendIndex.commit."""
        held, removed = self._held, self._removed
        self.drop_held()
        if not held and not removed:
            return ()
        generation = self._months.answering()
        if self._fresh:  # what a process killed before its refresh had sent is seen from here on
            self._refresh(self._months.name)
            self._months.drop_others(generation)
        places = {
            message_id: self._months.place(generation, document.received_at)
            for message_id, (document, _) in held.items()
        }
        self._months.need(places.values(), live=True)
        actions = [_delete(one.place, one.message_id, one.version) for one in removed]
        actions += self._moved(held, places)
        actions += [
            _index(places[message_id], message_id.hex, document.version, written)
            for message_id, (document, written) in held.items()
        ]
        refusals = self._send(actions)
        self._refresh(self._months.name)
        self._fresh = False
        return refusals

    def drop_held(self) -> None:
        """Forget what was put and not committed."""
        self._held, self._removed = {}, []

    def close(self) -> None:
        """See TrendIndex.close."""
        self.drop_held()
        self._fresh = True
        self._months.forget()

    @contextmanager
    def rebuilding(self) -> Iterator[Filling]:
        """See TrendIndex.rebuilding. Kept for the next try when the cluster goes away; a killed
        process leaves it behind, too."""
        self.close()
        about = self._about()
        generation = self._months.begun(about) or self._months.begin(about)
        filling = Filling(self, generation, self._months.about(generation).reached)
        try:
            yield filling
            self._refresh(f"{self._months.name}-{generation}-*")
            self._months.answer_with(generation, about)
        except IndexUnavailable:
            raise
        except BaseException:
            with suppress(IndexUnavailable):
                self._months.remove(generation)
            raise
        finally:
            self._months.forget()

    def parts(self, documents: Sequence[TrendDocument]) -> Iterator[Ready]:
        """The documents made ready, some at a time."""
        make, wanted = self.maker(), list(latest(documents))
        for start in range(0, len(wanted), PART):
            yield make(wanted[start : start + PART])

    def maker(self) -> Make:
        """See Build.make."""
        return partial(made, self._search_words, self._months.zone)

    def fill(self, generation: str, parts: Iterable[Ready]) -> tuple[Refusal, ...]:
        """Put documents into a generation that nobody reads yet. While one part is on its way the
        next is made."""
        refusals = list[Refusal]()
        sent: Future[tuple[Refusal, ...]] | None = None
        with ThreadPoolExecutor(1, "bulk") as sender:
            for ready in parts:
                actions = self._actions(generation, ready)
                if sent is not None:
                    refusals += sent.result()
                sent = sender.submit(self._send, actions)
                refusals += ready.refusals
            return (*refusals, *(sent.result() if sent is not None else ()))

    def _actions(self, generation: str, ready: Ready) -> list[Json]:
        places = {month: self._months.place_of(generation, month) for month in set(ready.months)}
        self._months.need(places.values(), live=False)
        return [
            _index(places[month], message_id, version, text)
            for message_id, version, month, text in zip(
                ready.message_ids, ready.versions, ready.months, ready.texts, strict=True
            )
        ]

    def say_reached(self, generation: str, reached: Reached) -> None:
        """Keep how far a build has come."""
        self._months.say(generation, replace(self._months.about(generation), reached=reached))

    def _refresh(self, places: str) -> None:
        with translated():
            self._client.indices.refresh(index=places)

    def _moved(
        self, held: dict[UUID, tuple[TrendDocument, bytes]], places: dict[UUID, str]
    ) -> list[Json]:
        """Deletes what lies in another month than its message says now. What is newer there stays,
        and the document that came late is forgotten."""
        if not held:
            return []
        with translated():
            found = self._client.search(
                index=self._months.name,
                query={"terms": {fields.MESSAGE_ID: [one.hex for one in held]}},
                size=2 * len(held),
                version=True,
                sort="_doc",
                allow_partial_search_results=False,
            ).body["hits"]["hits"]
        actions = []
        for hit in found:
            message_id = UUID(hit["_id"])
            if message_id not in held or hit["_index"] == places[message_id]:
                continue
            if hit["_version"] > held[message_id][0].version:
                del held[message_id]
            else:
                actions.append(_delete(hit["_index"], message_id, held[message_id][0].version))
        return actions

    def _send(self, actions: Iterable[Json]) -> tuple[Refusal, ...]:
        """Send them; the documents the cluster will never take. Raises IndexUnavailable when it
        takes something not now."""
        refusals = []
        with translated():
            for well, told in streaming_bulk(
                self._client,
                actions,
                chunk_size=CHUNK,
                max_chunk_bytes=CHUNK_BYTES,
                raise_on_error=False,
                max_retries=TRIES_AGAIN,
                initial_backoff=FIRST_PAUSE,
                max_backoff=LONGEST_PAUSE,
                retry_on_status=BUSY,
                yield_ok=False,
            ):
                [(what, answer)] = told.items()
                status = answer["status"]
                if well or status == OLDER or (what == "delete" and status == NOT_THERE):
                    continue
                reason = _reason(answer.get("error"))
                if status != REFUSED:
                    self._months.forget()
                    raise IndexUnavailable(f"Elasticsearch: {status} {reason}")
                refusals.append(Refusal(UUID(answer["_id"]), reason))
        return tuple(refusals)


class Filling:
    """A generation being filled."""

    def __init__(self, writer: Writer, generation: str, reached: Reached) -> None:
        self._writer = writer
        self._generation = generation
        self._said = reached.documents
        self.reached = reached

    @property
    def make(self) -> Make:
        """See Build.make."""
        return self._writer.maker()

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        """See Build.put."""
        last = documents[-1].message_id if documents else None
        return self._put(self._writer.parts(documents), last, len(documents))

    def put_ready(self, ready: Ready) -> tuple[Refusal, ...]:
        """See Build.put_ready."""
        return self._put((ready,), ready.last, ready.documents)

    def _put(self, parts: Iterable[Ready], last: UUID | None, count: int) -> tuple[Refusal, ...]:
        refusals = self._writer.fill(self._generation, parts)
        if last is not None:
            self.reached = Reached(last, self.reached.documents + count)
        if self.reached.documents - self._said >= SAID_EVERY:
            self._writer.say_reached(self._generation, self.reached)
            self._said = self.reached.documents
        return refusals


def _index(place: str, message_id: str, version: int, written: bytes) -> Json:
    # Equal versions replace: what is read again was not changed, or says more.
    return {
        "_op_type": "index",
        "_index": place,
        "_id": message_id,
        "version": version,
        "version_type": "external_gte",
        "_source": written,
    }


def _delete(place: str, message_id: UUID, version: int) -> Json:
    return {
        "_op_type": "delete",
        "_index": place,
        "_id": message_id.hex,
        "version": version,
        "version_type": "external_gte",
    }


def _reason(error: Any) -> str:
    """What the cluster says, without the value it quotes: that may be somebody's words."""
    if not isinstance(error, dict):
        return ""
    said = str(error.get("reason")).partition("Preview of field")[0].strip()
    return f"{error.get('type')}: {said}"[:500]
