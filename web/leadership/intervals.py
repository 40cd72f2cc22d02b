"""How sure a rate is: the Wilson interval, which holds for rates near 100 % too."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964
"""The normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Shares in [0, 1]: the rate and the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def rate(hits: int, of: int) -> Rate:
    """The rate of `hits` among `of`, which must be at least 1."""
    value = hits / of
    square = Z95 * Z95
    centre = (value + square / (2 * of)) / (1 + square / of)
    half = Z95 / (1 + square / of) * sqrt(value * (1 - value) / of + square / (4 * of * of))
    return Rate(value, max(0.0, centre - half), min(1.0, centre + half))
