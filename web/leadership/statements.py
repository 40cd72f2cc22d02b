"""A leader says something in public about the matter of an alert, or takes it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for

from casework.errors import Conflict, Rejected
from casework.permissions import Action
from intake.privacy import find
from monitor import statements as acts
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.leadership.alert_page import Sent, alert_page, find_alert
from web.typed import typed

blueprint = Blueprint("statements", __name__, url_prefix="/leadership/alerts")
OF_THE_OFFICE = ("landline", "email")
"""Details that a statement may hold: where to ask."""


@blueprint.post("/<number>/statements")
@requires(Action.JUDGE_ALERTS)
def publish(number: str) -> Any:
    """Publish what was written."""
    found = find_alert(number)
    sent = Sent(
        "statement",
        reason=typed(request.form.get("body", "")),
        title=typed(request.form.get("title", "")),
    )
    try:
        acts.publish(
            city().records, found.id, sent.title, sent.reason, _names_a_person, me(), now()
        )
    except Rejected as error:
        return alert_page(found, problem=reason_words(error), sent=sent), 400
    return redirect(url_for("leadership.alert", number=number) + "#statements", 303)


@blueprint.post("/<number>/statements/<uuid:statement_id>")
@requires(Action.JUDGE_ALERTS)
def withdraw(number: str, statement_id: UUID) -> Any:
    """Take it back, with the reason."""
    found = find_alert(number)
    try:
        acts.withdraw(
            city().records, statement_id, typed(request.form.get("reason", "")), me(), now()
        )
    except (Rejected, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 400
        return alert_page(find_alert(number), problem=reason_words(error)), status
    return redirect(url_for("leadership.alert", number=found.number) + "#statements", 303)


def _names_a_person(text: str) -> bool:
    return any(detail.kind not in OF_THE_OFFICE for detail in find(text))
