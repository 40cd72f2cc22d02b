"""A screener publishes the answer of a ticket, or takes it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for

from casework.errors import Rejected
from casework.permissions import Action
from casework.storage import published_answers
from intake.privacy import mask
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.tickets import page

blueprint = Blueprint("publishing", __name__, url_prefix="/tickets")


@blueprint.post("/<number>/publication")
@requires(Action.SCREEN)
def decide(number: str) -> Any:
    """Publish, or withdraw."""
    served = city()
    found = page.detail(number)
    version = request.form.get("version", 0, type=int)
    asked = (served.records, served.office(), found.id, me(), version)
    try:
        if request.form.get("do") == "withdraw":
            published_answers.withdraw(*asked, now())
        else:
            published_answers.publish(*asked, mask, now())
    except Rejected as error:
        return page.show(found, problem=reason_words(error)), 400
    return redirect(url_for("tickets.ticket", number=number), 303)
