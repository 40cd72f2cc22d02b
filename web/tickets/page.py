"""Drawing a ticket's page for whoever is signed in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import make_response, redirect, render_template, url_for
from werkzeug.datastructures import MultiDict

from casework.errors import Conflict, NotFound, Rejected
from casework.life import OPEN_STATES
from casework.model import ClockName, Contact, TicketAct, TicketState, possible_acts
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.attachments import Attachment, of_ticket, waiting_for_answer
from casework.storage.claims import Claim, claims_of
from casework.storage.published_answers import published_of
from casework.storage.queries.ticket_page import ShownReply, TicketDetail, ticket_detail
from casework.storage.recusals import Recusal, choices_for, recusals_of
from casework.taxonomy import REPORT
from routing.claim import CLAIMING
from web.access import me
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.knowledge.phrases import for_ticket
from web.security import keep_nowhere
from web.sent_files import file_rules
from web.tickets.asked import asking_of
from web.tickets.co_handling import co_handling_of
from web.tickets.forms import TicketForm, read_ticket_form
from web.tickets.text import message_text
from web.tickets.why import why

NEEDED_FOR = {
    TicketAct.SIGN: Action.HANDLE,
    TicketAct.CONTACT: Action.HANDLE,
    TicketAct.REPORT: Action.HANDLE,
    TicketAct.ANSWER: Action.HANDLE,
    TicketAct.CLOSE: Action.HANDLE,
    TicketAct.EXTEND: Action.HANDLE,
    TicketAct.SUSPEND: Action.HANDLE,
    TicketAct.RESUME: Action.HANDLE,
    TicketAct.RETURN: Action.HANDLE,
    TicketAct.SUBMIT: Action.HANDLE,
    TicketAct.REOPEN: Action.SCREEN,
    TicketAct.CALL_BACK: Action.SCREEN,
    TicketAct.REASSIGN: Action.REASSIGN,
    TicketAct.TAKE_UP: Action.SCREEN,
}


def detail(number: str, action: Action = Action.READ_TICKET) -> TicketDetail:
    """A ticket as whoever is signed in may see it for this action. Raises as ticket_detail."""
    served = city()
    with served.records.read() as work:
        return ticket_detail(work, served.office(), number, me(), action)


def may_claim(ticket: TicketDetail) -> bool:
    """Whether whoever is signed in may say that they deal with it."""
    return ticket.state in OPEN_STATES and any(action in ticket.actions for action in CLAIMING)


def _claim(ticket: TicketDetail) -> Claim | None:
    with city().records.read() as work:
        return claims_of(work, [ticket.id]).get(ticket.id)


def show(
    ticket: TicketDetail,
    form: TicketForm | None = None,
    problem: str = "",
    contact: Contact | None = None,
    missing: tuple[str, ...] = (),
    preview_at: datetime | None = None,
    not_taken: tuple[Rejected | Conflict, ...] = (),
) -> Any:
    """The page. form: what was being written; problem: why it was not taken;
    contact: the whole contact data when it was asked for; preview_at: draw the answer being
    written as the citizen will see it; not_taken: why files were not."""
    office = city().office()
    policy = office.policy_named(ticket.policy_version, ticket.received_at)
    shown = form or read_ticket_form(MultiDict())
    waiting = waiting_files(ticket)
    claim = _claim(ticket)
    calls = TicketAct.CALL_BACK in acts_of(ticket)
    running = [c for c in ticket.clocks if c.running and (calls or c.name != ClockName.CALL_BACK)]
    return keep_nowhere(
        make_response(
            render_template(
                "tickets/ticket.html",
                ticket=ticket,
                text=message_text(ticket),
                acts=acts_of(ticket),
                asking=asking_of(ticket, office, now()),
                co=co_handling_of(ticket, office),
                publishing=publishing_of(ticket),
                claim=claim,
                may_claim=may_claim(ticket),
                clock=min(running, key=lambda clock: clock.due_at, default=None),
                clocks=[
                    (clock, why(clock, office, policy, ticket.pauses)) for clock in ticket.clocks
                ],
                form=replace(shown, version=ticket.version),
                problem=problem,
                missing=missing,
                contact=contact,
                attachments=attachments_of(ticket),
                waiting=waiting,
                not_taken=not_taken,
                file_limits=file_rules(),
                preview=reply_being_written(shown, preview_at, waiting) if preview_at else None,
                departments=department_choices(),
                recusing=recusing_of(ticket, office),
                phrases=for_ticket(ticket) if Action.HANDLE in ticket.actions else [],
            )
        )
    )


def attachments_of(ticket: TicketDetail) -> tuple[Attachment, ...]:
    """The files of a message, for those who read it unmasked: a file cannot be masked."""
    if not ticket.original:
        return ()
    with city().records.read() as work:
        return of_ticket(work, ticket.id)


def waiting_files(ticket: TicketDetail) -> tuple[Attachment, ...]:
    """The files of the answer being written, for those who may write it."""
    if not me().may(Action.HANDLE):
        return ()
    served = city()
    with suppress(NotFound), served.records.read() as work:
        ticket_detail(work, served.office(), ticket.number, me(), Action.HANDLE)
        return waiting_for_answer(work, ticket.id)
    return ()


def files_of(ticket: TicketDetail) -> tuple[Attachment, ...]:
    """Every file of the ticket that the person may have."""
    answered = (file for reply in ticket.replies for file in reply.files)
    return (*attachments_of(ticket), *answered, *waiting_files(ticket))


def acts_of(ticket: TicketDetail) -> frozenset[TicketAct]:
    """What the person may do to the ticket as it stands."""
    if ticket.history_only or ticket.state is TicketState.SCREENING:
        return frozenset()
    possible = possible_acts(ticket.state)
    if not any(clock.name is ClockName.REPORT and not clock.voided for clock in ticket.clocks):
        possible -= {TicketAct.REPORT}
    return frozenset(act for act in possible if NEEDED_FOR.get(act) in ticket.actions)


def reply_being_written(
    form: TicketForm, at: datetime, files: tuple[Attachment, ...]
) -> ShownReply:
    """The answer in the form, as if it had been given."""
    parts = form.parts
    return ShownReply(
        department=me().department,
        department_name="",
        facts=parts.facts,
        basis=parts.basis,
        result=parts.result,
        remedy=parts.remedy,
        contact=parts.contact,
        body="",
        answered_at=at,
        files=files,
    )


@dataclass(frozen=True, slots=True)
class Recusing:
    """kept: who is kept from the ticket. choices: whom the person may name."""

    kept: tuple[Recusal, ...]
    choices: tuple[Person, ...]


def recusing_of(ticket: TicketDetail, office: Office) -> Recusing | None:
    """For those who decide on recusals; None for others."""
    if Action.APPROVE not in ticket.actions or ticket.history_only:
        return None
    with city().records.read() as work:
        choices = choices_for(work, office.departments, ticket.id, me())
        return Recusing(recusals_of(work, ticket.id), choices)


def back_to(ticket: TicketDetail) -> Any:
    """To the ticket's page after an act."""
    return redirect(url_for("tickets.ticket", number=ticket.number), 303)


def publishing_of(ticket: TicketDetail) -> str:
    """ "publish" or "withdraw" for whoever may do it now, else ""; the rules are asked again when it
    is done."""
    if not me().may(Action.SCREEN):
        return ""
    with city().records.read() as work:
        if published_of(work, ticket.id) is not None:
            return "withdraw"
    wanted = ticket.publishable and ticket.kind != REPORT and not ticket.confidential
    return "publish" if wanted and ticket.replies else ""
