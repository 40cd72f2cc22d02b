"""Lists of tickets: one line each, filtered, ordered, counted and cut into pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import join, joinedload, selectinload

from casework.model import OPEN_STATES, ClockName, TicketState
from casework.office import Office
from casework.permissions import Scope
from casework.stages import RUNNING_STAGES, Stage
from casework.storage.judgements import SEPARATOR
from casework.storage.queries.clock_stages import in_stage
from casework.storage.queries.paged import Paged
from casework.storage.queries.ticket_lines import TicketLine, ticket_line
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import ClockRow, JudgementRow, MessageRow, TicketRow
from casework.taxonomy import UNKNOWN

PAGE_SIZE = 25

TICKETS = join(TicketRow, MessageRow, MessageRow.id == TicketRow.message_id).join(
    JudgementRow, JudgementRow.message_id == MessageRow.id
)
"""What every list reads from."""


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What a list shows; an empty field does not narrow it.

    topic: the beginning of a path, levels joined by "/". open_only: not yet answered.
    reply: "met" or "missed", by the reply clock. received: from (included) to (excluded).
    """

    states: tuple[TicketState, ...] = ()
    open_only: bool = False
    stage: Stage | None = None
    kind: str = ""
    topic: str = ""
    urgency: str = ""
    sentiment: str = ""
    department: str = ""
    district: str = ""
    channel: str = ""
    reply: str = ""
    received_from: datetime | None = None
    received_to: datetime | None = None
    answered_from: datetime | None = None
    answered_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketPage(Paged):
    """One page of a list. number: counts from 1."""

    lines: tuple[TicketLine, ...]
    number: int
    total: int
    size: ClassVar[int] = PAGE_SIZE


def list_tickets(
    work: Work,
    office: Office,
    scope: Scope,
    wanted: TicketFilter,
    now: datetime,
    page: int = 1,
    newest_first: bool = False,
) -> TicketPage:
    """One page, the nearest running clock first, or the newest message first."""
    conditions = matching(office, scope, wanted, now)
    total = work.session.scalar(select(func.count()).select_from(TICKETS).where(*conditions)) or 0
    page = min(max(1, page), max(1, -(-total // PAGE_SIZE)))
    order: tuple[ColumnElement[object], ...] = (
        (MessageRow.received_at.desc(), TicketRow.id.desc())  # type: ignore[assignment]  # of two types
        if newest_first
        else (TicketRow.next_due_at.is_(None), TicketRow.next_due_at, TicketRow.id)
    )
    rows = work.session.scalars(
        select(TicketRow)
        .select_from(TICKETS)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(*conditions)
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return TicketPage(tuple(ticket_line(row) for row in rows.unique()), page, total)


def count_tickets(
    work: Work, office: Office, scope: Scope, wanted: TicketFilter, now: datetime
) -> int:
    """How many tickets a list would show."""
    conditions = matching(office, scope, wanted, now)
    return work.session.scalar(select(func.count()).select_from(TICKETS).where(*conditions)) or 0


def count_stages(
    work: Work, office: Office, scope: Scope, wanted: TicketFilter, now: datetime
) -> dict[Stage, int]:
    """How many of the filter's tickets stand in each running stage; the filter's own is ignored."""
    conditions = matching(office, scope, replace(wanted, stage=None), now)
    counts = [func.count().filter(in_stage(stage, now, office.zone)) for stage in RUNNING_STAGES]
    row = work.session.execute(select(*counts).select_from(TICKETS).where(*conditions)).one()
    return dict(zip(RUNNING_STAGES, row, strict=True))


def count_states(
    work: Work, office: Office, scope: Scope, wanted: TicketFilter, now: datetime
) -> dict[TicketState, int]:
    """How many of the filter's tickets are in each state; the filter's own states are ignored."""
    conditions = matching(office, scope, replace(wanted, states=(), open_only=False), now)
    rows = work.session.execute(
        select(TicketRow.state, func.count())
        .select_from(TICKETS)
        .where(*conditions)
        .group_by(TicketRow.state)
    )
    return {TicketState(state): count for state, count in rows}


def matching(
    office: Office, scope: Scope, wanted: TicketFilter, now: datetime
) -> list[ColumnElement[bool]]:
    """The conditions of a filter within a scope, over tickets, messages and judgements."""
    conditions = tickets_in(scope, office.departments)
    conditions.append(MessageRow.deleted_at.is_(None))
    conditions += _equal(wanted)
    conditions += _times(wanted)
    if wanted.states:
        conditions.append(TicketRow.state.in_(wanted.states))
    if wanted.open_only:
        conditions.append(TicketRow.state.in_(OPEN_STATES))
    if wanted.stage is not None:
        conditions.append(in_stage(wanted.stage, now, office.zone))
    if wanted.topic:
        conditions.append(_under_topic(wanted.topic))
    if wanted.department:
        conditions.append(
            TicketRow.lead_department.in_(office.departments.below(wanted.department))
        )
    if wanted.reply:
        conditions.append(_replied(wanted.reply == "met"))
    return conditions


def _equal(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    pairs = (
        (TicketRow.kind, wanted.kind),
        (TicketRow.urgency, wanted.urgency),
        (TicketRow.district, wanted.district),
        (MessageRow.channel, wanted.channel),
        (JudgementRow.sentiment, wanted.sentiment),
    )
    return [
        column.is_(None) if value == UNKNOWN else column == value
        for column, value in pairs
        if value
    ]


def _times(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    bounds = (
        (MessageRow.received_at, wanted.received_from, wanted.received_to),
        (TicketRow.answered_at, wanted.answered_from, wanted.answered_to),
    )
    conditions: list[ColumnElement[bool]] = []
    for column, start, end in bounds:
        if start is not None:
            conditions.append(column >= start)
        if end is not None:
            conditions.append(column < end)
    return conditions


def _under_topic(topic: str) -> ColumnElement[bool]:
    if topic == UNKNOWN:
        return TicketRow.topic == ""
    below = TicketRow.topic.startswith(topic + SEPARATOR, autoescape=True)
    return or_(TicketRow.topic == topic, below)


def _replied(in_time: bool) -> ColumnElement[bool]:
    met = and_(ClockRow.stopped_at.is_not(None), ClockRow.stopped_at <= ClockRow.due_at)
    return TicketRow.clocks.any(
        and_(
            ClockRow.name == ClockName.REPLY,
            ClockRow.round == 1,
            ClockRow.voided.is_(False),
            ClockRow.stopped_at.is_not(None),
            met if in_time else not_(met),
        )
    )


def lines_of_messages(
    work: Work, office: Office, scope: Scope, message_ids: Sequence[UUID]
) -> tuple[TicketLine, ...]:
    """The lines of these messages, in this order, without those outside the scope."""
    rows = work.session.scalars(
        select(TicketRow)
        .select_from(TICKETS)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(
            TicketRow.message_id.in_(message_ids),
            MessageRow.deleted_at.is_(None),
            *tickets_in(scope, office.departments),
        )
    )
    by_message = {row.message_id: ticket_line(row) for row in rows.unique()}
    return tuple(by_message[key] for key in message_ids if key in by_message)
