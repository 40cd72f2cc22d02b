"""How near a clock is to its end, in the four steps people see.

Days: today means due before midnight. Hours and minutes: the last fifth of the time takes the place
of "today", for such a clock is always due today or tomorrow. Soon means that half of the time is
gone. storage/queries/clock_stages.py says the same in SQL; both are tested against each other.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from casework.model import Clock, ClockUnit


class Stage(StrEnum):
    PLENTY = "plenty"
    SOON = "soon"
    TODAY = "today"
    OVERDUE = "overdue"
    MET = "met"  # stopped in time
    PAUSED = "paused"  # stands still
    MISSED = "missed"  # stopped too late
    VOID = "void"  # never ran, or no longer applies


RUNNING_STAGES = (Stage.OVERDUE, Stage.TODAY, Stage.SOON, Stage.PLENTY)
SHORT_UNITS = (ClockUnit.MINUTE, ClockUnit.HOUR, ClockUnit.DUTY_HOUR)
LAST_PART = 5
"""The last fifth."""


def stage_of(clock: Clock, now: datetime, zone: ZoneInfo) -> Stage:
    """Where a clock stands at `now`."""
    if clock.voided:
        return Stage.VOID
    if clock.stopped_at is not None:
        return Stage.MET if clock.met() else Stage.MISSED
    if clock.paused:
        return Stage.PAUSED
    if now > clock.due_at:
        return Stage.OVERDUE
    if _at_the_end(clock, now, zone):
        return Stage.TODAY
    return Stage.SOON if now - clock.started_at > clock.due_at - now else Stage.PLENTY


def _at_the_end(clock: Clock, now: datetime, zone: ZoneInfo) -> bool:
    if clock.unit in SHORT_UNITS:
        return LAST_PART * (clock.due_at - now) <= clock.due_at - clock.started_at
    return clock.due_at.astimezone(zone).date() == now.astimezone(zone).date()
