"""The watch over topics people named: tried on what has come before it is saved, then looked at every
turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.alert_levels import severity_of
from casework.errors import NotAllowed
from casework.events import OFFICE_CHAIN, EventName
from casework.permissions import Action, Person
from casework.storage import audit
from casework.storage import watched_topics as kept
from casework.storage.alert_care import load_levels
from casework.storage.alerts import AlertId, Measured, NewAlert, alerts_between
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument, read_documents
from casework.watched_topics import LONGEST_HOURS, WatchedTopic
from monitor.evidence import MESSAGES, gather
from monitor.findings import Finding, Rule
from monitor.index.interface import Order, TrendFilter, TrendIndex
from monitor.matching import check, matches
from monitor.raising import COOL_DOWN, record_alerts
from monitor.tallies import ALERT_SCOPE, CITY

WATCHED = "watched"
HISTORY = timedelta(days=90)
MOST_READ = 2_000
"""Messages read to try a topic, the latest of those that have its words."""
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Fired:
    """When it would have told, of how many messages by then, and which."""

    at: datetime
    count: int
    messages: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """found: messages that have its words; matching: of these, those that belong to the topic.
    read: how many were looked at, the latest. examples: of what belongs to it, the latest first."""

    found: int
    read: int
    matching: int
    fired: tuple[Fired, ...]
    examples: tuple[UUID, ...]


def try_topic(records: Records, index: TrendIndex, topic: WatchedTopic, now: datetime) -> Trial:
    """What the topic would have told of in the last three months. Raises Rejected, IndexUnavailable."""
    check(topic)
    span = TrendFilter(start=now - HISTORY, end=now, words=topic.words)
    found = index.count(span, ALERT_SCOPE)
    read, mine = _matching(records, index, topic, span)
    return Trial(
        found,
        read,
        len(mine),
        _fired(topic, mine),
        tuple(one.message_id for one in mine[::-1][:SHOWN]),
    )


def save_topic(records: Records, topic: WatchedTopic, person: Person, now: datetime) -> None:
    """Watch a topic. Raises Rejected, and Conflict("duplicate") for a name that is taken."""
    _allow(person)
    check(topic)
    with records.write() as work:
        kept.add_topic(work, topic, person.username, now)
        told = f"{topic.name}: {topic.words} ≥{topic.minimum}/{topic.hours}h"
        audit.append(work, OFFICE_CHAIN, EventName.TOPIC_WATCHED, person.username, now, told)
        work.commit()


def forget_topic(records: Records, name: str, person: Person, now: datetime) -> None:
    """Watch it no more. Raises NotFound."""
    _allow(person)
    with records.write() as work:
        kept.remove_topic(work, name)
        audit.append(work, OFFICE_CHAIN, EventName.TOPIC_FORGOTTEN, person.username, now, name)
        work.commit()


def watch_topics(
    records: Records, index: TrendIndex, zone: ZoneInfo, now: datetime
) -> tuple[AlertId, ...]:
    """Look at every watched topic; the alerts newly raised, one an episode. Raises IndexUnavailable."""
    with records.read() as work:
        topics = kept.watched_topics(work, now)
        levels = load_levels(work)
        recent = alerts_between(work, now - timedelta(hours=LONGEST_HOURS) - COOL_DOWN, now)
    new = []
    for topic in topics:
        if any(one.rule == topic.rule and _going_on(topic, one.raised_at, now) for one in recent):
            continue
        span = TrendFilter(start=now - topic.length, end=now, words=topic.words)
        if index.count(span, ALERT_SCOPE) < topic.minimum:
            continue  # nothing need be read
        _, mine = _matching(records, index, topic, span)
        if len(mine) < topic.minimum:
            continue
        count, since = len(mine), now - topic.length
        rule = Rule(topic.rule, WATCHED, topic.length, topic.minimum)
        finding = Finding(
            rule, CITY, count, 0.0, topic.minimum - 1, count, 0.0, count, 0, topic.words
        )
        detail = replace(
            gather(records, index, zone, finding, now, since),
            messages=tuple(one.message_id for one in mine[-MESSAGES:]),
        )
        severity = severity_of(count, levels)
        measured = Measured(severity, count, 0.0, topic.minimum - 1, mine[-1].received_at, detail)
        key = f"{topic.rule}|{since.isoformat()}"
        new.append(NewAlert(key, topic.rule, WATCHED, (), "", since, measured, word=topic.words))
    return record_alerts(records, new, now, zone)


def _going_on(topic: WatchedTopic, raised_at: datetime, now: datetime) -> bool:
    return raised_at > now - max(topic.length, COOL_DOWN)


def _matching(
    records: Records, index: TrendIndex, topic: WatchedTopic, span: TrendFilter
) -> tuple[int, list[TrendDocument]]:
    """How many were read, and those that belong to it, the earliest first."""
    page = index.search(span, ALERT_SCOPE, 0, MOST_READ, Order.DATE)
    with records.read() as work:
        documents = read_documents(work, (hit.message_id for hit in page.hits))
    mine = [
        one for one in documents if not one.deleted and matches(topic, f"{one.subject}\n{one.body}")
    ]
    return len(page.hits), sorted(mine, key=lambda one: one.received_at)


def _fired(topic: WatchedTopic, mine: Sequence[TrendDocument]) -> tuple[Fired, ...]:
    found: list[Fired] = []
    for place, one in enumerate(mine):
        window = [
            other
            for other in mine[max(0, place + 1 - topic.minimum) : place + 1]
            if other.received_at > one.received_at - topic.length
        ]
        again = found and _going_on(topic, found[-1].at, one.received_at)
        if len(window) >= topic.minimum and not again:
            ids = tuple(other.message_id for other in window[-SHOWN:])
            found.append(Fired(one.received_at, len(window), ids))
    return tuple(found)


def _allow(person: Person) -> None:
    if not person.may(Action.JUDGE_ALERTS):
        raise NotAllowed("not_allowed")
