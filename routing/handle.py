"""What a department does with a ticket: sign for it, contact, report, answer, close.

Each act is one transaction with its audit event. Every one raises NotAllowed, NotFound,
Conflict("changed") when somebody else was faster and Conflict("state") when it is not possible now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from casework.errors import Conflict, Rejected
from casework.events import EventName
from casework.model import ClockName, TicketAct, TicketState, next_state
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
from casework.storage.attachments import waiting_for_answer
from casework.storage.clocks import running, start_after_answer
from casework.storage.merging import carried_by
from casework.storage.records import Records, Work
from casework.storage.replies import add_reply, tell_citizen
from casework.storage.tables import TicketRow

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
    texts = whole(parts)
    with records.write() as work:
        one_at_a_time(work, ticket_id)
        ticket = begin(work, office, ticket_id, person, Action.HANDLE, version)
        if needs_second(office, ticket):
            raise Conflict("needs_second")
        files_seen(work, ticket_id, files)
        move(ticket, TicketAct.ANSWER, now)
        give_answer(work, office, ticket, person.department, person.username, texts, person, now)
        work.commit()


def whole(parts: ReplyParts) -> dict[str, str]:
    """The elements of an answer, by name. Raises Rejected("empty", part) for a missing one."""
    within = {"basis": _within(parts.basis, "basis", MAX_PART)}
    needed = ("facts", "result", "remedy", "contact")
    filled = {name: _filled(getattr(parts, name), name, MAX_PART) for name in needed}
    return {field.name: (filled | within)[field.name] for field in fields(parts)}


def needs_second(office: Office, ticket: TicketRow) -> bool:
    """Whether the policy wants a second person to read the answer."""
    policy = office.policy_named(ticket.policy_version, ticket.opened_at)
    rules = [policy.rule(c.rule_id) for c in ticket.clocks if c.name == ClockName.REPLY]
    return any(rule is not None and rule.two_persons for rule in rules)


def give_answer(
    work: Work,
    office: Office,
    ticket: TicketRow,
    department: str,
    author: str,
    texts: Mapping[str, str],
    person: Person,
    now: datetime,
) -> None:
    """Give a ticket that has moved to answered its answer, with the files that wait for it."""
    given = waiting_for_answer(work, ticket.id)
    ticket.answered_at = now
    reply_id = uuid7()
    add_reply(work, ticket, reply_id, department, author, texts, now)
    for told in (ticket, *carried_by(work, ticket)):
        tell_citizen(work, told, "answered", now)
    said: dict[str, object] = {"department": department}
    if author != person.username:
        said["author"] = author
    if given:
        said["files"] = [file.file.digest for file in given]
    for clock in running(ticket):
        clock.stopped_at = now  # whoever has the answer has been contacted and told
    start_after_answer(office, ticket, now)
    finish(work, ticket, EventName.ANSWERED, person, now, said)
    give_with_answer(work, ticket.id, reply_id)


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
