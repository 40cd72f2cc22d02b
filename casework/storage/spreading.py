"""Making messages of notices to staff: who is told, by which road, and together with what.

A notice names an audience (casework/ladder.py). Everybody in it who may see the ticket is told once, at
their own address or at that of their office. What is urgent is a message of its own, at once: an urgent
ticket, an orange or red alert. The rest joins the one message that waits for the person; it goes out
when its time of gathering is over and nobody is left in peace. All of it is one transaction: a notice is
either spread, with its messages, or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, insert, or_, select
from sqlalchemy.orm import selectinload
from uuid_utils.compat import uuid7

from casework.alert_levels import BREAK_THE_QUIET
from casework.departments import DepartmentTree
from casework.ladder import Audience
from casework.quiet import Manners
from casework.storage.alert_notices import Hearing, ticket_behind
from casework.storage.contributions import facts_told
from casework.storage.listeners import Listeners, Recipient
from casework.storage.locks import lock
from casework.storage.notice_choices import Pace
from casework.storage.records import Work
from casework.storage.staff_notices import ANSWERED, HANDED, TAKEN_BACK
from casework.storage.tables import (
    AlertRow,
    StaffMessageRow,
    StaffNoticeRow,
    TicketRow,
    ToldRow,
)
from casework.taxonomy import URGENT

BATCH = 100
TOO_OLD = timedelta(days=2)
"""Older notices are not told any more: there was no channel to tell them by."""
WAITING = "waiting"
"""The state of a message whose words are not fixed yet: more may be told with it."""


@dataclass(slots=True)
class _Batch:
    """What one transaction makes. waiting: the message that waits for a recipient, found or made.
    moments: what whom was told of, where it is to be told once."""

    work: Work
    manners: Manners
    now: datetime
    waiting: dict[str, UUID] = field(default_factory=dict)
    told: list[dict[str, UUID]] = field(default_factory=list)
    moments: set[tuple[object, ...]] = field(default_factory=set)


def spread(work: Work, tree: DepartmentTree, manners: Manners, now: datetime) -> int:
    """Make messages of the oldest BATCH of notices; how many notices there were."""
    lock(work, ["spreading"])
    rows = work.session.execute(
        select(StaffNoticeRow, TicketRow, AlertRow)
        .outerjoin(TicketRow, TicketRow.id == StaffNoticeRow.ticket_id)
        .outerjoin(AlertRow, AlertRow.id == StaffNoticeRow.alert_id)
        .where(StaffNoticeRow.spread_at.is_(None))
        .options(
            selectinload(TicketRow.accusations),
            selectinload(TicketRow.recusals),
            selectinload(TicketRow.contributions),
        )
        .order_by(StaffNoticeRow.created_at, StaffNoticeRow.id)
        .limit(BATCH)
    ).all()
    if not rows:
        return 0
    listeners, batch = Listeners(work, tree), _Batch(work, manners, now)
    hearing = Hearing(work, now)
    for notice, ticket, alert in rows:
        if notice.created_at <= now - TOO_OLD:
            pass
        elif notice.alert_id is None:
            _of_ticket(batch, listeners, tree, notice, ticket)
        elif hearing.still_so(notice, alert):
            _of_alert(batch, listeners, tree, notice, alert)
        notice.spread_at = now
    work.session.flush()
    if batch.told:
        work.session.execute(insert(ToldRow), batch.told)
    return len(rows)


def _of_ticket(
    batch: _Batch,
    listeners: Listeners,
    tree: DepartmentTree,
    notice: StaffNoticeRow,
    ticket: TicketRow,
) -> None:
    told = listeners.of(
        Audience(notice.audience), notice.department or "", facts_told(ticket, notice, tree)
    )
    if ticket.urgency == URGENT:
        for recipient in _not_told_yet(batch, told, notice, urgent=True):
            _tell_now(batch, recipient, notice)
    else:
        _tell_later(batch, told, notice)


def _of_alert(
    batch: _Batch,
    listeners: Listeners,
    tree: DepartmentTree,
    notice: StaffNoticeRow,
    alert: AlertRow,
) -> None:
    ticket = ticket_behind(batch.work, alert, tree)
    urgent = alert.severity in BREAK_THE_QUIET
    if notice.department:
        told = listeners.of_unit(notice.department, ticket)
    else:
        told = listeners.of_alert(notice.user_id, alert.severity, ticket)
    once = _not_told_yet(batch, told, notice, urgent)
    if urgent:
        for recipient in once:
            _tell_now(batch, recipient, notice)
    else:
        _tell_later(batch, once, notice)


def _not_told_yet(
    batch: _Batch, told: Iterable[Recipient], notice: StaffNoticeRow, urgent: bool
) -> list[Recipient]:
    """Whom nobody told of this moment yet, in another of their roles or, of an alert, when it was less
    grave."""
    about = (notice.ticket_id, notice.alert_id, notice.contribution_id)
    moment = (*about, notice.clock, notice.step, _at(notice))
    before = _told_before(batch.work, notice, urgent)
    new = []
    for recipient in told:
        key = (*moment, recipient.key)
        if key not in batch.moments and recipient.key not in before:
            batch.moments.add(key)
            new.append(recipient)
    return new


def _tell_now(batch: _Batch, recipient: Recipient, notice: StaffNoticeRow) -> None:
    made = _message(batch, recipient, urgent=True)
    batch.told.append({"message_id": made, "notice_id": notice.id})


def _tell_later(batch: _Batch, told: Iterable[Recipient], notice: StaffNoticeRow) -> None:
    for recipient in told:
        if recipient.key not in batch.waiting:
            found = _waiting_for(batch.work, recipient)
            batch.waiting[recipient.key] = found or _message(batch, recipient, urgent=False)
        waiting = batch.waiting[recipient.key]
        batch.told.append({"message_id": waiting, "notice_id": notice.id})


def _told_before(work: Work, notice: StaffNoticeRow, urgent: bool) -> frozenset[str]:
    """Who was told of the same moment already. What is urgent is not told by a message that still
    waits for the morning."""
    at: list[ColumnElement[bool]] = [
        StaffNoticeRow.clock == notice.clock,
        StaffNoticeRow.step == notice.step,
    ]
    if notice.alert_id is None:
        at.append(StaffNoticeRow.ticket_id == notice.ticket_id)
        at.append(StaffNoticeRow.contribution_id == notice.contribution_id)
    else:
        at.append(StaffNoticeRow.alert_id == notice.alert_id)
    if _at(notice) is not None:
        at.append(StaffNoticeRow.created_at == notice.created_at)
    if urgent:
        at.append(or_(StaffMessageRow.urgent, StaffMessageRow.state != WAITING))
    return frozenset(
        work.session.scalars(
            select(StaffMessageRow.recipient)
            .join(ToldRow, ToldRow.message_id == StaffMessageRow.id)
            .join(StaffNoticeRow, StaffNoticeRow.id == ToldRow.notice_id)
            .where(*at)
        )
    )


def _at(notice: StaffNoticeRow) -> datetime | None:
    """The time that sets apart two moments of one name; of an alert one may be handed it twice, the rest
    comes once."""
    again = notice.alert_id is None or notice.step in (HANDED, TAKEN_BACK, ANSWERED)
    return notice.created_at if again else None


def _waiting_for(work: Work, recipient: Recipient) -> UUID | None:
    # Locked: whoever is just fixing its words must not leave this notice out.
    return work.session.scalar(
        select(StaffMessageRow.id)
        .where(
            StaffMessageRow.recipient == recipient.key,
            StaffMessageRow.state == WAITING,
            StaffMessageRow.urgent.is_(False),
        )
        .order_by(StaffMessageRow.id)
        .limit(1)
        .with_for_update()
    )


def _message(batch: _Batch, recipient: Recipient, urgent: bool) -> UUID:
    now, manners = batch.now, batch.manners
    first = now if recipient.pace is Pace.AT_ONCE else now + manners.gather
    row = StaffMessageRow(
        id=uuid7(),
        recipient=recipient.key,
        user_id=recipient.user,
        department=recipient.office or None,
        urgent=urgent,
        state=WAITING,
        created_at=now,
        next_try_at=now if urgent else manners.speak_at(first),
    )
    batch.work.session.add(row)
    return row.id
