"""Where a hot issue stands: emerging, rising, stable or falling."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from math import comb

EMERGING_FOR = timedelta(days=3)
QUIET_AFTER = timedelta(days=14)
SURE = 0.05
"""As likely at most is a difference between two weeks by chance before it is called one."""


class IssueState(StrEnum):
    EMERGING = "emerging"  # 新出现
    RISING = "rising"  # 上升
    STABLE = "stable"  # 平稳
    FALLING = "falling"  # 下降


def state_of(
    began_at: datetime, last_at: datetime, week: int, week_before: int, now: datetime
) -> IssueState:
    """week, week_before: messages of the last seven days and of the seven before them.

    Rising and falling are said when so unequal a pair of weeks would come by chance, of messages that
    fall into either alike, with a probability of SURE at most; four against one is not enough.
    """
    if began_at > now - EMERGING_FOR:
        return IssueState.EMERGING
    if last_at < now - QUIET_AFTER or _chance(week_before, week) <= SURE:
        return IssueState.FALLING
    if _chance(week, week_before) <= SURE:
        return IssueState.RISING
    return IssueState.STABLE


def _chance(more: int, less: int) -> float:
    """The chance that of more + less coin throws at least `more` are heads."""
    both = more + less
    return float(sum(comb(both, n) for n in range(more, both + 1)) / 2**both)
