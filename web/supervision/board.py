"""The supervisor's board: running and broken clocks, and the tickets under supervision."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from casework.permissions import Action, scope_of
from casework.storage.queries.board import (
    clocks_by_unit,
    count_levels,
    supervised,
    told_lately,
)
from casework.storage.queries.call_backs import waiting_call_backs
from casework.storage.queries.co_handled import overdue_contributions
from casework.storage.records import Work
from web.access import me, requires
from web.city import city
from web.clock import now
from web.tickets.co_handling import with_clocks

blueprint = Blueprint("board", __name__, url_prefix="/supervision/clocks")


@blueprint.get("/")
@requires(Action.APPROVE)
def clocks() -> Any:
    """Which clocks are over, whose, and what has been told to whom."""
    served = city()
    office, scope = served.office(), scope_of(me(), Action.APPROVE)
    level = min(max(request.args.get("level", 0, type=int), 0), 9)
    with served.records.read() as work:
        units = clocks_by_unit(work, office, scope, now())
        return render_template(
            "supervision/clocks.html",
            units=units,
            running=sum(unit.open for unit in units),
            over=sum(unit.over for unit in units),
            paused=sum(unit.paused for unit in units),
            levels=count_levels(work, office, scope),
            level=level,
            tickets=supervised(work, office, scope, level),
            call_backs=_call_backs(work),
            co_handled=with_clocks(overdue_contributions(work, office, scope, now())),
            told=told_lately(work, office, scope),
            steps=office.policy_at(now()).steps,
        )


def _call_backs(work: Work) -> Any:
    """Whom to call back: for those at the centre who do."""
    if not me().may(Action.SCREEN):
        return ()
    return waiting_call_backs(work, city().office(), scope_of(me(), Action.SCREEN))
