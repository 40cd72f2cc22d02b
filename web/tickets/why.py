"""Why a clock is due on its day: the days walked, the rule, and how far its source is verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework.deadlines import count
from casework.model import Clock, ClockRule
from casework.office import Office
from casework.stages import SHORT_UNITS
from casework.workdays import CalendarDay

READ = "A"
"""The verification of a rule whose source text was read; any other is a local default."""


@dataclass(frozen=True, slots=True)
class Why:
    """rule: None when the policy no longer has it. first: the day counting began.
    counted: the days that count; rested: days walked over that do not."""

    rule: ClockRule | None
    first: date
    counted: tuple[CalendarDay, ...]
    rested: tuple[CalendarDay, ...]
    rolled_over: bool
    verified: bool


def why(clock: Clock, office: Office) -> Why:
    """The reason of a clock's due time. A rule changed since is explained as the clock has it."""
    rule = office.policy.rule(clock.rule_id)
    as_started = ClockRule(
        id=clock.rule_id,
        clock=clock.name,
        amount=clock.amount,
        unit=clock.unit,
        rolls_over=rule.rolls_over if rule else True,
    )
    counting = count(as_started, clock.started_at, office.calendar, office.zone)
    days = counting.days if clock.unit not in SHORT_UNITS else ()
    return Why(
        rule=rule,
        first=clock.started_at.astimezone(office.zone).date(),
        counted=tuple(day for day in days if day.working),
        rested=tuple(day for day in days if not day.working),
        rolled_over=counting.rolled_over,
        verified=rule is not None and rule.verification == READ,
    )
