"""How sure a share is, and the difference of two.

The Wilson interval holds for shares near none and all, too; that of a difference is made of two of them
(Newcombe 1998, method 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Share:
    """good of `of` cases."""

    good: int
    of: int

    @property
    def value(self) -> float:
        return self.good / self.of if self.of else 0.0


def difference(before: Share, lately: Share, error: float) -> tuple[float, float]:
    """The interval of lately's share less that of before."""
    (low_1, high_1), (low_2, high_2) = wilson(lately, error), wilson(before, error)
    gap = lately.value - before.value
    return (
        gap - hypot(lately.value - low_1, high_2 - before.value),
        gap + hypot(high_1 - lately.value, before.value - low_2),
    )


def wilson(share: Share, error: float) -> tuple[float, float]:
    """The interval of a share of at least one case."""
    z = NormalDist().inv_cdf(1 - error / 2)
    centre = (share.good + z * z / 2) / (share.of + z * z)
    half = (
        z * sqrt(share.good * (share.of - share.good) / share.of + z * z / 4) / (share.of + z * z)
    )
    return max(0.0, centre - half), min(1.0, centre + half)
