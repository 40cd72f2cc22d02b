"""The deadline policy: every rule with its source, and what the city decided itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import NotFound, Rejected
from casework.local_rules import LocalRule
from casework.model import Approver, ClockName, ClockRule, ClockUnit
from casework.permissions import Action
from casework.policy import read_policy
from casework.rule_checks import LONGEST_AMOUNT, check_local_rule
from casework.storage.local_rules import drop_local_rule, load_local_rules, set_local_rule
from casework.storage.policies import load_policies
from casework.storage.queries.rule_trial import RuleTrial, try_rule
from casework.taxonomy import CHANNELS, KINDS, NORMAL, URGENCIES, first_level_topics, leaves
from web.access import me, requires
from web.administration.rule_forms import read_day, read_local_rule
from web.city import city
from web.clock import now
from web.reasons import in_words
from web.typed import typed

NEW = "new"
"""Stands for a rule that has no name yet."""

blueprint = Blueprint("deadlines", __name__, url_prefix="/administration/deadlines")


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as the newest version has it. before: as it stands in the file, where the city decided
    otherwise; own: it stands in no file."""

    rule: ClockRule
    local: LocalRule | None
    before: ClockRule | None
    own: bool


@blueprint.get("/")
@requires(Action.ADMINISTER)
def rules() -> Any:
    """Every rule."""
    return _page()


@blueprint.post("/")
@requires(Action.ADMINISTER)
def new_rule() -> Any:
    """Give a combination of region, kind, topic, urgency and channel a rule of its own, or try it first."""
    return _do("")


@blueprint.post("/<rule_id>")
@requires(Action.ADMINISTER)
def rule(rule_id: str) -> Any:
    """Set another time for a rule, try it on past tickets first, or go back to the file's."""
    return _do(rule_id)


def _do(rule_id: str) -> Any:
    act = request.form.get("do", "")
    try:
        if act == "try":
            return _page(at=rule_id or NEW, trial=_try(rule_id))
        begins = read_day(request.form.get("effective_from", ""), _today())
        with city().records.write() as work:
            if act == "drop":
                drop_local_rule(work, read_policy(), rule_id, begins, me().username, now())
            else:
                local = _sent(trial=False)
                rule_id = set_local_rule(
                    work, city().office(), read_policy(), rule_id, local, begins
                )
            work.commit()
    except Rejected as error:
        return _page(in_words(error), rule_id or NEW), 400
    return redirect(url_for("deadlines.rules", _anchor=rule_id), 303)


def _sent(*, trial: bool) -> LocalRule:
    return read_local_rule(request.form, me().username, now(), trial)


def _try(rule_id: str) -> RuleTrial:
    """What would have been different. Refused as it would be if it were to hold."""
    served, policy, local = city(), read_policy(), _sent(trial=True)
    name = rule_id or NEW
    with served.records.read() as work:
        known = load_local_rules(work)
        if rule_id and policy.rule(rule_id) is None and rule_id not in known:
            raise NotFound("rule", rule_id)
        if rule_id in known:
            local = replace(local, combination=known[rule_id].combination)
        check_local_rule(policy, name, local, known, served.office(), now())
        tried = policy.with_local({**known, name: local})
        return try_rule(work, served.office(), tried, name, now())


def _today() -> date:
    return now().astimezone(city().settings.zone).date()


def _page(problem: str = "", at: str = "", trial: RuleTrial | None = None) -> str:
    with city().records.read() as work:
        local = load_local_rules(work)
        versions = load_policies(work)
    office = city().office()
    return render_template(
        "administration/deadlines.html",
        lines=_lines(local),
        units=list(ClockUnit),
        clocks=list(ClockName),
        approvers=list(Approver),
        kinds=KINDS,
        urgencies=URGENCIES,
        channels=CHANNELS,
        districts=[d for d in office.departments if d.level == "district" and d.active],
        first_topics=first_level_topics(),
        topics_below=_topics_below(),
        normal=NORMAL,
        longest=LONGEST_AMOUNT,
        new=NEW,
        versions=versions,
        in_force=office.policy_at(now()),
        today=max(_today(), versions[-1].effective_from if versions else _today()),
        problem=problem,
        written={name: typed(value) for name, value in request.form.items()},
        at=at,
        trial=trial,
    )


def _lines(local: dict[str, LocalRule]) -> list[Line]:
    policy = read_policy()
    return [
        Line(
            rule=each,
            local=local.get(each.id),
            before=policy.rule(each.id) if each.id in local else None,
            own=policy.rule(each.id) is None,
        )
        for each in policy.with_local(local).rules
    ]


def _topics_below() -> list[str]:
    """Second and third levels, each second level before what is below it."""
    paths = ("/".join(leaf.path[:depth]) for leaf in leaves() for depth in (2, 3))
    return list(dict.fromkeys(paths))
