"""The trend index: what may be asked of it and what it answers, whatever the engine.

Times are aware. Messages are placed in time by whole seconds: fractions of a second are cut off,
in documents and in the bounds of a filter alike, so that ranges that touch never count a message
twice or lose it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.judgement import TopicPath
from casework.permissions import Scope
from casework.storage.trend_documents import TrendDocument
from monitor.index.ready import Build
from monitor.index.state import Fingerprint, Health, Refusal

Segment = Callable[[str], list[str]]
"""Splits Chinese text into words."""

DictionaryVersion = str | Callable[[], str]
"""The name of the dictionary that splits; or what tells it, where words are added meanwhile."""


def version_now(version: DictionaryVersion) -> str:
    """The name of the dictionary at this moment."""
    return version if isinstance(version, str) else version()


class Dimension(StrEnum):
    """What messages are counted by. TOPIC: first level; LEAF_TOPIC: the first two levels joined by
    "/"; DEPARTMENT: the lead unit. A message without a value counts under taxonomy.UNKNOWN."""

    TOPIC = "topic"
    LEAF_TOPIC = "leaf_topic"
    DEPARTMENT = "department"
    DISTRICT = "district"
    CHANNEL = "channel"
    KIND = "kind"
    SENTIMENT = "sentiment"
    URGENCY = "urgency"


class Origin(StrEnum):
    """MESSAGE: written to the city, or made a ticket. MENTION: a public post and no more."""

    MESSAGE = "message"
    MENTION = "mention"


class Interval(StrEnum):
    HOUR = "hour"
    DAY = "day"


class Order(StrEnum):
    """RELEVANCE falls back to date when no words are asked for; DATE: newest first."""

    RELEVANCE = "relevance"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class TrendFilter:
    """Which messages; every field that is set must hold. Empty means any.

    start, end: instants of received_at, end exclusive. topic: one to three levels, everything
    below included. department: the lead unit is this one or below it. A value of taxonomy.UNKNOWN
    asks for messages that have none. words: Chinese text; all its words must occur.
    """

    start: datetime | None = None
    end: datetime | None = None
    topic: TopicPath = ()
    department: str = ""
    district: str = ""
    channel: str = ""
    kind: str = ""
    sentiment: str = ""
    urgency: str = ""
    words: str = ""
    origin: Origin | None = None


ANYTHING = TrendFilter()


@dataclass(frozen=True, slots=True)
class Bucket:
    """start: in the city's zone. The counts of `groups` sum to total."""

    start: datetime
    total: int
    groups: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trend:
    """Counts over time; every bucket of the range is there, also an empty one."""

    interval: Interval
    by: Dimension | None
    total: int
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One message found. score: relevance, comparable within one answer only; 0 by date."""

    message_id: UUID
    number: str
    received_at: datetime
    score: float


@dataclass(frozen=True, slots=True)
class SearchPage:
    """total: of all hits, not of this page."""

    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class WordCount:
    """A keyword and the number of messages that have it."""

    word: str
    count: int


@dataclass(frozen=True, slots=True)
class WordContrast:
    """A keyword and how much more common it is than in the background.

    count, share: messages that have it, and their part of all; in the background likewise.
    lift: share over background share, the latter as if the word stood once more than it does.
    """

    word: str
    count: int
    share: float
    background_count: int
    background_share: float
    lift: float


MAX_DEPTH = 10_000
"""How far a search may be paged; Elasticsearch's default is the same (index.max_result_window)."""


def check_page(offset: int, limit: int) -> None:
    """Raises ValueError for a page that lies too deep."""
    if offset < 0 or limit < 1 or offset + limit > MAX_DEPTH:
        raise ValueError(f"a search is paged up to {MAX_DEPTH} hits")


