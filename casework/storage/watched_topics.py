"""Watched topics in the record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.errors import NotFound
from casework.storage.records import Work
from casework.storage.tables import WatchedTopicRow
from casework.watched_topics import WatchedTopic


def add_topic(work: Work, topic: WatchedTopic, by: str, now: datetime) -> None:
    """Watch a topic; of a name that is taken the commit fails with Conflict("duplicate")."""
    work.session.add(
        WatchedTopicRow(
            id=uuid7(),
            name=topic.name,
            must=list(topic.must),
            context=list(topic.context),
            exclude=list(topic.exclude),
            near=list(topic.near),
            within=topic.within,
            pattern=topic.pattern,
            minimum=topic.minimum,
            hours=topic.hours,
            made_by=by,
            made_at=now,
        )
    )
    work.session.flush()


def watched_topics(work: Work, now: datetime) -> tuple[WatchedTopic, ...]:
    """What was being watched at a time, by name."""
    rows = work.session.scalars(
        select(WatchedTopicRow).where(WatchedTopicRow.made_at <= now).order_by(WatchedTopicRow.name)
    )
    return tuple(
        WatchedTopic(
            row.name,
            tuple(row.must),
            tuple(row.context),
            tuple(row.exclude),
            tuple(row.near),
            row.within,
            row.pattern,
            row.minimum,
            row.hours,
        )
        for row in rows
    )


def remove_topic(work: Work, name: str) -> None:
    """Watch it no more; its alerts stay. Raises NotFound."""
    row = work.session.scalar(select(WatchedTopicRow).where(WatchedTopicRow.name == name))
    if row is None:
        raise NotFound("watched topic", name)
    work.session.delete(row)
    work.session.flush()
