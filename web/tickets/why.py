"""Why a clock is due on its day: the days walked, the rule, and how far its source is verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.counting import Pause, Term, count
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
    counted that are worked for a holiday, though they fall on a weekend; paused: working days that a
    pause took out. extended_from: the last day before the extension, None without one."""

    rule: ClockRule | None
    version: str
    first: date
    counted: tuple[CalendarDay, ...]
    rested: tuple[CalendarDay, ...]
    made_up: tuple[CalendarDay, ...]
    paused: tuple[CalendarDay, ...]
    pauses: tuple[Pause, ...]
    extended_from: date | None
    rolled_over: bool
    verified: bool

    def shows_days(self, clock: Clock) -> bool:
        """Whether the clock runs by days at all."""
        return clock.unit not in BY_THE_SECOND


def why(clock: Clock, office: Office, policy: DeadlinePolicy, pauses: Sequence[Pause] = ()) -> Why:
    """The reason of a clock's due time, by the policy the ticket began with, with the times in which
    it stood still and its extension. A rule changed since is explained as the clock has it."""
    rule = policy.rule(clock.rule_id)
    as_started = ClockRule(
        id=clock.rule_id,
        clock=clock.name,
        amount=clock.amount,
        unit=clock.unit,
        rolls_over=rule.rolls_over if rule else True,
    )
    extra = Term(clock.extra, clock.unit) if clock.extra else None
    end = clock.stopped_at or clock.due_at
    held = [
        pause for pause in pauses if clock.started_at < pause.ended_at and pause.started_at < end
    ]
    counting = count(as_started, clock.started_at, office.calendar, office.zone, held, extra)
    counted = tuple(day for day in counting.days if day.working and day.day not in counting.paused)
    return Why(
        rule=rule,
        version=policy.version,
        first=clock.started_at.astimezone(office.zone).date(),
        counted=counted if clock.unit in BY_WORKING_DAYS else (),
        rested=tuple(day for day in counting.days if not day.working),
        paused=tuple(day for day in counting.days if day.working and day.day in counting.paused),
        pauses=tuple(held),
        extended_from=counting.extended_from,
        made_up=tuple(day for day in counted if day.day.weekday() >= 5),
        rolled_over=counting.rolled_over,
        verified=rule is not None and rule.verification == READ,
    )
