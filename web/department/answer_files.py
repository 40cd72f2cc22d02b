"""Files of the answer being written: every button of its form takes the files chosen so far along, so
that none is lost between two pages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from casework.errors import Conflict, NotFound, RecordsUnavailable, Rejected
from casework.storage.attachments import waiting_for_answer
from casework.storage.queries.ticket_page import TicketDetail
from intake.attached.take_file import take_file
from routing import handle
from web.access import me
from web.city import city
from web.clock import now
from web.sent_files import file_rules, sent_files
from web.tickets.forms import TicketForm

FIELD = "files"
REMOVE = "remove-"


def with_files(
    ticket: TicketDetail, form: TicketForm, asked: str
) -> tuple[TicketForm, tuple[Rejected | Conflict, ...]]:
    """Add what was chosen and take out what was struck out. Returns the form, which has now seen
    what this did, and why a file was not taken."""
    before = _waiting(ticket)
    not_taken: list[Rejected | Conflict] = []
    for name, data in sent_files(FIELD):
        try:
            _add(ticket, name, data)
        except (Rejected, Conflict) as error:
            not_taken.append(error)
    if asked.startswith(REMOVE):
        try:
            _remove(ticket, asked.removeprefix(REMOVE))
        except Conflict as error:
            not_taken.append(error)
    after = _waiting(ticket)
    seen = (form.files | (after - before)) - (before - after)
    return replace(form, files=seen), tuple(not_taken)


def _add(ticket: TicketDetail, name: str, data: bytes) -> None:
    served, rules = city(), file_rules()
    try:
        file = take_file(rules, name, data)
    except RecordsUnavailable as error:
        raise Rejected("file_not_kept", "file", name=name) from error
    handle.add_file(
        served.records,
        served.office(),
        ticket.id,
        me(),
        ticket.version,
        file,
        rules.most,
        now(),
    )


def _remove(ticket: TicketDetail, file_id: str) -> None:
    served = city()
    with suppress(ValueError, NotFound):  # a colleague was faster: it is gone, as asked
        handle.remove_file(
            served.records,
            served.office(),
            ticket.id,
            me(),
            ticket.version,
            UUID(file_id),
            now(),
        )


def _waiting(ticket: TicketDetail) -> frozenset[UUID]:
    with city().records.read() as work:
        return frozenset(file.id for file in waiting_for_answer(work, ticket.id))
