"""Comparing units fairly: with their own class only, for the mix of cases each had, and with an interval.

Indirect standardisation: of each kind and topic the class answers some part too late; a unit that was just
like its class would have answered that part of its own cases too late. What it answered too late in fact
is set against that number. Where the interval of the ratio holds 1, no difference can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

from casework.office import Office
from casework.storage.queries.answered_mix import AnsweredMix

CLASSES = ("bureau", "district", "street")
ENOUGH = 100
"""Units with fewer answers are not compared: their figures would be chance."""
LEAST_EXPECTED = 2.0
"""Nor are those of which fewer late answers were to be expected."""
ERROR = 0.05
"""The chance that any unit of a class is told apart though all are alike (Bonferroni)."""


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    ALIKE = "alike"  # no difference can be told
    TOO_FEW = "too_few"  # not compared


@dataclass(frozen=True, slots=True)
class ComparedUnit:
    """expected: late answers if the unit were like its class. ratio: late over expected; low, high: its
    interval. All three are 0 for a unit that is not compared."""

    department: str
    group: str
    answered: int
    late: int
    expected: float
    ratio: float = 0.0
    low: float = 0.0
    high: float = 0.0
    verdict: Verdict = Verdict.TOO_FEW


def compare(mix: Iterable[AnsweredMix], group_of: Callable[[str], str]) -> tuple[ComparedUnit, ...]:
    """Units by class, in each the best first, those not compared last. group_of: the class of a
    department's code; "" leaves it out."""
    grouped: dict[str, list[AnsweredMix]] = {}
    for one in mix:
        group = group_of(one.department)
        if group:
            grouped.setdefault(group, []).append(one)
    return tuple(unit for group in grouped for unit in _group(group, grouped[group]))


def class_of(office: Office, code: str) -> str:
    """The class a department is compared in: its level; "" for the city itself and unknown ones."""
    unit = office.departments.get(code)
    return unit.level if unit is not None and unit.level in CLASSES else ""


def _group(group: str, mix: Sequence[AnsweredMix]) -> list[ComparedUnit]:
    answered: dict[tuple[str, str], int] = {}
    late: dict[tuple[str, str], int] = {}
    for one in mix:
        case = (one.kind, one.topic)
        answered[case] = answered.get(case, 0) + one.answered
        late[case] = late.get(case, 0) + one.late
    units: dict[str, list[float]] = {}
    for one in mix:
        case = (one.kind, one.topic)
        counts = units.setdefault(one.department, [0, 0, 0.0])
        counts[0] += one.answered
        counts[1] += one.late
        counts[2] += one.answered * late[case] / answered[case]
    large = sum(c[0] >= ENOUGH and c[2] >= LEAST_EXPECTED for c in units.values())
    compared = [
        _unit(department, group, int(c[0]), int(c[1]), c[2], large)
        for department, c in units.items()
    ]
    return sorted(
        compared,
        key=lambda one: (
            one.verdict is Verdict.TOO_FEW,
            one.ratio,
            -one.answered,
            one.department,
        ),
    )


def _unit(
    department: str, group: str, answered: int, late: int, expected: float, units: int
) -> ComparedUnit:
    if answered < ENOUGH or expected < LEAST_EXPECTED or units < 2:
        return ComparedUnit(department, group, answered, late, expected)
    low, high = (bound / expected for bound in poisson_interval(late, ERROR / units))
    verdict = Verdict.ALIKE
    if high < 1:
        verdict = Verdict.BETTER
    elif low > 1:
        verdict = Verdict.WORSE
    return ComparedUnit(
        department, group, answered, late, expected, late / expected, low, high, verdict
    )


def poisson_interval(count: int, error: float) -> tuple[float, float]:
    """The interval of a Poisson mean by a count of it, by Byar's approximation, which is good to two
    digits from a count of 1 on (Breslow and Day 1987)."""
    z = NormalDist().inv_cdf(1 - error / 2)
    more = count + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
    if count == 0:
        return 0.0, high
    return max(0.0, count * (1 - 1 / (9 * count) - z / (3 * sqrt(count))) ** 3), high
