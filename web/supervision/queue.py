"""Requests that wait, and deciding on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.permissions import Action
from casework.requests import RequestKind
from casework.storage.queries.waiting import count_waiting, waiting_requests
from routing.decide import Decision, decide
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.errors import reason_words

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision")


@blueprint.get("/")
@requires(Action.APPROVE)
def queue() -> Any:
    """What waits for a decision, the nearest clock first."""
    return _page()


@blueprint.post("/<uuid:request_id>")
@requires(Action.APPROVE)
def decision(request_id: UUID) -> Any:
    """Grant or refuse a request."""
    served, sent = city(), request.form
    made = Decision(sent.get("do") == "grant", sent.get("note", ""), sent.get("department", ""))
    version = sent.get("version", 0, type=int)
    try:
        decide(served.records, served.office(), request_id, me(), version, made, now())
    except (NotAllowed, Rejected) as error:
        return _page(reason_words(error), str(request_id)), 400
    except (Conflict, NotFound) as error:
        words = reason_words(error) if isinstance(error, Conflict) else ""
        return _page(words, str(request_id)), 409
    number = sent.get("number", "")
    if sent.get("back") == "ticket" and number:
        return redirect(url_for("tickets.ticket", number=number), 303)
    return redirect(url_for("supervision.queue", kind=request.args.get("kind")), 303)


def _page(problem: str = "", at: str = "") -> str:
    served = city()
    office, kind = served.office(), request.args.get("kind", "")
    kinds = (RequestKind(kind),) if kind in set(RequestKind) else ()
    with served.records.read() as work:
        waiting = waiting_requests(work, office, me(), kinds)
        counts = count_waiting(work, office, me())
    return render_template(
        "supervision/queue.html",
        waiting=waiting,
        counts=counts,
        kinds=list(RequestKind),
        kind=kind,
        problem=problem,
        at=at,
        sent=request.form,
        departments=department_choices(),
    )
