"""Does the city still write about what the model was trained on? Shares of labels then and now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

LEAST_SHARE = 0.001
"""A label nobody used counts as this much, so that a new one is far away and not infinitely so."""

SMALL, LARGE = 0.1, 0.25
"""Below the first the shares are as good as the same; above the second a training is due."""


@dataclass(frozen=True, slots=True)
class LabelShare:
    """before, now: the label's share of all, from 0 to 1."""

    label: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Drift:
    """index: the population stability index, 0 for equal shares. n_before, n_now: rows counted."""

    index: float
    n_before: int
    n_now: int
    shares: tuple[LabelShare, ...]

    @property
    def strength(self) -> str:
        """ "none", "some" or "large"; "unknown" where either side has fewer than 100 rows."""
        if min(self.n_before, self.n_now) < 100:
            return "unknown"
        if self.index < SMALL:
            return "none"
        return "some" if self.index < LARGE else "large"


def drift(before: Mapping[str, int], now: Mapping[str, int]) -> Drift:
    """From numbers of rows by label; labels in the order of before, most frequent first."""
    n_before, n_now = sum(before.values()), sum(now.values())
    labels = sorted({*before, *now}, key=lambda label: (-before.get(label, 0), label))
    shares = tuple(
        LabelShare(
            label,
            before.get(label, 0) / max(n_before, 1),
            now.get(label, 0) / max(n_now, 1),
        )
        for label in labels
    )
    index = sum(_part(share.before, share.now) for share in shares) if n_before and n_now else 0.0
    return Drift(index, n_before, n_now, shares)


def _part(before: float, now: float) -> float:
    old, new = max(before, LEAST_SHARE), max(now, LEAST_SHARE)
    return (new - old) * math.log(new / old)
