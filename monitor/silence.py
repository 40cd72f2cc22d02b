"""Channels that always bring messages and have brought none for improbably long.

The hours since a channel's last message are set against the same hours of past weeks: how probable is it
that so many as usual come to none. Nights and weekends are quiet by themselves then, and a channel of a
few messages a week is not called silent after a day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.taxonomy import UNKNOWN
from monitor.alike_days import Works, works_on_weekdays
from monitor.baseline import HOUR, MIN_WEEKS, WEEK, WEEKS, back
from monitor.bursts import LOOKS_A_WINDOW, clustering, expected_count, log_level
from monitor.evidence import last_message_at
from monitor.index.interface import Dimension, TrendFilter, TrendIndex
from monitor.tallies import ALERT_SCOPE

SHORTEST = HOUR
LEAST_CLUSTERING = 0.1
"""A channel's days vary by a third or more, and eight weeks of one say little (benchmarks.silence)."""
YEAR, DAY = timedelta(days=365), timedelta(days=1)
Channels = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Silence:
    """since: the channel's last message. expected: messages in the hours since, of the last week at
    most. log_chance: log10 of the probability that chance brings none."""

    channel: str
    since: datetime
    expected: float
    log_chance: float

    @property
    def one_in(self) -> int:
        """So many times as seldom as always; no more than a thousand million."""
        return round(10 ** min(9.0, -self.log_chance))


def silent_channels(
    index: TrendIndex, zone: ZoneInfo, now: datetime, works: Works = works_on_weekdays
) -> tuple[Silence, ...]:
    """The channels silent for longer than chance explains, the most improbable first; of all channels
    together chance names about one a year. Raises IndexUnavailable.

    A week in which the channel was silent in the same hours, too, shows that it does not always bring
    messages. Days that are not what their weekday says are judged neither now nor in the past.
    """
    weeks = [_count(index, back(now, n + 1, zone), back(now, n, zone)) for n in range(1, WEEKS + 1)]
    known = sorted(set().union(*weeks) - {UNKNOWN})
    found = [
        silence
        for channel in known
        if (silence := _silence(index, zone, now, works, channel, weeks, len(known)))
    ]
    return tuple(sorted(found, key=lambda one: (one.log_chance, one.channel)))


def _silence(
    index: TrendIndex,
    zone: ZoneInfo,
    now: datetime,
    works: Works,
    channel: str,
    weeks: Sequence[Channels],
    channels: int,
) -> Silence | None:
    last = last_message_at(index, TrendFilter(end=now, channel=channel), now)
    start = max(last, now - WEEK)
    if now - start < SHORTEST or not _ordinary(start, now, 0, zone, works):
        return None
    ago = [
        n
        for n, week in enumerate(weeks, start=1)
        if sum(week.values()) and _ordinary(start, now, n, zone, works)
    ]
    if len(ago) < MIN_WEEKS:
        return None
    hours = [_count(index, back(start, n, zone), back(now, n, zone)) for n in ago]
    same = [one.get(channel, 0) for one in hours]
    if not all(same):
        return None
    whole = [weeks[n - 1] for n in ago]
    part = sum(map(_all, hours)) / sum(map(_all, whole))
    own_weeks = [week.get(channel, 0) for week in whole]
    expected = expected_count(same, own_weeks, part, max(LEAST_CLUSTERING, clustering([same])))
    # A stream begins as many silences as it brings messages.
    looks = max(LOOKS_A_WINDOW, math.ceil(expected.mean))
    level = log_level(channels, YEAR / (now - start), looks=looks)
    if expected.log_none > level:
        return None
    return Silence(channel, last, expected.mean, expected.log_none)


def _count(index: TrendIndex, start: datetime, end: datetime) -> dict[str, int]:
    counts = index.counts([Dimension.CHANNEL], TrendFilter(start=start, end=end), ALERT_SCOPE)
    return {channel: count for (channel,), count in counts.items()}


def _all(counts: Channels) -> int:
    return sum(counts.values())


def _ordinary(start: datetime, end: datetime, ago: int, zone: ZoneInfo, works: Works) -> bool:
    """Whether every day of a time so many weeks ago is what its weekday says."""
    day, last = (at.astimezone(zone).date() - ago * WEEK for at in (start, end))
    while day <= last:
        if works(day) != works_on_weekdays(day):
            return False
        day += DAY
    return True
