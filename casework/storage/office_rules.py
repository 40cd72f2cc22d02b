"""What a city decides for itself: days of its calendar, lengths of its deadlines.

New tickets go by it, deadlines from the day the city says; tickets that are open keep the clocks they
started with. Who leads for what: casework/storage/leads.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from casework.deadlines import DeadlinePolicy
from casework.errors import NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.model import ClockUnit
from casework.storage.audit import append
from casework.storage.office import announce_change, load_local_rules
from casework.storage.policies import keep_policy, load_policies
from casework.storage.records import Work
from casework.storage.tables import LocalRuleRow, WorkingDayRow
from casework.workdays import CalendarDay

LOCAL, OFFICIAL = "local", "official"
LONGEST_AMOUNT = 1000


def set_day(
    work: Work, day: date, working: bool, name: str, source: str, by: str, now: datetime
) -> None:
    """Say whether the city works on a day, by which notice. Raises Rejected("required", "source")."""
    if not source.strip():
        raise Rejected("required", "source")
    row = work.session.get(WorkingDayRow, day)
    if row is None:
        row = WorkingDayRow(day=day)
        work.session.add(row)
    row.working, row.name, row.source, row.state = working, name.strip(), source.strip(), LOCAL
    told = f"{day.isoformat()}: {'work' if working else 'rest'}; {row.source}"
    append(work, OFFICE_CHAIN, EventName.DAY_CHANGED, by, now, told)
    announce_change(work)


def set_days(work: Work, days: Sequence[CalendarDay], by: str, now: datetime) -> None:
    """Take over the days of a notice. Raises Rejected("required", "source") without one."""
    for day in days:
        if not day.source.strip():
            raise Rejected("required", "source")
        row = work.session.get(WorkingDayRow, day.day)
        if row is None:
            row = WorkingDayRow(day=day.day)
            work.session.add(row)
        row.working, row.name, row.source = day.working, day.name, day.source.strip()
        row.state = OFFICIAL
    told = f"{len(days)}: {', '.join(day.day.isoformat() for day in days)}; {days[0].source}"
    append(work, OFFICE_CHAIN, EventName.DAY_CHANGED, by, now, told)
    announce_change(work)


def set_local_rule(
    work: Work,
    policy: DeadlinePolicy,
    rule_id: str,
    amount: int,
    unit: ClockUnit,
    source: str,
    effective_from: date,
    by: str,
    now: datetime,
) -> None:
    """Let a rule give another time in this city, by its own document, for messages from a day on.
    Raises NotFound, Rejected, and what policies.keep_policy raises."""
    if policy.rule(rule_id) is None:
        raise NotFound("rule", rule_id)
    if not 1 <= amount <= LONGEST_AMOUNT:
        raise Rejected("amount", "amount", most=LONGEST_AMOUNT)
    if not source.strip():
        raise Rejected("required", "source")
    row = work.session.get(LocalRuleRow, rule_id)
    if row is None:
        row = LocalRuleRow(rule_id=rule_id)
        work.session.add(row)
    row.amount, row.unit, row.source = amount, unit, source.strip()
    row.changed_by, row.changed_at = by, now
    told = f"{rule_id}: {amount} {unit}; {row.source}"
    _new_version(work, policy, effective_from, by, now, told)


def drop_local_rule(
    work: Work,
    policy: DeadlinePolicy,
    rule_id: str,
    effective_from: date,
    by: str,
    now: datetime,
) -> None:
    """Go back to what the policy's file says. Raises NotFound, and as set_local_rule."""
    row = work.session.get(LocalRuleRow, rule_id)
    if row is None:
        raise NotFound("rule", rule_id)
    work.session.delete(row)
    _new_version(work, policy, effective_from, by, now, f"{rule_id}: as in the file")


def _new_version(
    work: Work, policy: DeadlinePolicy, effective_from: date, by: str, now: datetime, told: str
) -> None:
    """Keep the policy as it now is; without any rule of the city's own it still is a new version,
    for the one of this name may have begun long ago."""
    work.session.flush()
    made = policy.with_local(load_local_rules(work))
    made = replace(made, version=f"{policy.version}+{len(load_policies(work))}")
    keep_policy(work, made, effective_from, by, now)
    told = f"{told}; {made.version} {effective_from.isoformat()}"
    append(work, OFFICE_CHAIN, EventName.RULE_CHANGED, by, now, told)
    announce_change(work)
