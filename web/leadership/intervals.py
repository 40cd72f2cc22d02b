"""How sure a rate is, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.shares import Share, wilson

ERROR = 0.05
"""The bounds are those of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Shares in [0, 1]: the rate and the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


def rate(hits: int, of: int) -> Rate:
    """The rate of `hits` among `of`, which must be at least 1."""
    share = Share(hits, of)
    return Rate(share.value, *wilson(share, ERROR))
