"""Messages to staff on their way out: taken by one sender at a time, tried until they went out, kept.

States: waiting (more may join it), worded (its words are fixed, and the same however often it is tried),
sent, given_up, void (nothing was left to say: what it told of was answered meanwhile).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select

from casework.errors import Conflict, NotFound
from casework.events import OFFICE_CHAIN, EventName
from casework.office import Office
from casework.quiet import Manners
from casework.storage.audit import append
from casework.storage.notice_choices import Channel, read_choice
from casework.storage.records import Work
from casework.storage.spreading import WAITING
from casework.storage.staff_lines import Line, lines_of
from casework.storage.tables import DepartmentRow, StaffMessageRow, ToldRow, UserRow

WORDED, SENT, GIVEN_UP, VOID = "worded", "sent", "given_up", "void"
CLAIMED_FOR = timedelta(minutes=10)
"""Longer than any sending takes; a sender that was killed lets go of its message by this."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""How long after each failure it is tried again; after the last it is given up."""
KEPT_FOR = timedelta(days=90)
"""How long the log of what went out goes back."""
OWN_TRIES = 3
"""How often a person's own address is tried before that of their office."""


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """A message that was taken to be sent. address: "" when there is none. text: "" until `word`
    was called. lines: what is still to be told; empty when it has words already."""

    id: UUID
    channel: Channel
    address: str
    urgent: bool
    language: str
    subject: str
    text: str
    lines: tuple[Line, ...]


def take(work: Work, office: Office, city_mail: str, now: datetime) -> StaffMessage | None:
    """Take the message that is due first, urgent ones before others, for CLAIMED_FOR; None when none
    is. city_mail: the address where no department has one."""
    row = work.session.scalar(
        select(StaffMessageRow)
        .where(
            StaffMessageRow.state.in_((WAITING, WORDED)),
            StaffMessageRow.next_try_at <= now,
            or_(StaffMessageRow.claimed_until.is_(None), StaffMessageRow.claimed_until < now),
        )
        .order_by(StaffMessageRow.urgent.desc(), StaffMessageRow.next_try_at, StaffMessageRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.claimed_until = now + CLAIMED_FOR
    user = work.session.get(UserRow, row.user_id) if row.user_id else None
    channel, address = _road(work, row, user, city_mail)
    row.channel = channel
    lines = () if row.text else lines_of(work, office, row, user, now)
    language = user.notice_language if user is not None else "zh"
    return StaffMessage(
        row.id, channel, address, row.urgent, language, row.subject, row.text, lines
    )


def word(work: Work, message_id: UUID, subject: str, text: str) -> None:
    """Fix what a message says."""
    row = work.session.get_one(StaffMessageRow, message_id)
    row.subject, row.text, row.state = subject[:200], text, WORDED


def void(work: Work, message_id: UUID) -> None:
    """There is nothing left to say."""
    row = work.session.get_one(StaffMessageRow, message_id)
    row.state, row.next_try_at, row.claimed_until = VOID, None, None


def sent(work: Work, message_id: UUID, now: datetime) -> None:
    """It went out."""
    row = work.session.get_one(StaffMessageRow, message_id, with_for_update=True)
    row.state, row.sent_at, row.error = SENT, row.sent_at or now, ""
    row.next_try_at = row.claimed_until = None
    row.attempts += 1


def failed(work: Work, message_id: UUID, error: str, manners: Manners, now: datetime) -> None:
    """It could not be sent; it is tried again, what is not urgent when nobody is left in peace. One
    that another sender has sent meanwhile stays sent."""
    row = work.session.get_one(StaffMessageRow, message_id, with_for_update=True)
    if row.state == SENT:
        return
    row.attempts += 1
    row.error, row.claimed_until = error[:2000], None
    if row.attempts > len(PAUSES):
        row.state, row.next_try_at = GIVEN_UP, None
        return
    again = now + PAUSES[row.attempts - 1]
    row.next_try_at = again if row.urgent else manners.speak_at(again)


def try_again(work: Work, message_id: UUID, by: str, now: datetime) -> None:
    """Let one that was given up be tried anew. Raises NotFound, Conflict("state")."""
    row = work.session.get(StaffMessageRow, message_id, with_for_update=True)
    if row is None:
        raise NotFound("message", str(message_id))
    if row.state != GIVEN_UP:
        raise Conflict("state")
    row.state, row.attempts, row.next_try_at = WORDED, 0, now
    append(work, OFFICE_CHAIN, EventName.STAFF_MESSAGE_RETRIED, by, now, str(message_id))


def forget_old(work: Work, now: datetime) -> None:
    """Erase messages of long ago that are done with."""
    old = select(StaffMessageRow.id).where(
        StaffMessageRow.created_at < now - KEPT_FOR,
        StaffMessageRow.state.in_((SENT, GIVEN_UP, VOID)),
    )
    work.session.execute(delete(ToldRow).where(ToldRow.message_id.in_(old)))
    work.session.execute(delete(StaffMessageRow).where(StaffMessageRow.id.in_(old)))


def _road(
    work: Work, row: StaffMessageRow, user: UserRow | None, city_mail: str
) -> tuple[Channel, str]:
    """The person's own address, or that of their office: where they left, and after OWN_TRIES."""
    code = row.department or (user.department if user is not None else None)
    unit = work.session.get(DepartmentRow, code) if code else None
    office = (unit.office_mail if unit is not None else "") or city_mail
    if user is not None and user.active and (row.attempts < OWN_TRIES or not office):
        choice = read_choice(user)
        if choice.channel is not Channel.OFFICE and choice.address:
            return choice.channel, choice.address
    return Channel.OFFICE, office
