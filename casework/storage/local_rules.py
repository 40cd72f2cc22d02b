"""What a city decides about its deadlines, in and out of the records.

Every change makes a version of the whole policy (casework/storage/policies.py): new tickets go by it from
the day the city says, tickets that are open keep the clocks they started with.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from casework.deadlines import DeadlinePolicy
from casework.errors import NotFound
from casework.events import OFFICE_CHAIN, EventName
from casework.local_rules import Combination, LocalRule
from casework.model import Approver, ClockName, ClockUnit
from casework.office import Office
from casework.rule_checks import check_local_rule
from casework.storage.audit import append
from casework.storage.locks import lock
from casework.storage.office import announce_change
from casework.storage.policies import keep_policy, load_policies
from casework.storage.records import Work
from casework.storage.tables import LocalRuleRow

OWN = "city-"
"""Begins the name of a rule that is not in the file."""


def load_local_rules(work: Work) -> dict[str, LocalRule]:
    """What the city decided, by rule."""
    return {row.rule_id: _read(row) for row in work.session.scalars(select(LocalRuleRow))}


def set_local_rule(
    work: Work,
    office: Office,
    policy: DeadlinePolicy,
    rule_id: str,
    local: LocalRule,
    effective_from: date,
) -> str:
    """Let a rule give another time in this city, or have a rule of its own, for messages from a day on;
    returns the rule's name. rule_id: "" for a new rule of its own; one that is known keeps what it is for.

    Raises NotFound, and what rule_checks.check_local_rule and policies.keep_policy raise.
    """
    lock(work, [_CHANGE])
    known = load_local_rules(work)
    if not rule_id:
        rule_id = _new_name(work, known)
    elif rule_id in known:
        local = replace(local, combination=known[rule_id].combination)
    elif policy.rule(rule_id) is None:
        raise NotFound("rule", rule_id)
    else:
        local = replace(local, combination=None)
    check_local_rule(policy, rule_id, local, known, office, local.changed_at)
    row = work.session.get(LocalRuleRow, rule_id)
    if row is None:
        row = LocalRuleRow(rule_id=rule_id)
        work.session.add(row)
    _write(row, local)
    _new_version(work, policy, effective_from, local, f"{rule_id}: {_told(local)}")
    return rule_id


def drop_local_rule(
    work: Work,
    policy: DeadlinePolicy,
    rule_id: str,
    effective_from: date,
    by: str,
    now: datetime,
) -> None:
    """Go back to what the policy's file says; a rule of the city's own is no more. Raises NotFound, and
    what policies.keep_policy raises."""
    lock(work, [_CHANGE])
    known = load_local_rules(work)
    if rule_id not in known:
        raise NotFound("rule", rule_id)
    before = replace(known[rule_id], changed_by=by, changed_at=now)
    work.session.delete(work.session.get_one(LocalRuleRow, rule_id))
    _new_version(work, policy, effective_from, before, f"{rule_id}: as in the file")


_CHANGE = "deadline policy"


def _new_name(work: Work, known: dict[str, LocalRule]) -> str:
    """One that no version has used: open tickets ask for their rule by its name."""
    used = {rule.id for policy in load_policies(work) for rule in policy.rules} | set(known)
    numbers = [int(name[len(OWN) :]) for name in used if name.startswith(OWN)]
    return f"{OWN}{max(numbers, default=0) + 1}"


def _new_version(
    work: Work, policy: DeadlinePolicy, effective_from: date, change: LocalRule, told: str
) -> None:
    """Keep the policy as it now is; without any rule of the city's own it still is a new version,
    for the one of this name may have begun long ago."""
    work.session.flush()
    made = policy.with_local(load_local_rules(work))
    made = replace(made, version=f"{policy.version}+{len(load_policies(work))}")
    keep_policy(work, made, effective_from, change.changed_by, change.changed_at)
    told = f"{told}; {made.version} {effective_from.isoformat()}"
    append(work, OFFICE_CHAIN, EventName.RULE_CHANGED, change.changed_by, change.changed_at, told)
    announce_change(work)


def _told(local: LocalRule) -> str:
    said = [f"{local.amount} {local.unit}"]
    if local.extend is not None:
        said.append(f"extend {local.extend} by {local.extend_by or 'unit'}")
    if local.warnings:
        said.append("warn at " + ", ".join(f"{part:.0%}" for part in local.warnings))
    what = local.combination
    if what is not None:
        named = (what.region, what.kind, what.topic, what.urgency, what.channel)
        said.insert(0, " ".join([what.clock, *(each for each in named if each)]))
    return "; ".join([*said, local.source])


def _write(row: LocalRuleRow, local: LocalRule) -> None:
    row.amount, row.unit, row.source = local.amount, local.unit, local.source.strip()
    row.extend, row.extend_by = local.extend, local.extend_by
    row.warnings = list(local.warnings)
    row.changed_by, row.changed_at = local.changed_by, local.changed_at
    what = local.combination
    if what is not None:
        row.clock, row.region, row.kind = what.clock, what.region, what.kind
        row.topic, row.urgency, row.channel = what.topic, what.urgency, what.channel


def _read(row: LocalRuleRow) -> LocalRule:
    combination = None
    if row.clock:
        combination = Combination(
            ClockName(row.clock), row.region, row.kind, row.topic, row.urgency, row.channel
        )
    return LocalRule(
        amount=row.amount,
        unit=ClockUnit(row.unit),
        source=row.source,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        extend=row.extend,
        extend_by=Approver(row.extend_by) if row.extend_by else None,
        warnings=tuple(row.warnings),
        combination=combination,
    )
