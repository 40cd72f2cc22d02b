"""What a filter and a scope demand, as data. Each engine translates these in one function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.judgement import TopicPath
from casework.permissions import Scope
from casework.storage.judgements import join_topic
from casework.storage.trend_documents import MENTION
from casework.taxonomy import UNKNOWN
from monitor.index import fields
from monitor.index.interface import Origin, Segment, TrendFilter


@dataclass(frozen=True, slots=True)
class Is:
    """The field has this value, perhaps among others."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """At least one of these holds."""

    conditions: tuple[Is, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """The field has none of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """start <= received_at < end, by whole seconds; None: open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Nothing:
    """No message at all."""


Condition = Is | OneOf | NoneOf | Received | Nothing
"""Conditions stand in tuples; all of a tuple must hold."""


def conditions(scope: Scope, filter: TrendFilter, words: Segment) -> tuple[Condition, ...]:
    """What a message must be to be found, counted or likened: every query of every engine begins
    here. Within the scope of whoever asks, wanted by the filter, and no tombstone."""
    gone = NoneOf(fields.DELETED, (fields.YES,))
    return (gone, *scope_conditions(scope), *filter_conditions(filter, words))


def scope_conditions(scope: Scope) -> tuple[Condition, ...]:
    """What `permissions.covers` says of one ticket, for the index."""
    if scope.nothing:
        return (Nothing(),)
    found: list[Condition] = []
    units = (
        (fields.DEPARTMENT_ABOVE, scope.lead_under),
        (fields.ASKED_ABOVE, scope.asked_under),
    )
    holds = tuple(Is(field, code) for field, code in units if code)
    if holds:
        found.append(holds[0] if len(holds) == 1 else OneOf(holds))
    if not scope.unscreened_reports:
        found.append(NoneOf(fields.UNSCREENED_REPORT, (fields.YES,)))
    if scope.not_accused:
        found.append(NoneOf(fields.ACCUSED, tuple(sorted(scope.not_accused))))
    return tuple(found)


def filter_conditions(filter: TrendFilter, words: Segment) -> tuple[Condition, ...]:
    """What a filter demands, its words included: a word that is searched for must occur."""
    equal = (
        _topic(filter.topic),
        (fields.DEPARTMENT_ABOVE, filter.department),
        (fields.DISTRICT, filter.district),
        (fields.CHANNEL, filter.channel),
        (fields.KIND, filter.kind),
        (fields.SENTIMENT, filter.sentiment),
        (fields.URGENCY, filter.urgency),
    )
    found: list[Condition] = [Is(field, value) for field, value in equal if value]
    if filter.origin is Origin.MENTION:
        found.append(Is(fields.STATE, MENTION))
    elif filter.origin is Origin.MESSAGE:
        found.append(NoneOf(fields.STATE, (MENTION,)))
    if filter.start is not None or filter.end is not None:
        found.append(Received(_whole(filter.start), _whole(filter.end)))
    found.extend(Is(fields.WORDS, word) for word in asked_words(filter, words))
    return tuple(found)


def asked_words(filter: TrendFilter, words: Segment) -> tuple[str, ...]:
    """The words a filter searches for, as they stand in the index."""
    return tuple(dict.fromkeys(fields.spaced(words(filter.words)))) if filter.words else ()


def _topic(path: TopicPath) -> tuple[str, str]:
    """Messages without a value for the last level are asked for by UNKNOWN as that level."""
    if not path:
        return fields.TOPIC_LEVELS[0], ""
    value = UNKNOWN if path == (UNKNOWN,) else join_topic(path)
    return fields.TOPIC_LEVELS[min(len(path), 3) - 1], value


def _whole(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(microsecond=0)
