"""Which clocks start for a ticket, when they are due, and why on that day.

Counting follows 民法典 201–204: hours run at once and round the clock; of days the first is not
counted; a period ends at 24:00 of its last day, which moves to the next working day when it falls
on a day of rest and the rule says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework.model import Clock, ClockName, ClockRule, ClockUnit
from casework.workdays import CalendarDay, WorkingCalendar

END_OF_DAY = time(23, 59, 59)
"""24:00 of the last day, to the second, so that the due time names the day it belongs to."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How a due time came about: the days walked, and whether the last day rolled over."""

    due_at: datetime
    days: tuple[CalendarDay, ...]
    rolled_over: bool
    provisional: bool


@dataclass(frozen=True, slots=True)
class LocalRule:
    """How long a rule gives in this city. source: the city's own document."""

    amount: int
    unit: ClockUnit
    source: str
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class DeadlinePolicy:
    """An ordered list of rules; for each clock the first rule that matches is taken."""

    version: str
    rules: tuple[ClockRule, ...]

    def rules_for(self, kind: str, urgency: str, region: str) -> tuple[ClockRule, ...]:
        """One rule a clock, for a ticket of this kind, urgency and region (district code)."""
        chosen: dict[ClockName, ClockRule] = {}
        for rule in self.rules:
            if rule.clock not in chosen and _matches(rule, kind, urgency, region):
                chosen[rule.clock] = rule
        return tuple(chosen.values())

    def with_local(self, local: Mapping[str, LocalRule]) -> DeadlinePolicy:
        """The policy with what the city decided in place of what the file says, by rule id."""
        if not local:
            return self
        newest = max(each.changed_at for each in local.values())
        rules = (
            rule
            if rule.id not in local
            else replace(
                rule,
                amount=local[rule.id].amount,
                unit=local[rule.id].unit,
                source=local[rule.id].source,
                source_rule="",
                verification="D",
            )
            for rule in self.rules
        )
        return DeadlinePolicy(f"{self.version}+{newest:%Y%m%d%H%M%S}", tuple(rules))

    def rule(self, rule_id: str) -> ClockRule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def _matches(rule: ClockRule, kind: str, urgency: str, region: str) -> bool:
    return (
        (not rule.kinds or kind in rule.kinds)
        and (not rule.urgencies or urgency in rule.urgencies)
        and (not rule.regions or region in rule.regions)
    )


def count(
    rule: ClockRule, started_at: datetime, calendar: WorkingCalendar, zone: ZoneInfo
) -> Counting:
    """When a clock of this rule, started at `started_at` (aware), is due."""
    if rule.unit is ClockUnit.MINUTE:
        return Counting(started_at + timedelta(minutes=rule.amount), (), False, False)
    if rule.unit is ClockUnit.HOUR:
        return Counting(started_at + timedelta(hours=rule.amount), (), False, False)
    first = started_at.astimezone(zone).date()
    if rule.unit is ClockUnit.WORKING_DAY:
        last, walked = calendar.after(first, rule.amount)
        return _at_end_of(last, walked, False, zone)
    return _count_calendar_days(rule, first, calendar, zone)


def _count_calendar_days(
    rule: ClockRule, first: date, calendar: WorkingCalendar, zone: ZoneInfo
) -> Counting:
    last = first + timedelta(days=rule.amount)
    if not rule.rolls_over:
        return _at_end_of(last, (), False, zone)
    moved, walked = calendar.next_working(last)
    return _at_end_of(moved, walked, moved != last, zone)


def _at_end_of(
    day: date, walked: tuple[CalendarDay, ...], rolled_over: bool, zone: ZoneInfo
) -> Counting:
    due_at = datetime.combine(day, END_OF_DAY, tzinfo=zone)
    return Counting(due_at, walked, rolled_over, any(entry.provisional for entry in walked))


def start_clocks(
    policy: DeadlinePolicy,
    *,
    kind: str,
    urgency: str,
    region: str,
    started_at: datetime,
    calendar: WorkingCalendar,
    zone: ZoneInfo,
) -> tuple[Clock, ...]:
    """All clocks of a new ticket, running from the citizen's submission."""
    clocks = []
    for rule in policy.rules_for(kind, urgency, region):
        counted = count(rule, started_at, calendar, zone)
        clocks.append(
            Clock(
                name=rule.clock,
                rule_id=rule.id,
                amount=rule.amount,
                unit=rule.unit,
                started_at=started_at,
                due_at=counted.due_at,
                provisional=counted.provisional,
            )
        )
    return tuple(clocks)


def nearest_due(clocks: Iterable[Clock]) -> datetime | None:
    """The due time of the nearest running clock, or None when none runs."""
    return min(
        (c.due_at for c in clocks if c.stopped_at is None and not c.voided),
        default=None,
    )
