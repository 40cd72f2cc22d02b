"""What a department does with a ticket: sign for it, contact, report, answer, close.

Each act is one transaction with its audit event. Every one raises NotAllowed, NotFound,
Conflict("changed") when somebody else was faster and Conflict("state") when it is not possible now.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from casework.errors import Rejected
from casework.events import EventName
from casework.model import TicketAct, TicketState, next_state
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.acts import begin, finish, move
from casework.storage.answer_files import (
    files_seen,
    give_with_answer,
    keep_for_answer,
    one_at_a_time,
    remove_from_answer,
)
from casework.storage.attachment_files import KeptFile
from casework.storage.merging import carried_by
from casework.storage.records import Records, Work
from casework.storage.replies import add_reply, tell_citizen

MAX_PART = 5_000
MAX_NOTE = 1_000


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """The five elements of an answer (信访工作条例 第32条): all but `basis` must be there."""

    facts: str
    basis: str
    result: str
    remedy: str
    contact: str


def sign(
    records: Records, office: Office, ticket_id: UUID, person: Person, version: int, now: datetime
) -> None:
    """Sign for a ticket: the department takes it on."""
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.HANDLE, version)
        move(ticket, TicketAct.SIGN, now)
        finish(work, ticket, EventName.SIGNED, person, now, {"department": person.department})
        work.commit()


def contact(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    note: str,
    now: datetime,
) -> None:
    """Note that the citizen was contacted; the note is shown to the citizen."""
    _noted(records, office, ticket_id, person, version, note, now, TicketAct.CONTACT)


def report(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    note: str,
    now: datetime,
) -> None:
    """Give the interim result of an urgent matter; the note is shown to the citizen."""
    _noted(records, office, ticket_id, person, version, note, now, TicketAct.REPORT)


_NOTED_EVENTS = {
    TicketAct.CONTACT: EventName.CONTACTED,
    TicketAct.REPORT: EventName.REPORTED,
}


def _noted(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    note: str,
    now: datetime,
    act: TicketAct,
) -> None:
    note = _filled(note, "note", MAX_NOTE)
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.HANDLE, version)
        move(ticket, act, now)
        finish(work, ticket, _NOTED_EVENTS[act], person, now, {"note": note})
        work.commit()


def answer(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    parts: ReplyParts,
    now: datetime,
    files: frozenset[UUID] = frozenset(),
) -> None:
    """Answer the citizen, with the files that were added to the answer; files: those the person
    saw. Raises Rejected("empty", part) for a missing element, Rejected("files_changed", "files")
    when the files are others by now."""
    parts = ReplyParts(
        facts=_filled(parts.facts, "facts", MAX_PART),
        basis=_within(parts.basis, "basis", MAX_PART),
        result=_filled(parts.result, "result", MAX_PART),
        remedy=_filled(parts.remedy, "remedy", MAX_PART),
        contact=_filled(parts.contact, "contact", MAX_PART),
    )
    with records.write() as work:
        one_at_a_time(work, ticket_id)
        ticket = begin(work, office, ticket_id, person, Action.HANDLE, version)
        given = files_seen(work, ticket_id, files)
        move(ticket, TicketAct.ANSWER, now)
        ticket.answered_at = now
        texts = {field.name: getattr(parts, field.name) for field in fields(parts)}
        reply_id = uuid7()
        add_reply(work, ticket, reply_id, person.department, person.username, texts, now)
        for told in (ticket, *carried_by(work, ticket)):
            tell_citizen(work, told, "answered", now)
        said: dict[str, object] = {"department": person.department}
        if given:
            said["files"] = [file.digest for file in given]
        finish(work, ticket, EventName.ANSWERED, person, now, said)
        give_with_answer(work, ticket_id, reply_id)
        work.commit()


def add_file(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    file: KeptFile,
    most: int,
    now: datetime,
) -> None:
    """Add a file to the answer being written; it is on record at once. most: files of an answer.

    Raises Rejected("too_many_files", "file").
    """
    with records.write() as work:
        _begin_files(work, office, ticket_id, person, version)
        keep_for_answer(work, ticket_id, file, person.username, most, now)
        work.commit()


def remove_file(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    file_id: UUID,
    now: datetime,
) -> None:
    """Take a file out of the answer being written."""
    with records.write() as work:
        _begin_files(work, office, ticket_id, person, version)
        remove_from_answer(work, ticket_id, file_id, person.username, now)
        work.commit()


def _begin_files(work: Work, office: Office, ticket_id: UUID, person: Person, version: int) -> None:
    """The ticket itself does not change: whoever writes the answer keeps the version they saw."""
    one_at_a_time(work, ticket_id)
    ticket = begin(work, office, ticket_id, person, Action.HANDLE, version)
    next_state(TicketState(ticket.state), TicketAct.ANSWER)


def close(
    records: Records, office: Office, ticket_id: UUID, person: Person, version: int, now: datetime
) -> None:
    """Close an answered ticket."""
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.HANDLE, version)
        move(ticket, TicketAct.CLOSE, now)
        ticket.closed_at = now
        for clock in ticket.clocks:
            clock.voided = clock.voided or clock.stopped_at is None
        finish(work, ticket, EventName.CLOSED, person, now, {})
        work.commit()


def _filled(text: str, field: str, limit: int) -> str:
    text = _within(text, field, limit)
    if not text:
        raise Rejected("empty", field)
    return text


def _within(text: str, field: str, limit: int) -> str:
    text = text.strip()
    if len(text) > limit:
        raise Rejected("too_long", field, length=len(text), limit=limit)
    return text
