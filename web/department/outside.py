"""转外单位: asking a body outside from a ticket's page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from casework.errors import Conflict, Rejected
from casework.permissions import Action
from routing.ask import Where
from routing.outside import AskedBody, ask_outside
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department.co_handling import chosen_day
from web.errors import reason_words
from web.tickets import page
from web.tickets.co_handling import may_mail_outside
from web.tickets.forms import read_ticket_form
from web.typed import typed

blueprint = Blueprint("asking_outside", __name__)


@blueprint.post("/department/<number>/outside")
@requires(Action.HANDLE)
def ask(number: str) -> Any:
    """Ask a body outside; letting it off is as of any contribution."""
    return _ask(number, Action.HANDLE)


@blueprint.post("/supervision/tickets/<number>/outside")
@requires(Action.REASSIGN)
def ask_for_lead(number: str) -> Any:
    """As `ask`, for who dispatches."""
    return _ask(number, Action.REASSIGN)


def _ask(number: str, action: Action) -> Any:
    served, sent = city(), request.form
    found, form = page.detail(number, action), read_ticket_form(sent)
    try:
        if not may_mail_outside():
            raise Rejected("no_outside_mail")
        asked = AskedBody(
            name=typed(sent.get("name", "")),
            email=typed(sent.get("email", "")),
            question=typed(form.note),
            due=chosen_day(sent.get("due", "")),
            days=sent.get("days", 0, type=int),
        )
        ask_outside(
            Where(served.records, served.office(), found.id, me(), form.version), asked, now()
        )
    except Rejected as error:
        return page.show(found, form=form, problem=reason_words(error)), 400
    except Conflict as error:
        return page.show(page.detail(number, action), form=form, problem=reason_words(error)), 409
    return page.back_to(found)
