"""What was sent to people who work here, and what could not be."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.permissions import Action
from casework.storage.queries.staff_log import STATES, log_counts, logged, unspread
from casework.storage.staff_messages import try_again
from web.access import me, requires
from web.city import city
from web.clock import now

blueprint = Blueprint("staff_log", __name__, url_prefix="/administration/notices")


@blueprint.get("/")
@requires(Action.ADMINISTER)
def every() -> Any:
    """The newest messages, of one state when it is asked for."""
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    settings = city().settings
    with city().records.read() as work:
        return render_template(
            "administration/staff_log.html",
            messages=logged(work, state),
            counts=log_counts(work),
            unspread=unspread(work),
            state=state,
            without_channel=not (settings.smtp_url or settings.chat_url),
        )


@blueprint.post("/<uuid:message_id>")
@requires(Action.ADMINISTER)
def again(message_id: UUID) -> Any:
    """Let one that was given up be tried anew."""
    with city().records.write() as work:
        try_again(work, message_id, me().username, now())
        work.commit()
    return redirect(url_for("staff_log.every", state=request.args.get("state") or None), 303)
