"""Making messages of notices to staff: who is told, by which road, and together with what.

A notice names an audience (casework/ladder.py). Everybody in it who may see the ticket is told once, at
their own address or at that of their office. What is urgent is a message of its own, at once. The rest
joins the one message that waits for the person; it goes out when its time of gathering is over and
nobody is left in peace. All of it is one transaction: a notice is either spread, with its messages, or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload
from uuid_utils.compat import uuid7

from casework.departments import DepartmentTree
from casework.ladder import Audience
from casework.permissions import Action, Person, Role, TicketFacts, covers, scope_of
from casework.quiet import Manners
from casework.storage.locks import lock
from casework.storage.notice_choices import Channel, NoticeChoice, Pace, read_choice
from casework.storage.people import person_of
from casework.storage.records import Work
from casework.storage.scopes import facts_of
from casework.storage.tables import (
    StaffMessageRow,
    StaffNoticeRow,
    TicketRow,
    ToldRow,
    UserRow,
)
from casework.taxonomy import URGENT

BATCH = 100
TOO_OLD = timedelta(days=2)
"""Older notices are not told any more: there was no channel to tell them by."""
WAITING = "waiting"
"""The state of a message whose words are not fixed yet: more may be told with it."""
ROLES = {
    Audience.UNIT: Role.DEPARTMENT,
    Audience.HEAD: Role.HEAD,
    Audience.CENTRE: Role.SCREENER,
    Audience.LEADER: Role.LEADER,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one queue of messages goes: to a person, or to an office ("" for the city's)."""

    user: UUID | None
    office: str
    pace: Pace

    @property
    def key(self) -> str:
        return f"user {self.user}" if self.user else f"office {self.office}"


class Listeners:
    """Everybody who works here and may be told of something, as they are now."""

    def __init__(self, work: Work, tree: DepartmentTree) -> None:
        self._tree = tree
        self._people: dict[Role, list[tuple[Person, NoticeChoice]]] = {}
        for row in work.session.scalars(select(UserRow).where(UserRow.active).order_by(UserRow.id)):
            person = person_of(row, tree)
            for role in person.roles:
                self._people.setdefault(role, []).append((person, read_choice(row)))

    def of(self, audience: Audience, department: str, ticket: TicketFacts) -> Iterator[Recipient]:
        """Whom to tell, each once. department: whose unit or head, "" for the others."""
        role, seen = ROLES[audience], set()
        found = [
            (person, choice)
            for person, choice in self._people.get(role, ())
            if not department or person.department == department
        ]
        if not found:
            found = [(self._stand_in(role, department), NoticeChoice())]
        for person, choice in found:
            if covers(scope_of(person, Action.READ_TICKET), ticket):
                own = choice.channel is not Channel.OFFICE and choice.address
                told = Recipient(person.id if own else None, department, choice.pace)
                if told.key not in seen:
                    seen.add(told.key)
                    yield told

    def _stand_in(self, role: Role, department: str) -> Person:
        """Nobody has this role: the office is told what they would be."""
        above = self._tree.above(department)
        return Person(UUID(int=0), "", "", frozenset({role}), department, above)


@dataclass(slots=True)
class _Batch:
    """What one transaction makes. waiting: the message that waits for a recipient, found or made."""

    work: Work
    manners: Manners
    now: datetime
    waiting: dict[str, UUID] = field(default_factory=dict)
    told: list[dict[str, UUID]] = field(default_factory=list)
    urgent: set[tuple[UUID, str, str, datetime, str]] = field(default_factory=set)


def spread(work: Work, tree: DepartmentTree, manners: Manners, now: datetime) -> int:
    """Make messages of the oldest BATCH of notices; how many notices there were."""
    lock(work, ["spreading"])
    rows = work.session.execute(
        select(StaffNoticeRow, TicketRow)
        .join(TicketRow, TicketRow.id == StaffNoticeRow.ticket_id)
        .where(StaffNoticeRow.spread_at.is_(None))
        .options(selectinload(TicketRow.accusations), selectinload(TicketRow.recusals))
        .order_by(StaffNoticeRow.created_at, StaffNoticeRow.id)
        .limit(BATCH)
    ).all()
    if not rows:
        return 0
    listeners, batch = Listeners(work, tree), _Batch(work, manners, now)
    for notice, ticket in rows:
        if notice.created_at > now - TOO_OLD:
            told = listeners.of(
                Audience(notice.audience), notice.department or "", facts_of(ticket, tree)
            )
            if ticket.urgency == URGENT:
                _tell_now(batch, told, notice)
            else:
                _tell_later(batch, told, notice)
        notice.spread_at = now
    work.session.flush()
    if batch.told:
        work.session.execute(insert(ToldRow), batch.told)
    return len(rows)


def _tell_now(batch: _Batch, told: Iterable[Recipient], notice: StaffNoticeRow) -> None:
    moment = (notice.ticket_id, notice.clock, notice.step, notice.created_at)
    before = _told_before(batch.work, notice)
    for recipient in told:
        key = (*moment, recipient.key)
        if key not in batch.urgent and recipient.key not in before:
            batch.urgent.add(key)
            made = _message(batch, recipient, urgent=True)
            batch.told.append({"message_id": made, "notice_id": notice.id})


def _tell_later(batch: _Batch, told: Iterable[Recipient], notice: StaffNoticeRow) -> None:
    for recipient in told:
        if recipient.key not in batch.waiting:
            found = _waiting_for(batch.work, recipient)
            batch.waiting[recipient.key] = found or _message(batch, recipient, urgent=False)
        waiting = batch.waiting[recipient.key]
        batch.told.append({"message_id": waiting, "notice_id": notice.id})


def _told_before(work: Work, notice: StaffNoticeRow) -> frozenset[str]:
    """Who was told of the same moment already, in another of their roles."""
    return frozenset(
        work.session.scalars(
            select(StaffMessageRow.recipient)
            .join(ToldRow, ToldRow.message_id == StaffMessageRow.id)
            .join(StaffNoticeRow, StaffNoticeRow.id == ToldRow.notice_id)
            .where(
                StaffNoticeRow.ticket_id == notice.ticket_id,
                StaffNoticeRow.clock == notice.clock,
                StaffNoticeRow.step == notice.step,
                StaffNoticeRow.created_at == notice.created_at,
            )
        )
    )


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
