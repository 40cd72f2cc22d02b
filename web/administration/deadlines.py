"""The deadline policy: every rule with its source, and what the city decided instead."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.counting import Term
from casework.errors import Rejected
from casework.model import ClockUnit
from casework.permissions import Action
from casework.policy import read_policy
from casework.storage.office import load_local_rules
from casework.storage.office_rules import LONGEST_AMOUNT, drop_local_rule, set_local_rule
from casework.storage.policies import load_policies
from casework.storage.queries.rule_trial import RuleTrial, try_rule
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
    """Set another time for a rule, try it on past tickets first, or go back to the file's."""
    try:
        if request.form.get("do") == "try":
            return _page(at=rule_id, trial=_try(rule_id))
        with city().records.write() as work:
            if request.form.get("do") == "drop":
                drop_local_rule(
                    work,
                    read_policy(),
                    rule_id,
                    _begins(request.form.get("effective_from", "")),
                    me().username,
                    now(),
                )
            else:
                set_local_rule(
                    work,
                    read_policy(),
                    rule_id,
                    request.form.get("amount", 0, type=int),
                    _unit(request.form.get("unit", "")),
                    request.form.get("source", ""),
                    _begins(request.form.get("effective_from", "")),
                    me().username,
                    now(),
                )
            work.commit()
    except Rejected as error:
        return _page(in_words(error), rule_id), 400
    return redirect(url_for("deadlines.rules", _anchor=rule_id), 303)


def _try(rule_id: str) -> RuleTrial:
    amount = request.form.get("amount", 0, type=int)
    if not 1 <= amount <= LONGEST_AMOUNT:
        raise Rejected("amount", "amount", most=LONGEST_AMOUNT)
    term = Term(amount, _unit(request.form.get("unit", "")))
    served = city()
    with served.records.read() as work:
        return try_rule(work, served.office(), rule_id, term, now())


def _unit(text: str) -> ClockUnit:
    try:
        return ClockUnit(text)
    except ValueError:
        raise Rejected("unknown", "unit") from None


def _begins(text: str) -> date:
    """The day from which a change holds; today when none is said."""
    if not text:
        return _today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Rejected("day", "effective_from", value=text[:20]) from None
    if day < _today():
        raise Rejected("effective_from", "effective_from", first=_today().isoformat())
    return day


def _today() -> date:
    return now().astimezone(city().settings.zone).date()


def _page(problem: str = "", at: str = "", trial: RuleTrial | None = None) -> str:
    with city().records.read() as work:
        local = load_local_rules(work)
        versions = load_policies(work)
    policy = read_policy()
    return render_template(
        "administration/deadlines.html",
        policy=policy,
        local=local,
        units=list(ClockUnit),
        versions=versions,
        in_force=city().office().policy_at(now()),
        today=max(_today(), versions[-1].effective_from if versions else _today()),
        problem=problem,
        at=at,
        trial=trial,
    )
