"""How hot an issue is: its people, each counting half as much a week later.

Kept as a logarithm that time does not change: of two issues the hotter one today was the one with
the greater number yesterday, too, so that a list is ordered by a column that nobody has to refresh.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import inf, log2

HALF_LIFE = timedelta(days=7)
_ZERO = datetime(2020, 1, 1, tzinfo=UTC)

COLD = -inf
"""The heat of an issue without people."""


def warmed(heat: float, at: datetime) -> float:
    """The heat after one more person wrote at `at` (aware)."""
    one = (at - _ZERO) / HALF_LIFE
    least, most = sorted((heat, one))
    return most if least == COLD else most + log2(1 + 2.0 ** (least - most))


def heat_of(times: Iterable[datetime]) -> float:
    """The heat of people who wrote at these times."""
    heat = COLD
    for at in times:
        heat = warmed(heat, at)
    return heat


def people_now(heat: float, now: datetime) -> float:
    """What the heat comes to at `now`, in people who have just written."""
    return float(2.0 ** (heat - (now - _ZERO) / HALF_LIFE)) if heat != COLD else 0.0
