"""Alerts a department was handed: what happened, what is asked of it, and what it says to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Conflict, NotFound, Rejected
from casework.permissions import Action, scope_of
from casework.storage.alert_care import urgent_words
from casework.storage.alert_handings import Handing, handed_to, open_to
from casework.storage.alerts import Alert, alert_by_number, get_alert
from casework.storage.people import names_of
from casework.storage.queries.tickets import lines_of_messages
from casework.storage.records import Work
from monitor import alert_handing as acts
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.leadership import alert_words
from web.leadership.alert_page import search_behind
from web.leadership.responses import owed_responses
from web.typed import typed

blueprint = Blueprint("unit_alerts", __name__, url_prefix="/alerts")
MOST = 100
"""Handings shown, those that wait first."""


@blueprint.get("/")
@requires(Action.HANDLE)
def every() -> str:
    """What the department was handed, what waits for it first."""
    with city().records.read() as work:
        handings = _handed(work)
        alerts = {one.alert_id: get_alert(work, one.alert_id) for one in handings}
    return render_template(
        "department/alerts.html", handings=handings, alerts=alerts, alert_words=alert_words
    )


@blueprint.get("/<number>")
@requires(Action.HANDLE)
def one(number: str) -> str:
    """One alert; only of those that were handed to the department."""
    return _page(number)


@blueprint.post("/<number>/answer")
@requires(Action.HANDLE)
def answer(number: str) -> Any:
    """Say what the department has done."""
    found, _ = _find(number)
    text = typed(request.form.get("text", ""))
    try:
        acts.answer(city().records, city().office(), found.id, text, me(), now())
    except Rejected as error:
        return _page(number, text, reason_words(error)), 400
    except Conflict as error:
        return _page(number, text, reason_words(error)), 409
    return redirect(url_for("unit_alerts.one", number=found.number), 303)


def _page(number: str, text: str = "", problem: str = "") -> str:
    served = city()
    found, handings = _find(number)
    detail = found.measured.detail
    ids = [found.message_id] if found.message_id is not None else list(detail.messages)
    with served.records.read() as work:
        lines = lines_of_messages(work, served.office(), scope_of(me(), Action.READ_TICKET), ids)
        responses = owed_responses(work, found)
        names = names_of(work, {one.by for one in handings} | {one.ended_by for one in handings})
        decided = urgent_words(work, found.message_id) if found.message_id and lines else ()
    return render_template(
        "department/alert.html",
        alert=found,
        handings=handings,
        waiting=next((one for one in handings if not one.how), None),
        lines=lines,
        next_response=next((one for one in responses if one.given is None), None),
        decided=decided,
        name_of=lambda username: names.get(username, username),
        text=text,
        problem=problem,
        alert_words=alert_words,
        search=search_behind(found),
    )


def _find(number: str) -> tuple[Alert, Sequence[Handing]]:
    """The alert and what the department was asked, the last first. Raises NotFound for one it was not
    handed, or that it must not know of."""
    with city().records.read() as work:
        found = alert_by_number(work, number)
        handings = [one for one in _handed(work) if one.alert_id == found.id]
    if not handings:
        raise NotFound("alert", number)
    return found, handings


def _handed(work: Work) -> Sequence[Handing]:
    office = city().office()
    return open_to(work, office.departments, me(), handed_to(work, me().department, MOST))
