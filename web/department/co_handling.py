"""会办: asking other units for a contribution, and giving one to a ticket another unit leads."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.contributions import ContributionState
from casework.errors import Conflict, NotFound, Rejected
from casework.permissions import Action
from casework.storage.queries.co_handled import co_handled, count_open
from routing import co_handle
from routing.ask import Where
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.tickets import page
from web.tickets.co_handling import with_clocks
from web.tickets.forms import read_ticket_form

blueprint = Blueprint("co_handling", __name__)

VIEWS = (ContributionState.OPEN, ContributionState.GIVEN)


@blueprint.get("/department/co-handling")
@requires(Action.CONTRIBUTE)
def every() -> Any:
    """What the person's unit was asked for, the nearest day first; what it gave with ?state=given."""
    return _list()


@blueprint.post("/department/<number>/contributions")
@requires(Action.HANDLE)
def ask(number: str) -> Any:
    """Ask a unit for a contribution, or let it off (do=withdraw)."""
    return _asking(number, Action.HANDLE)


@blueprint.post("/supervision/tickets/<number>/contributions")
@requires(Action.REASSIGN)
def ask_for_lead(number: str) -> Any:
    """As `ask`, for who dispatches."""
    return _asking(number, Action.REASSIGN)


@blueprint.post("/department/contributions/<number>/<uuid:contribution_id>")
@requires(Action.CONTRIBUTE)
def give(number: str, contribution_id: UUID) -> Any:
    """Give what was asked for, or say why there is nothing to give (do=decline)."""
    served, sent = city(), request.form
    act = co_handle.decline if sent.get("do") == "decline" else co_handle.contribute
    words = sent.get("words", "").replace("\r\n", "\n")
    try:
        act(served.records, served.office(), contribution_id, me(), words, now())
    except Rejected as error:
        return page.show(page.detail(number), problem=reason_words(error)), 400
    except (Conflict, NotFound) as error:
        conflict = error if isinstance(error, Conflict) else Conflict("co_ended")
        return _list(reason_words(conflict), words), 409
    return redirect(url_for("co_handling.every"), 303)


def _asking(number: str, action: Action) -> Any:
    served, sent = city(), request.form
    found, form = page.detail(number, action), read_ticket_form(sent)
    try:
        if sent.get("do") == "withdraw":
            one = sent.get("contribution", type=UUID)
            if one is None:
                raise NotFound("contribution")
            co_handle.withdraw(served.records, served.office(), one, me(), form.note, now())
        else:
            where = Where(served.records, served.office(), found.id, me(), form.version)
            due = chosen_day(sent.get("due", ""))
            co_handle.ask_contribution(where, form.department, form.note, due, now())
    except Rejected as error:
        return page.show(found, form=form, problem=reason_words(error)), 400
    except Conflict as error:
        return page.show(page.detail(number, action), form=form, problem=reason_words(error)), 409
    return page.back_to(found)


def chosen_day(text: str) -> datetime | None:
    """The day and time chosen, in the city's zone; None when none is. Raises Rejected("time")."""
    if not text.strip():
        return None
    try:
        chosen = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Rejected("time", "due") from None
    return chosen if chosen.tzinfo else chosen.replace(tzinfo=city().settings.zone)


def _list(problem: str = "", written: str = "") -> str:
    served, state = city(), request.args.get("state", "")
    wanted = ContributionState.GIVEN if state == ContributionState.GIVEN else ContributionState.OPEN
    office = served.office()
    with served.records.read() as work:
        found = co_handled(work, office, me(), wanted)
        waited_for = count_open(work, office, me())
    return render_template(
        "department/co_handling.html",
        lines=with_clocks(found),
        state=wanted,
        views=VIEWS,
        waited_for=waited_for,
        problem=problem,
        written=written,
    )
