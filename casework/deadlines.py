"""The deadline policy: which clocks start for a ticket, and by which rule. casework/counting.py says
when each is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from casework.counting import count
from casework.judgement import TopicPath
from casework.ladder import Ladder, first_step, with_warnings
from casework.local_rules import LocalRule, with_local_rules
from casework.model import Clock, ClockName, ClockRule, ClockStart
from casework.requests import PauseReason, PauseRule
from casework.workdays import WorkingCalendar

SEPARATOR = "/"
NONE_YET: Mapping[ClockStart, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a ticket decides which rules hold. region: district code or ""; topic: () when
    nobody knows it."""

    kind: str
    urgency: str
    region: str = ""
    topic: TopicPath = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class DeadlinePolicy:
    """An ordered list of rules; for each clock the first rule that matches is taken.
    effective_from: the first day on which a message comes under it. steps: what happens as a clock
    runs out; without any, nothing does."""

    version: str
    rules: tuple[ClockRule, ...]
    effective_from: date = date.min
    pauses: tuple[PauseRule, ...] = ()
    steps: Ladder = ()

    def rules_for(self, matter: Matter) -> tuple[ClockRule, ...]:
        """One rule a clock."""
        chosen: dict[ClockName, ClockRule] = {}
        topic = SEPARATOR.join(matter.topic)
        for rule in self.rules:
            if rule.clock not in chosen and _matches(rule, matter, topic):
                chosen[rule.clock] = rule
        return tuple(chosen.values())

    def with_local(self, local: Mapping[str, LocalRule]) -> DeadlinePolicy:
        """The policy with what the city decided, by rule id: its own rules first, and other times in
        place of what the file says."""
        if not local:
            return self
        newest = max(each.changed_at for each in local.values())
        version = f"{self.version}+{newest:%Y%m%d%H%M%S}"
        return replace(self, version=version, rules=with_local_rules(self.rules, local))

    def pause(self, reason: PauseReason) -> PauseRule | None:
        """The rule for standing still for this reason; None: not at all."""
        return next((rule for rule in self.pauses if rule.reason is reason), None)

    def rule(self, rule_id: str) -> ClockRule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def ladder_for(self, rule_id: str) -> Ladder:
        """The steps of a clock that runs by this rule: with the rule's own warnings, where it has some."""
        rule = self.rule(rule_id)
        if rule is None or not rule.warnings or not self.steps:
            return self.steps
        return with_warnings(self.steps, rule.clock, rule.warnings)


def _matches(rule: ClockRule, matter: Matter, topic: str) -> bool:
    return (
        (not rule.kinds or matter.kind in rule.kinds)
        and (not rule.urgencies or matter.urgency in rule.urgencies)
        and (not rule.regions or matter.region in rule.regions)
        and (not rule.channels or matter.channel in rule.channels)
        and (not rule.topics or any(_under(topic, above) for above in rule.topics))
    )


def _under(topic: str, above: str) -> bool:
    return topic == above or topic.startswith(above + SEPARATOR)


def start_clocks(
    policy: DeadlinePolicy,
    matter: Matter,
    *,
    started_at: datetime,
    calendar: WorkingCalendar,
    zone: ZoneInfo,
    others: Mapping[ClockStart, datetime] = NONE_YET,
) -> tuple[Clock, ...]:
    """All clocks of a ticket that can run: from the citizen's submission, and from each of the
    other times that has come."""
    clocks = []
    for rule in policy.rules_for(matter):
        start = started_at if rule.starts is ClockStart.RECEIVED else others.get(rule.starts)
        if start is None:
            continue
        counted = count(rule, start, calendar, zone)
        step, step_at = _first_step(policy, rule, start, counted.due_at)
        clocks.append(
            Clock(
                name=rule.clock,
                rule_id=rule.id,
                amount=rule.amount,
                unit=rule.unit,
                started_at=start,
                due_at=counted.due_at,
                provisional=counted.provisional,
                step=step,
                next_step_at=step_at,
            )
        )
    return tuple(clocks)


def _first_step(
    policy: DeadlinePolicy, rule: ClockRule, start: datetime, due_at: datetime
) -> tuple[int, datetime | None]:
    if not policy.steps:
        return 0, None
    return first_step(policy.ladder_for(rule.id), rule.clock, start, due_at, start)


def in_force(policies: Iterable[DeadlinePolicy], day: date) -> DeadlinePolicy | None:
    """The last of the policies, oldest first, that holds on the day; None before all of them."""
    known = [policy for policy in policies if policy.effective_from <= day]
    return known[-1] if known else None


def nearest_due(clocks: Iterable[Clock]) -> datetime | None:
    """The due time of the nearest running clock, or None when none runs."""
    return min(
        (c.due_at for c in clocks if c.stopped_at is None and not c.voided),
        default=None,
    )
