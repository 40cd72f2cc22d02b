"""What a department asks for on a ticket's page, and letting its clocks run on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from casework.errors import Conflict, Rejected
from casework.permissions import Action
from casework.requests import PauseReason
from casework.storage.queries.ticket_page import TicketDetail
from routing.ask import Where, ask_extension, ask_return, ask_suspension
from routing.resume import resume as let_run_on
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.tickets import page
from web.tickets.forms import TicketForm, read_ticket_form

blueprint = Blueprint("asking", __name__, url_prefix="/department")


@blueprint.post("/<number>/return")
@requires(Action.HANDLE)
def give_back(number: str) -> Any:
    """Say that the ticket belongs elsewhere."""
    sent = request.form
    return _act(
        number,
        lambda t, f: ask_return(_where(t, f), f.note, sent.get("basis", ""), f.department, now()),
    )


@blueprint.post("/<number>/extend")
@requires(Action.HANDLE)
def extend(number: str) -> Any:
    """Ask for more time."""
    amount = request.form.get("amount", 0, type=int)
    return _act(number, lambda t, f: ask_extension(_where(t, f), amount, f.note, now()))


@blueprint.post("/<number>/suspend")
@requires(Action.HANDLE)
def suspend(number: str) -> Any:
    """Ask that the clocks stand still."""
    amount = request.form.get("amount", 0, type=int)
    return _act(number, lambda t, f: ask_suspension(_where(t, f), _pause(), amount, f.note, now()))


@blueprint.post("/<number>/resume")
@requires(Action.HANDLE)
def resume(number: str) -> Any:
    """Let the clocks run on."""
    served = city()
    return _act(
        number,
        lambda t, f: let_run_on(
            served.records, served.office(), t.id, me(), f.version, f.note, now()
        ),
    )


def _pause() -> PauseReason:
    try:
        return PauseReason(request.form.get("pause", ""))
    except ValueError:
        raise Rejected("unknown", "pause") from None


def _where(ticket: TicketDetail, form: TicketForm) -> Where:
    served = city()
    return Where(served.records, served.office(), ticket.id, me(), form.version)


def _act(number: str, act: Callable[[TicketDetail, TicketForm], None]) -> Any:
    found, form = page.detail(number, Action.HANDLE), read_ticket_form(request.form)
    try:
        act(found, form)
    except Rejected as error:
        return page.show(found, form=form, problem=reason_words(error)), 400
    except Conflict as error:
        return page.show(
            page.detail(number, Action.HANDLE), form=form, problem=reason_words(error)
        ), 409
    return page.back_to(found)
