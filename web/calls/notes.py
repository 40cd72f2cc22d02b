"""What a caller said about themselves: noted for the next operator, and taken out again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, request

from casework.errors import NotFound, Rejected
from casework.permissions import Action
from casework.storage.callers import add_note, drop_note
from web.access import me, requires
from web.calls import views
from web.calls.forms import read_call_form
from web.city import city
from web.clock import now
from web.typed import typed

blueprint = Blueprint("caller_notes", __name__, url_prefix="/calls/notes")


@blueprint.post("/")
@requires(Action.TAKE_CALL)
def add() -> Any:
    """Note it and show the desk again as it was."""
    form = read_call_form(request.form)
    try:
        with city().records.write() as work:
            add_note(work, form.caller, typed(request.form.get("note", "")), me().username, now())
            work.commit()
    except Rejected as error:
        return views.page(form.refused(error)), 400
    return views.page(form)


@blueprint.post("/drop")
@requires(Action.TAKE_CALL)
def remove() -> Any:
    """Take a note out."""
    form = read_call_form(request.form)
    try:
        note = UUID(hex=request.form.get("drop_note", ""))
    except ValueError:
        raise NotFound("note") from None
    with city().records.write() as work:
        drop_note(work, note)
        work.commit()
    return views.page(form)
