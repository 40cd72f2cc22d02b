"""Why a clock is due on its day: the days walked, the rule, and how far its source is verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework.counting import count
from casework.deadlines import DeadlinePolicy
from casework.model import Clock, ClockRule, ClockUnit
from casework.office import Office
from casework.workdays import CalendarDay

READ = "A"
"""The verification of a rule whose source text was read; any other is a local default."""
BY_WORKING_DAYS = (ClockUnit.WORKING_DAY, ClockUnit.DUTY_HOUR)
BY_THE_SECOND = (ClockUnit.MINUTE, ClockUnit.HOUR)


@dataclass(frozen=True, slots=True)
class Why:
    """rule: None when the policy no longer has it; version: of that policy. first: the day counting
    began. counted: the days that count; rested: days walked over that do not; made_up: those of the
    counted that are worked for a holiday, though they fall on a weekend."""

    rule: ClockRule | None
    version: str
    first: date
    counted: tuple[CalendarDay, ...]
    rested: tuple[CalendarDay, ...]
    made_up: tuple[CalendarDay, ...]
    rolled_over: bool
    verified: bool

    def shows_days(self, clock: Clock) -> bool:
        """Whether the clock runs by days at all."""
        return clock.unit not in BY_THE_SECOND


def why(clock: Clock, office: Office, policy: DeadlinePolicy) -> Why:
    """The reason of a clock's due time, by the policy the ticket began with. A rule changed since
    is explained as the clock has it."""
    rule = policy.rule(clock.rule_id)
    as_started = ClockRule(
        id=clock.rule_id,
        clock=clock.name,
        amount=clock.amount,
        unit=clock.unit,
        rolls_over=rule.rolls_over if rule else True,
    )
    counting = count(as_started, clock.started_at, office.calendar, office.zone)
    counted = tuple(day for day in counting.days if day.working)
    return Why(
        rule=rule,
        version=policy.version,
        first=clock.started_at.astimezone(office.zone).date(),
        counted=counted if clock.unit in BY_WORKING_DAYS else (),
        rested=tuple(day for day in counting.days if not day.working),
        made_up=tuple(day for day in counted if day.day.weekday() >= 5),
        rolled_over=counting.rolled_over,
        verified=rule is not None and rule.verification == READ,
    )
