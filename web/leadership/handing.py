"""Handing an alert on, taking it back, and saying in which ticket its matter is dealt with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for

from casework.errors import Conflict, Rejected
from casework.permissions import Action
from casework.storage.alerts import Alert
from monitor import alert_handing as acts
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.leadership.alert_page import Sent, alert_page, find_alert
from web.typed import typed

blueprint = Blueprint("handing", __name__, url_prefix="/leadership/alerts")


@blueprint.post("/<number>/hand-on")
@requires(Action.JUDGE_ALERTS)
def hand_on(number: str) -> Any:
    """To another person, who is responsible then, or to a department, which is to respond."""
    found = find_alert(number)
    kind, _, to = request.form.get("to", "").partition(":")
    sent = Sent("hand", request.form.get("to", "")[:100], typed(request.form.get("reason", "")))
    act = {"person": acts.hand_to_person, "unit": acts.hand_to_department}.get(kind)
    try:
        if act is None:
            raise Rejected("unknown", "to")
        act(city().records, city().office(), found.id, to, sent.reason, me(), now())
    except (Rejected, Conflict) as error:
        return _again(number, error, sent)
    return _back(found)


@blueprint.post("/<number>/take-back")
@requires(Action.JUDGE_ALERTS)
def take_back(number: str) -> Any:
    """Take back what one has handed on."""
    found = find_alert(number)
    try:
        handing = _key(request.form.get("handing", ""))
        acts.take_back(city().records, city().office(), found.id, handing, me(), now())
    except (Rejected, Conflict) as error:
        return _again(number, error)
    return _back(found)


@blueprint.post("/<number>/ticket")
@requires(Action.JUDGE_ALERTS)
def link_ticket(number: str) -> Any:
    """Link a ticket, and put it under supervision."""
    found, sent = (
        find_alert(number),
        Sent("link", ticket=typed(request.form.get("ticket", ""))[:40]),
    )
    try:
        acts.link_ticket(city().records, city().office(), found.id, sent.ticket, me(), now())
    except (Rejected, Conflict) as error:
        return _again(number, error, sent)
    return _back(found)


def _again(number: str, error: Rejected | Conflict, sent: Sent | None = None) -> Any:
    status = 409 if isinstance(error, Conflict) else 400
    return alert_page(find_alert(number), problem=reason_words(error), sent=sent), status


def _back(found: Alert) -> Any:
    return redirect(url_for("leadership.alert", number=found.number), 303)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Rejected("unknown", "handing") from None
