"""Lists of mentions: public posts, how often each was seen, and what became of it.

A mention is public and belongs to nobody: whoever may sort mentions or read trends may read all of
them. Authors are masked all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from casework.errors import NotFound
from casework.judgement import TopicPath
from casework.storage.contacts import mask_name
from casework.storage.judgements import SEPARATOR, split_topic
from casework.storage.mentions import MentionState
from casework.storage.queries.paged import Paged
from casework.storage.queries.ticket_lines import title_of
from casework.storage.records import Work
from casework.storage.tables import (
    JudgementRow,
    MentionPlaceRow,
    MentionRow,
    MessageRow,
    TicketRow,
)

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class MentionFilter:
    """What a list shows; an empty field does not narrow it. source: one it was seen at.
    topic: the beginning of a path. state: None for every state."""

    source: str = ""
    topic: str = ""
    sentiment: str = ""
    state: MentionState | None = MentionState.OPEN


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """Where a mention was seen; author masked."""

    source: str
    url: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MentionLine:
    """One mention. body: personal details masked. number: of its ticket, or "". forwards: how many
    posts pass it on. original: title of the post it passes on, or ""."""

    id: UUID
    version: int
    state: MentionState
    title: str
    subject: str
    body: str
    channel: str
    kind: str
    topic: TopicPath
    sentiment: str
    urgency: str
    received_at: datetime
    last_seen_at: datetime
    places: tuple[SeenPlace, ...]
    number: str
    forwards: int
    original: str
    reason: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class MentionPage(Paged):
    """One page of a list. number: counts from 1."""

    lines: tuple[MentionLine, ...]
    number: int
    total: int
    size: ClassVar[int] = PAGE_SIZE


def list_mentions(
    work: Work, wanted: MentionFilter, page: int = 1, most_seen_first: bool = False
) -> MentionPage:
    """One page, the latest seen first, or those seen at the most places."""
    conditions = _matching(wanted)
    total = work.session.scalar(_joined(select(func.count()), conditions)) or 0
    page = min(max(1, page), max(1, -(-total // PAGE_SIZE)))
    latest = (MentionRow.last_seen_at.desc(), MentionRow.message_id.desc())
    order = (MentionRow.places.desc(), *latest) if most_seen_first else latest
    ids = work.session.scalars(
        _joined(select(MentionRow.message_id), conditions)
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return MentionPage(mention_lines(work, ids), page, total)


def count_mentions(work: Work, wanted: MentionFilter) -> dict[MentionState, int]:
    """How many of the filter's mentions are in each state; the filter's own is ignored."""
    conditions = _matching(MentionFilter(wanted.source, wanted.topic, wanted.sentiment, None))
    rows = work.session.execute(
        _joined(select(MentionRow.state, func.count()), conditions).group_by(MentionRow.state)
    )
    found = {MentionState(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in MentionState}


def mention_lines(work: Work, ids: Sequence[UUID]) -> tuple[MentionLine, ...]:
    """The mentions among these messages, in this order."""
    original = aliased(MessageRow)
    numbers = select(TicketRow.number).where(TicketRow.message_id == MentionRow.message_id)
    other = aliased(MentionRow)
    forwards = select(func.count()).where(other.forward_of == MentionRow.message_id)
    rows = work.session.execute(
        select(
            MentionRow,
            numbers.scalar_subquery(),
            forwards.scalar_subquery(),
            original.shown_subject,
            original.shown_body,
        )
        .join(MessageRow, MessageRow.id == MentionRow.message_id)
        .outerjoin(original, original.id == MentionRow.forward_of)
        .options(
            joinedload(MentionRow.message).joinedload(MessageRow.judgement),
            selectinload(MentionRow.seen),
        )
        .where(MentionRow.message_id.in_(ids), MessageRow.deleted_at.is_(None))
    )
    found = {
        row.message_id: _line(row, number, count, title_of(subject, body) if body else "")
        for row, number, count, subject, body in rows
    }
    return tuple(found[key] for key in ids if key in found)


def mention(work: Work, message_id: UUID) -> MentionLine:
    """One mention. Raises NotFound."""
    for line in mention_lines(work, [message_id]):
        return line
    raise NotFound("mention", str(message_id))


def _joined(
    statement: Select[*tuple[Any, ...]], conditions: list[ColumnElement[bool]]
) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(MentionRow)
        .join(MessageRow, MessageRow.id == MentionRow.message_id)
        .join(JudgementRow, JudgementRow.message_id == MentionRow.message_id)
        .where(*conditions)
    )


def _matching(wanted: MentionFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [MessageRow.deleted_at.is_(None)]
    if wanted.state is not None:
        conditions.append(MentionRow.state == wanted.state)
    if wanted.sentiment:
        conditions.append(JudgementRow.sentiment == wanted.sentiment)
    if wanted.topic:
        below = JudgementRow.topic.startswith(wanted.topic + SEPARATOR, autoescape=True)
        conditions.append(or_(JudgementRow.topic == wanted.topic, below))
    if wanted.source:
        seen = select(MentionPlaceRow.id).where(
            and_(
                MentionPlaceRow.message_id == MentionRow.message_id,
                MentionPlaceRow.source == wanted.source,
            )
        )
        conditions.append(seen.exists())
    return conditions


def _line(row: MentionRow, number: str | None, forwards: int, original: str) -> MentionLine:
    message, judgement = row.message, row.message.judgement
    return MentionLine(
        id=row.message_id,
        version=row.version,
        state=MentionState(row.state),
        title=title_of(message.shown_subject, message.shown_body),
        subject=message.shown_subject,
        body=message.shown_body,
        channel=message.channel,
        kind=judgement.kind,
        topic=split_topic(judgement.topic),
        sentiment=judgement.sentiment,
        urgency=judgement.urgency,
        received_at=message.received_at,
        last_seen_at=row.last_seen_at,
        places=tuple(
            SeenPlace(place.source, place.url, mask_name(place.author or ""), place.seen_at)
            for place in row.seen
        ),
        number=number or "",
        forwards=forwards,
        original=original,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
