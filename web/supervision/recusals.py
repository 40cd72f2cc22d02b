"""Keeping a person from a ticket, and letting them back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for

from casework.errors import Conflict, NotFound, Rejected
from casework.permissions import Action
from routing.recuse import Named, let_in, recuse
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.tickets import page

blueprint = Blueprint("recusals", __name__, url_prefix="/supervision/tickets")


@blueprint.post("/<number>/recusals")
@requires(Action.APPROVE)
def name(number: str) -> Any:
    """Keep somebody from the ticket, or let them back (do=lift)."""
    served = city()
    found = page.detail(number, Action.APPROVE)
    named = Named(request.form.get("username", ""), request.form.get("reason", ""))
    act = let_in if request.form.get("do") == "lift" else recuse
    version = request.form.get("version", 0, type=int)
    try:
        act(served.records, served.office(), found.id, me(), version, named, now())
    except (Rejected, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 400
        return page.show(found, problem=reason_words(error)), status
    try:
        return page.back_to(page.detail(number))
    except NotFound:
        return redirect(url_for("account.desk"), 303)  # they named themselves
