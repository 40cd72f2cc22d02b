"""Saying that one deals with a ticket, or no longer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from casework.errors import Conflict, NotAllowed
from casework.permissions import Action
from routing.claim import claim, release
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.tickets import page

blueprint = Blueprint("claims", __name__, url_prefix="/tickets")


@blueprint.post("/<number>/claim")
@requires(Action.READ_TICKET)
def decide(number: str) -> Any:
    """Claim it, take it over from whom one saw, or let it go."""
    served = city()
    found = page.detail(number)
    try:
        if request.form.get("do") == "release":
            release(served.records, found.id, me(), now())
        elif page.may_claim(found):
            seen = request.form.get("seen", "")
            claim(served.records, served.office(), found.id, me(), seen, now())
        else:
            raise NotAllowed("not_allowed")
    except Conflict as error:
        return page.show(found, problem=reason_words(error)), 409
    return page.back_to(found)
