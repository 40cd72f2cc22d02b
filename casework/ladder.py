"""What happens as a clock runs out: who is told at which part of its time, and what an overdue ticket
climbs to. Plain Python; the steps belong to the deadline policy, so that a ticket keeps those it began
with (casework/deadlines.py, casework/policy/default.toml).

The steps are in order: warnings at parts of the time, then the moment it is over, then working days
after that. A clock remembers how many steps it has taken, so that none is taken twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from casework.counting import Term, count
from casework.model import ClockName, ClockUnit
from casework.workdays import WorkingCalendar


class Audience(StrEnum):
    """Who is told."""

    UNIT = "unit"
    HEAD = "head"
    CENTRE = "centre"
    LEADER = "leader"
    PERSON = "person"  # the one an alert was handed to, or who took it on


@dataclass(frozen=True, slots=True)
class Step:
    """part: of the clock's time, in (0, 1]; 1 is the moment it is over. after: working days after that,
    for the steps beyond. level: of supervision (督办) the ticket climbs to, 0 for none. clocks: those
    it is for; empty for all."""

    name: str
    part: float
    after: int
    level: int
    tells: tuple[Audience, ...]
    clocks: tuple[ClockName, ...]
    source: str

    def is_for(self, clock: str) -> bool:
        return not self.clocks or clock in self.clocks


Ladder = tuple[Step, ...]
EARLY, LAST = "early", "last"
"""Warnings that a rule has of its own."""


def check_ladder(steps: Ladder) -> None:
    """Raises ValueError for steps out of order, and when a clock has none for the moment it is over."""
    if not all(0 < step.part <= 1 for step in steps):
        raise ValueError("a step of the ladder is at no part of the time")
    for clock in ClockName:
        order = [(step.part, step.after) for step in steps if step.is_for(clock)]
        if order != sorted(set(order)):
            raise ValueError(f"the steps of the ladder are out of order: {clock}")
        if (1.0, 0) not in order:
            raise ValueError(f"the ladder has no step for the moment a clock is over: {clock}")


def with_warnings(ladder: Ladder, clock: ClockName, parts: tuple[float, ...]) -> Ladder:
    """The ladder of one clock with warnings at these parts of its time in place of its own. The last
    of them is told to whom the last was, those before to whom the first was."""
    own = [step for step in ladder if step.is_for(clock)]
    first, *_ = own
    *_, last = [step for step in own if step.part < 1] or own
    early = tuple(replace(first, name=EARLY, part=part, clocks=(clock,)) for part in parts[:-1])
    final = replace(last, name=LAST, part=parts[-1], after=0, level=0, clocks=(clock,))
    return (*early, final, *(step for step in own if step.part == 1))


def first_step(
    ladder: Ladder, name: str, started_at: datetime, due_at: datetime, now: datetime
) -> tuple[int, datetime]:
    """The number of the first step a clock has still before it at `now`, and when it is due; the
    moment it is over when all warnings have passed. Costs no look at the calendar."""
    for number, step in enumerate(ladder):
        if step.after or not step.is_for(name):
            continue
        at = _part(step, started_at, due_at)
        if at > now or step.part == 1:
            return number, at
    raise ValueError("the ladder has no step for the moment a clock is over")


def next_step(
    ladder: Ladder,
    number: int,
    name: str,
    started_at: datetime,
    due_at: datetime,
    calendar: WorkingCalendar,
    zone: ZoneInfo,
) -> tuple[int, datetime] | None:
    """The first step from `number` on that is for this clock, and when it is due; None after the
    last."""
    for at, step in enumerate(ladder[number:], start=number):
        if not step.is_for(name):
            continue
        if step.after:
            return at, _days_after(step.after, due_at.astimezone(zone).date(), calendar, zone)
        return at, _part(step, started_at, due_at)
    return None


@lru_cache(maxsize=1024)
def _days_after(days: int, day: date, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """The end of so many working days after a day; thousands of clocks are over on the same one."""
    midnight = datetime.combine(day, time.min, tzinfo=zone)
    return count(Term(days, ClockUnit.WORKING_DAY), midnight, calendar, zone).due_at


def _part(step: Step, started_at: datetime, due_at: datetime) -> datetime:
    return started_at + step.part * (due_at - started_at)
