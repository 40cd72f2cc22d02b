"""Drafts of the telephone desk: kept every few seconds, opened again in any window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from casework.errors import Conflict, Rejected
from casework.permissions import Action
from casework.storage.drafts import CALL, drafts_of, drop_draft, save_draft
from web.access import me, requires
from web.calls.forms import CallForm, form_of_draft, read_call_form
from web.calls.suggestions import Suggestions
from web.city import city
from web.clock import now
from web.errors import reason_words

blueprint = Blueprint("call_drafts", __name__, url_prefix="/calls/drafts")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as it is listed."""

    form: CallForm
    updated_at: datetime


@blueprint.post("/")
@requires(Action.TAKE_CALL)
def save() -> Any:
    """Keep the form as it is; answers with a line that says so."""
    form = read_call_form(request.form)
    try:
        kept = keep(form)
    except Rejected as error:
        return render_template("calls/kept.html", problem=reason_words(error)), 400
    return render_template("calls/kept.html", problem="", at=now() if kept else None)


@blueprint.post("/drop")
@requires(Action.TAKE_CALL)
def remove() -> Any:
    """Throw a draft away."""
    form = read_call_form(request.form)
    drop(form.id)
    return redirect(url_for("calls.desk"), 303)


def keep(form: CallForm) -> bool:
    """Keep what is being written; an empty form is not worth it. Raises Rejected."""
    if form.empty:
        return False
    try:
        with city().records.write() as work:
            kept = save_draft(work, form.id, me().username, CALL, form.content(), now())
            work.commit()
    except Conflict:
        return False  # saved by another window at this moment; the next saving is seconds away
    return kept


def drop(draft_id: UUID) -> None:
    """Forget a draft."""
    with city().records.write() as work:
        drop_draft(work, draft_id, me().username)
        work.commit()


def asked_for(args: MultiDict[str, str]) -> CallForm | None:
    """The draft an address asks for, or the newest; None when a new form is wanted or none is
    there."""
    if args.get("new"):
        return None
    lines = _all()
    wanted = args.get("draft", "")
    if wanted:
        return next((line.form for line in lines if line.form.token == wanted), None)
    return lines[0].form if lines else None


def others(form: CallForm) -> list[DraftLine]:
    """The person's drafts besides this one, the newest first."""
    return [line for line in _all() if line.form.token != form.token]


def filled(form: CallForm, seen: Suggestions) -> CallForm:
    """The form with what was heard in the matter, for pages without script."""
    return replace(
        form,
        time=form.time or seen.time,
        place=form.place or seen.place,
        demand=form.demand or seen.demand,
    )


def _all() -> list[DraftLine]:
    with city().records.read() as work:
        kept = drafts_of(work, me().username, CALL)
    return [DraftLine(form_of_draft(draft.id, draft.content), draft.updated_at) for draft in kept]
