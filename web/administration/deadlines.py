"""The deadline policy: every rule with its source, and what the city decided instead."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Rejected
from casework.model import ClockUnit
from casework.permissions import Action
from casework.policy import read_policy
from casework.storage.office import load_local_rules
from casework.storage.office_rules import drop_local_rule, set_local_rule
from web.access import me, requires
from web.city import city
from web.clock import now
from web.reasons import in_words

blueprint = Blueprint("deadlines", __name__, url_prefix="/administration/deadlines")


@blueprint.get("/")
@requires(Action.ADMINISTER)
def rules() -> Any:
    """Every rule."""
    return _page()


@blueprint.post("/<rule_id>")
@requires(Action.ADMINISTER)
def rule(rule_id: str) -> Any:
    """Set another time for a rule, or go back to the file's."""
    try:
        with city().records.write() as work:
            if request.form.get("do") == "drop":
                drop_local_rule(work, rule_id, me().username, now())
            else:
                set_local_rule(
                    work,
                    read_policy(),
                    rule_id,
                    request.form.get("amount", 0, type=int),
                    _unit(request.form.get("unit", "")),
                    request.form.get("source", ""),
                    me().username,
                    now(),
                )
            work.commit()
    except Rejected as error:
        return _page(in_words(error), rule_id), 400
    return redirect(url_for("deadlines.rules", _anchor=rule_id), 303)


def _unit(text: str) -> ClockUnit:
    try:
        return ClockUnit(text)
    except ValueError:
        raise Rejected("unknown", "unit") from None


def _page(problem: str = "", at: str = "") -> str:
    with city().records.read() as work:
        local = load_local_rules(work)
    policy = read_policy()
    return render_template(
        "administration/deadlines.html",
        policy=policy,
        local=local,
        units=list(ClockUnit),
        problem=problem,
        at=at,
    )
