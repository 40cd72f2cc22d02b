"""After the answer: calling the citizen back, and giving the matter back to its department."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, request

from casework.errors import Conflict, Rejected
from casework.permissions import Action
from routing import reopen as after_answer
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.tickets import page
from web.tickets.forms import read_ticket_form

blueprint = Blueprint("again", __name__, url_prefix="/supervision/tickets")


@blueprint.post("/<number>/reopen")
@requires(Action.SCREEN)
def reopen(number: str) -> Any:
    """Give the matter back, with new clocks; the citizen reads the reason."""
    return _act(number, after_answer.reopen)


@blueprint.post("/<number>/call-back")
@requires(Action.SCREEN)
def call_back(number: str) -> Any:
    """Note what the citizen said, or why they could not be reached."""
    reached = request.form.get("unreached") != "yes"
    return _act(number, partial(after_answer.call_back, reached=reached))


def _act(number: str, act: Any) -> Any:
    served = city()
    found = page.detail(number, Action.SCREEN)
    form = read_ticket_form(request.form)
    try:
        act(served.records, served.office(), found.id, me(), form.version, form.note, now())
    except Rejected as error:
        return page.show(found, form=form, problem=reason_words(error)), 400
    except Conflict as error:
        return page.show(found, form=form, problem=reason_words(error)), 409
    return page.back_to(found)
