"""What a city decides about deadlines itself: another time for a rule of the file, or a rule of its own for
a combination of region, kind, topic, urgency and channel. Plain Python; casework/rule_checks.py says
what is refused.

Of several rules of the city that match, the one with more conditions holds, then the newer one; each
comes before the file's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from casework.model import Approver, ClockName, ClockRule, ClockStart, ClockUnit

LOCAL = "D"
"""The verification of what a city decided: by its own document, which nobody here has read."""


@dataclass(frozen=True, slots=True)
class Combination:
    """What a rule of the city's own is for; "" means any. region: a district's code. topic: levels
    joined by "/", with all below it."""

    clock: ClockName
    region: str = ""
    kind: str = ""
    topic: str = ""
    urgency: str = ""
    channel: str = ""

    @property
    def conditions(self) -> int:
        """How many of the five it names."""
        return sum(map(bool, (self.region, self.kind, self.topic, self.urgency, self.channel)))


@dataclass(frozen=True, slots=True)
class LocalRule:
    """How long a rule gives in this city. source: the city's own document. extend, extend_by: by how
    much it may be extended and by whom, None for as in the file. warnings: the parts of its time at
    which is warned, in (0, 1) and rising; none: as the ladder does. combination: of a rule of the
    city's own; None for one that stands in the file."""

    amount: int
    unit: ClockUnit
    source: str
    changed_by: str
    changed_at: datetime
    extend: int | None = None
    extend_by: Approver | None = None
    warnings: tuple[float, ...] = ()
    combination: Combination | None = None

    def instead_of(self, rule: ClockRule) -> ClockRule:
        """A rule with what the city decided in place of what it says."""
        return replace(
            rule,
            amount=self.amount,
            unit=self.unit,
            source=self.source,
            source_rule="",
            verification=LOCAL,
            extend=rule.extend if self.extend is None else self.extend,
            extend_by=self.extend_by or rule.extend_by,
            warnings=self.warnings,
        )


def with_local_rules(
    rules: tuple[ClockRule, ...], local: Mapping[str, LocalRule]
) -> tuple[ClockRule, ...]:
    """The rules in the order in which they are tried: the city's own first."""
    own = [(key, rule) for key, rule in local.items() if rule.combination is not None]
    own.sort(key=lambda pair: (-_conditions(pair[1]), -pair[1].changed_at.timestamp(), pair[0]))
    return (
        *(_own_rule(rules, rule_id, rule) for rule_id, rule in own),
        *(local[rule.id].instead_of(rule) if rule.id in local else rule for rule in rules),
    )


def _conditions(rule: LocalRule) -> int:
    return rule.combination.conditions if rule.combination else 0


def _own_rule(rules: tuple[ClockRule, ...], rule_id: str, local: LocalRule) -> ClockRule:
    """It starts when the file's rules of this clock do, and needs a second person where those do."""
    for_what = local.combination
    assert for_what is not None
    alike = [rule for rule in rules if rule.clock is for_what.clock]
    return local.instead_of(
        ClockRule(
            id=rule_id,
            clock=for_what.clock,
            amount=local.amount,
            unit=local.unit,
            kinds=_one(for_what.kind),
            urgencies=_one(for_what.urgency),
            regions=_one(for_what.region),
            topics=_one(for_what.topic),
            channels=_one(for_what.channel),
            starts=alike[0].starts if alike else ClockStart.RECEIVED,
            two_persons=any(rule.two_persons for rule in alike),
        )
    )


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
