"""The department's desk: its tickets, nearest deadline first, and what it does with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request

from casework.errors import Conflict, Rejected
from casework.life import WITH_DEPARTMENT, TicketState
from casework.office import Office
from casework.permissions import Action, Person, scope_of
from casework.storage.claims import claims_of
from casework.storage.queries.co_handled import count_open
from casework.storage.queries.ticket_page import TicketDetail
from casework.storage.queries.tickets import count_stages, count_states, list_tickets
from casework.storage.records import Records
from routing import handle
from routing.ask import Where, submit_answer
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department import answer_files
from web.errors import reason_words
from web.tickets import page
from web.tickets.filters import page_number, read_filter
from web.tickets.forms import TicketForm, read_ticket_form

blueprint = Blueprint("department", __name__, url_prefix="/department")

SUBMIT = "submit"
VIEWS = (
    "open",
    TicketState.ASSIGNED,
    TicketState.HANDLING,
    TicketState.SUSPENDED,
    TicketState.RETURNED,
    TicketState.REVIEWING,
    TicketState.ANSWERED,
    TicketState.CLOSED,
)


@blueprint.get("/")
@requires(Action.HANDLE)
def tickets() -> Any:
    """The person's tickets, the nearest running clock first."""
    served = city()
    office, scope = served.office(), scope_of(me(), Action.HANDLE)
    wanted = read_filter(request.args, office.zone)
    if not wanted.states:
        wanted = replace(wanted, open_only=True)
    with served.records.read() as work:
        found = list_tickets(work, office, scope, wanted, now(), page_number(request.args))
        states = count_states(work, office, scope, replace(wanted, stage=None), now())
        stages = count_stages(
            work, office, scope, replace(wanted, states=(), open_only=True), now()
        )
        asked_for = count_open(work, office, me())
        claims = claims_of(work, [line.id for line in found.lines])
    return render_template(
        "department/tickets.html",
        page=found,
        wanted=wanted,
        views=VIEWS,
        states=states,
        open_total=sum(states.get(state, 0) for state in WITH_DEPARTMENT),
        stages=stages,
        co_handled=asked_for,
        claims=claims,
    )


@blueprint.post("/<number>/sign")
@requires(Action.HANDLE)
def sign(number: str) -> Any:
    """Sign for a ticket."""
    return _act(number, lambda t, f: handle.sign(*_where(t), f.version, now()))


@blueprint.post("/<number>/contact")
@requires(Action.HANDLE)
def contact(number: str) -> Any:
    """Note that the citizen was contacted."""
    return _act(number, lambda t, f: handle.contact(*_where(t), f.version, f.note, now()))


@blueprint.post("/<number>/report")
@requires(Action.HANDLE)
def report(number: str) -> Any:
    """Give the interim result of an urgent matter."""
    return _act(number, lambda t, f: handle.report(*_where(t), f.version, f.note, now()))


@blueprint.post("/<number>/answer")
@requires(Action.HANDLE)
def answer(number: str) -> Any:
    """Answer the citizen, or let a second person read the answer first; show how it will look; add or
    take out a file."""
    found, asked = page.detail(number, Action.HANDLE), request.form.get("do", "")
    submitting = asked == SUBMIT
    asked = "" if submitting else asked
    form, not_taken = answer_files.with_files(found, read_ticket_form(request.form), asked)
    if asked or not_taken:
        problem = "" if asked else reason_words(not_taken[0])
        preview_at = now() if asked == "preview" else None
        shown = page.show(
            found, form=form, problem=problem, preview_at=preview_at, not_taken=not_taken
        )
        return shown, 400 if not_taken else 200
    if submitting:
        return _act(
            number,
            lambda t, f: submit_answer(Where(*_where(t), f.version), f.parts, now(), f.files),
            form,
        )
    return _act(
        number,
        lambda t, f: handle.answer(*_where(t), f.version, f.parts, now(), f.files),
        form,
    )


@blueprint.post("/<number>/preview")
@requires(Action.HANDLE)
def preview(number: str) -> Any:
    """Only the answer being written, as the citizen will see it."""
    found, form = page.detail(number, Action.HANDLE), read_ticket_form(request.form)
    being_written = page.reply_being_written(form, now(), page.waiting_files(found))
    return render_template("tickets/preview.html", ticket=found, preview=being_written)


@blueprint.post("/<number>/close")
@requires(Action.HANDLE)
def close(number: str) -> Any:
    """Close an answered ticket."""
    return _act(number, lambda t, f: handle.close(*_where(t), f.version, now()))


def _act(
    number: str, act: Callable[[TicketDetail, TicketForm], None], read: TicketForm | None = None
) -> Any:
    """Do it and go back to the page; what was written is never lost when it is not taken."""
    found, form = page.detail(number, Action.HANDLE), read or read_ticket_form(request.form)
    try:
        act(found, form)
    except Rejected as error:
        missing = form.missing if error.reason == "empty" and error.field != "note" else ()
        return page.show(
            found, form=form, problem=reason_words(error), missing=missing, preview_at=now()
        ), 400
    except Conflict as error:
        return page.show(
            page.detail(number, Action.HANDLE),
            form=form,
            problem=reason_words(error),
            preview_at=now(),
        ), 409
    return page.back_to(found)


def _where(ticket: TicketDetail) -> tuple[Records, Office, UUID, Person]:
    served = city()
    return served.records, served.office(), ticket.id, me()
