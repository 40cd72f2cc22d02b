"""What a city may not decide about its deadlines: what contradicts itself, and what is longer than the law
allows. Plain Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from casework.counting import END_OF_DAY, Term, count
from casework.deadlines import DeadlinePolicy
from casework.errors import Rejected
from casework.local_rules import Combination, LocalRule
from casework.model import ClockName, ClockRule
from casework.office import Office
from casework.taxonomy import CHANNELS, KINDS, URGENCIES, leaves

LONGEST_AMOUNT = 1000
MOST_WARNINGS = 3
DAYS_LOOKED_AT = 366
"""A time is compared with the law's for a start on each day of a year: holidays make the difference."""


def check_local_rule(
    policy: DeadlinePolicy,
    rule_id: str,
    local: LocalRule,
    others: Mapping[str, LocalRule],
    office: Office,
    now: datetime,
) -> None:
    """Raises Rejected with the reason. policy: the file's; others: what the city decided before."""
    _check_terms(local)
    known = policy.rule(rule_id)
    if local.combination is not None:
        _check_combination(local.combination, office)
        _check_not_twice(rule_id, local.combination, others)
    decided = policy.with_local({rule_id: local}).rule(rule_id)
    assert decided is not None
    _check_clock(decided)
    for law in _laws_before(policy, known):
        if law.clock is decided.clock and _meet(decided, law):
            _check_within(decided, law, office, now)


def _laws_before(policy: DeadlinePolicy, known: ClockRule | None) -> Iterator[ClockRule]:
    """The rules that bind and that this one could come before: a rule of the file stays at its place."""
    after = True
    for rule in reversed(policy.rules):
        if rule.binding and after:
            yield rule
        after = after and rule is not known


def _check_terms(local: LocalRule) -> None:
    if not 1 <= local.amount <= LONGEST_AMOUNT:
        raise Rejected("amount", "amount", most=LONGEST_AMOUNT)
    if not local.source.strip():
        raise Rejected("required", "source")
    if local.extend is not None and not 0 <= local.extend <= LONGEST_AMOUNT:
        raise Rejected("extension_amount", "extend", most=LONGEST_AMOUNT)
    parts = local.warnings
    rising = list(parts) == sorted(set(parts)) and all(0 < part < 1 for part in parts)
    if not rising or len(parts) > MOST_WARNINGS:
        raise Rejected("warnings", "warnings", most=MOST_WARNINGS)


def _check_combination(combination: Combination, office: Office) -> None:
    region = office.departments.get(combination.region) if combination.region else None
    if combination.region and (region is None or region.level != "district"):
        raise Rejected("unknown", "district")
    topics = {"/".join(leaf.path[:depth]) for leaf in leaves() for depth in (1, 2, 3)}
    for field, value, allowed in (
        ("kind", combination.kind, KINDS),
        ("urgency", combination.urgency, URGENCIES),
        ("channel", combination.channel, CHANNELS),
        ("topic", combination.topic, topics),
    ):
        if value and value not in allowed:
            raise Rejected("unknown", field)
    if not combination.conditions:
        raise Rejected("no_condition", "")


def _check_not_twice(
    rule_id: str, combination: Combination, others: Mapping[str, LocalRule]
) -> None:
    for other_id, other in others.items():
        if other_id != rule_id and other.combination == combination:
            raise Rejected("same_combination", "", rule=other_id)


def _check_clock(decided: ClockRule) -> None:
    """Extensions are asked for of the reply clock; what others are asked for is warned of by the
    ladder."""
    if decided.extend and decided.clock is not ClockName.REPLY:
        raise Rejected("extension_of_reply", "extend")
    if decided.warnings and decided.clock is ClockName.CO_HANDLE:
        raise Rejected("warnings_of_co_handle", "warnings")


def _meet(one: ClockRule, other: ClockRule) -> bool:
    """Whether there are tickets both could be for; of topics, whether one lies below the other."""
    pairs = (
        (one.kinds, other.kinds),
        (one.urgencies, other.urgencies),
        (one.regions, other.regions),
        (one.channels, other.channels),
    )
    return all(not a or not b or set(a) & set(b) for a, b in pairs) and (
        not one.topics
        or not other.topics
        or any(
            f"{a}/".startswith(f"{b}/") or f"{b}/".startswith(f"{a}/")
            for a in one.topics
            for b in other.topics
        )
    )


def _check_within(decided: ClockRule, law: ClockRule, office: Office, now: datetime) -> None:
    """Never later than the law's, neither by itself nor extended as far as it may be. Compared for what
    comes in at the end of a day: the law's days end alike for the whole day, hours do not."""
    today = now.astimezone(office.zone).date()
    for days in range(DAYS_LOOKED_AT):
        start = datetime.combine(today + timedelta(days=days), END_OF_DAY, tzinfo=office.zone)
        for extended in (False, True):
            if _due(decided, start, extended, office) > _due(law, start, extended, office):
                raise Rejected(
                    "longer_than_law",
                    "extend" if extended else "amount",
                    law=law.source,
                    day=start.date().isoformat(),
                )


def _due(rule: ClockRule, start: datetime, extended: bool, office: Office) -> datetime:
    extra = Term(rule.extend, rule.unit, rule.rolls_over) if extended and rule.extend else None
    return count(rule, start, office.calendar, office.zone, (), extra).due_at
