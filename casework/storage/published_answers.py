"""Publishing an answer: with the citizen's consent, read by a person, personal details masked.

Never of a 举报, never of a message whose sender asked for confidence, never without an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, or_, select
from uuid_utils.compat import uuid7

from casework.errors import NotFound, Rejected
from casework.events import EventName
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.acts import begin, finish
from casework.storage.judgements import SEPARATOR, split_topic
from casework.storage.records import Records, Work
from casework.storage.tables import MessageRow, PublishedAnswerRow, TicketRow
from casework.taxonomy import REPORT

PAGE_SIZE = 20
TITLE = 60


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """What everybody may read. department, district: codes or ""."""

    id: UUID
    kind: str
    topic: tuple[str, ...]
    district: str
    department: str
    title: str
    question: str
    answer: str
    received_at: datetime
    answered_at: datetime
    published_at: datetime


@dataclass(frozen=True, slots=True)
class AnswersWanted:
    """topic: the beginning of a path, levels joined by "/"; empty fields do not narrow. words: some of them
    must occur; answers in which more of them do come first."""

    topic: str = ""
    district: str = ""
    since: datetime | None = None
    words: tuple[str, ...] = ()


def may_be_published(ticket: TicketRow) -> bool:
    """Whether the rules allow it; a person still has to decide."""
    message = ticket.message
    return (
        message.publishable
        and not message.confidential
        and message.deleted_at is None
        and ticket.kind != REPORT
        and bool(ticket.replies)
    )


def agreed_to(work: Work) -> tuple[TicketRow, ...]:
    """The tickets whose answer may be published and was not yet, the oldest first."""
    rows = work.session.scalars(
        select(TicketRow)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .outerjoin(PublishedAnswerRow, PublishedAnswerRow.ticket_id == TicketRow.id)
        .where(MessageRow.publishable, PublishedAnswerRow.id.is_(None))
        .order_by(TicketRow.opened_at)
    )
    return tuple(ticket for ticket in rows if may_be_published(ticket))


def publish(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    mask: Callable[[str], str],
    now: datetime,
) -> UUID:
    """Publish the last answer of a ticket; its public id. mask: hides personal details.

    Raises Rejected("not_publishable"), and what `acts.begin` raises.
    """
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        if not may_be_published(ticket):
            raise Rejected("not_publishable")
        row = work.session.scalar(
            select(PublishedAnswerRow).where(PublishedAnswerRow.ticket_id == ticket.id)
        )
        if row is None:
            row = PublishedAnswerRow(id=uuid7(), ticket_id=ticket.id)
            work.session.add(row)
        _fill(row, ticket, mask)
        row.published_by, row.published_at, row.withdrawn_at = person.username, now, None
        finish(work, ticket, EventName.PUBLISHED, person, now, {})
        work.commit()
        return row.id


def withdraw(
    records: Records, office: Office, ticket_id: UUID, person: Person, version: int, now: datetime
) -> None:
    """Take a published answer back. Raises NotFound when none is shown, and what `begin` raises."""
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.SCREEN, version)
        row = _shown_of(work, ticket.id)
        if row is None:
            raise NotFound("published answer")
        row.withdrawn_at = now
        finish(work, ticket, EventName.WITHDRAWN, person, now, {})
        work.commit()


def published_of(work: Work, ticket_id: UUID) -> UUID | None:
    """The public id of a ticket's answer, while it is shown."""
    row = _shown_of(work, ticket_id)
    return None if row is None else row.id


def published_answer(work: Work, answer_id: UUID) -> PublishedAnswer:
    """One answer. Raises NotFound for none and for one that was withdrawn."""
    row = work.session.get(PublishedAnswerRow, answer_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound("published answer", str(answer_id))
    return _answer(row)


def published_answers(
    work: Work, wanted: AnswersWanted, page: int = 1, limit: int = PAGE_SIZE
) -> tuple[PublishedAnswer, ...]:
    """A page of answers, the latest published first."""
    row = PublishedAnswerRow
    newest = (row.published_at.desc(), row.id.desc())
    first = (sum((case((has, 1), else_=0) for has in _occur(wanted)), literal(0)).desc(),)
    rows = work.session.scalars(
        select(row)
        .where(*_conditions(wanted))
        .order_by(*(first if wanted.words else ()), *newest)
        .limit(limit)
        .offset((max(1, page) - 1) * limit)
    )
    return tuple(_answer(row) for row in rows)


def count_published(work: Work, wanted: AnswersWanted) -> int:
    """How many there are."""
    counted = select(func.count()).select_from(PublishedAnswerRow).where(*_conditions(wanted))
    return work.session.scalar(counted) or 0


def _conditions(wanted: AnswersWanted) -> list[ColumnElement[bool]]:
    row = PublishedAnswerRow
    conditions: list[ColumnElement[bool]] = [row.withdrawn_at.is_(None)]
    if wanted.topic:
        below = row.topic.startswith(wanted.topic + SEPARATOR, autoescape=True)
        conditions.append(or_(row.topic == wanted.topic, below))
    if wanted.district:
        conditions.append(row.district == wanted.district)
    if wanted.words:
        conditions.append(or_(*_occur(wanted)))
    if wanted.since is not None:
        conditions.append(row.published_at > wanted.since)
    return conditions


def _occur(wanted: AnswersWanted) -> list[ColumnElement[bool]]:
    """Of each word whether it stands in an answer, its question or its title."""
    row = PublishedAnswerRow
    return [
        or_(
            *(
                part.icontains(word, autoescape=True)
                for part in (row.title, row.question, row.answer)
            )
        )
        for word in wanted.words
    ]


def _fill(row: PublishedAnswerRow, ticket: TicketRow, mask: Callable[[str], str]) -> None:
    message, reply = ticket.message, ticket.replies[-1]
    parts = (reply.facts, reply.basis, reply.result, reply.remedy, reply.body)
    row.kind, row.topic, row.district = ticket.kind, ticket.topic, ticket.district
    row.department = reply.department or ticket.lead_department
    title = message.shown_subject or message.shown_body
    row.title = title if len(title) <= TITLE else title[: TITLE - 1] + "…"
    row.question = message.shown_body
    row.answer = "\n\n".join(mask(part) for part in parts if part)
    row.received_at, row.answered_at = message.received_at, reply.answered_at


def _shown_of(work: Work, ticket_id: UUID) -> PublishedAnswerRow | None:
    return work.session.scalar(
        select(PublishedAnswerRow).where(
            PublishedAnswerRow.ticket_id == ticket_id, PublishedAnswerRow.withdrawn_at.is_(None)
        )
    )


def _answer(row: PublishedAnswerRow) -> PublishedAnswer:
    return PublishedAnswer(
        id=row.id,
        kind=row.kind,
        topic=split_topic(row.topic),
        district=row.district or "",
        department=row.department or "",
        title=row.title,
        question=row.question,
        answer=row.answer,
        received_at=row.received_at,
        answered_at=row.answered_at,
        published_at=row.published_at,
    )