class TrendIndex(Protocol):
    """Search and counts over messages. Nothing is true only here; it can be rebuilt at any time.

    Every method that reads takes the scope of whoever asks and shows, counts and ranks nothing
    beyond it. Every method but `health` raises IndexUnavailable when the index cannot answer.
    """

    def put(self, documents: Sequence[TrendDocument]) -> tuple[Refusal, ...]:
        """Add or replace documents; a tombstone removes; one older than what is there is left out.
        Seen by readers after `commit`.

        Raises IndexHeld when another process is writing. The documents refused come back.
        """
        ...

    def commit(self) -> tuple[Refusal, ...]:
        """Make everything put so far permanent and visible, in one step. What the engine refuses
        only now comes back."""
        ...

    def rebuilding(self) -> AbstractContextManager[Build]:
        """A fresh index to fill. Leaving normally puts it in place of the old one, which answers
        until then; leaving by an exception drops it. An engine may keep what a killed process or
        an index gone away left behind, and go on from there."""
        ...

    def unfinished(self) -> bool:
        """Whether a build was left behind that has to be ended before anything is put: what is put
        into the old index meanwhile would be missing in the fresh one."""
        ...

    def close(self) -> None:
        """Stop writing and let others write; what was not committed is dropped. May be used
        again."""
        ...

    def end(self) -> None:
        """Close, and give connections back; not to be used any more."""
        ...

    def health(self) -> Health:
        """How the index is; never raises."""
        ...

    def message_ids(self) -> Iterator[UUID]:
        """The messages in the index, in no order; for checks against the records."""
        ...

    def fingerprints(self) -> Iterator[Fingerprint]:
        """Every document, tombstones included, in the order of message ids; for checks against the
        records. As it was when the first was asked for."""
        ...

    def remove(self, found: Sequence[Fingerprint]) -> None:
        """Take these documents out of the places they lie in. Seen by readers after `commit`."""
        ...

    def drop_before(self, day: date) -> tuple[str, ...]:
        """Drop the months of the city that end before `day`; their names, YYYY-MM. An engine that
        is not divided by months drops none: what is too old is left out of its next build."""
        ...

    def count(self, filter: TrendFilter, scope: Scope) -> int:
        """How many messages."""
        ...

    def counts(
        self, by: Sequence[Dimension], filter: TrendFilter, scope: Scope
    ) -> dict[tuple[str, ...], int]:
        """Messages by the combination of up to four dimensions; combinations without any are
        left out. The counts sum to `count`."""
        ...

    def several_counts(
        self, wanted: Sequence[Sequence[Dimension]], filter: TrendFilter, scope: Scope
    ) -> tuple[dict[tuple[str, ...], int], ...]:
        """As `counts`, several of the same messages, which are walked through once."""
        ...

    def hourly_counts(
        self, wanted: Sequence[Sequence[Dimension]], start: datetime, hours: int, scope: Scope
    ) -> Iterator[tuple[dict[tuple[str, ...], int], ...]]:
        """What `several_counts` says of each of so many hours from `start`, a whole second, on."""
        ...

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
        """Counts over time between two days of the city, both included, whole days and whole
        hours by the city's clock. The range may be long; the filter's own bounds also hold."""
        ...

    def search(
        self, filter: TrendFilter, scope: Scope, offset: int, limit: int, order: Order
    ) -> SearchPage:
        """The messages of a filter, a page at a time (offset + limit at most 10,000)."""
        ...

    def top_words(self, filter: TrendFilter, scope: Scope, n: int) -> tuple[WordCount, ...]:
        """The n keywords most messages have, most common first, equal ones by word."""
        ...

    def contrast_words(
        self, filter: TrendFilter, background: TrendFilter, scope: Scope, n: int
    ) -> tuple[WordContrast, ...]:
        """The n keywords that set the messages of `filter` apart from those of `background`."""
        ...

    def similar(self, text: str, scope: Scope, n: int) -> tuple[Hit, ...]:
        """The n messages whose words are most like the text's, best first."""
        ...
