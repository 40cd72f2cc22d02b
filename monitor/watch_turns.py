"""The watch's turns: every half minute of the clock is looked at once, also those of a downtime.

How far it got stands in the records, written after each turn. A turn that was cut off is run again and
raises what it raised (an alert has one key an episode). Messages that are on their way to the index are
waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from casework.storage import office, outbox
from casework.storage.alerts import AlertId
from casework.storage.records import Records
from monitor.alike_days import Works, works_on_weekdays
from monitor.hour_table import HourTable, count_hours
from monitor.index.interface import TrendIndex
from monitor.kept_table import night_before, table_for
from monitor.rise_watch import watch_slow_rises
from monitor.topic_watch import watch_topics
from monitor.watch import watch
from monitor.word_watch import watch_words

TURN = timedelta(seconds=30)
"""With the wait and the timetable's ten seconds, a message is seen within a minute of its arrival."""
WAIT = timedelta(seconds=10)
"""A turn is looked at this long after its end: a message takes some seconds to the index."""
PATIENCE = timedelta(minutes=15)
"""For messages that still wait for the index a turn is put off by no more than this."""
MADE_UP = timedelta(days=7)
"""Turns that were missed longer ago are let go: an alert about them would call nobody."""
LOOKED_UNTIL = "watch_looked_until"


def look(
    records: Records,
    index: TrendIndex,
    zone: ZoneInfo,
    now: datetime,
    turn: timedelta = TURN,
    ending: Callable[[], bool] = lambda: False,
    works: Works = works_on_weekdays,
    table_file: Path | None = None,
) -> tuple[AlertId, ...]:
    """Look at every turn that is over and was not looked at, the oldest first; the alerts raised.

    A clock that was put far forward and back again leaves a mark in the future: the last day is then
    looked at again. works: whether the city works on a day. table_file: where the past is kept as it
    was counted at night; without it every turn counts it anew. ending: asked between two turns; true
    ends it, and the next call goes on. Raises IndexUnavailable; then the turn is not marked.
    """
    last = _last_turn(records, now, turn)
    raised: tuple[AlertId, ...] = ()
    table: HourTable | None = None
    at = _next(last, now, turn)
    while at <= now - WAIT and not ending() and not _worth_waiting(records, at, now):
        if table_file is not None:
            table = table_for(index, table_file, at, zone, table)
        raised += watch(records, index, zone, at, works=works, table=table)
        raised += watch_topics(records, index, zone, at)
        night = night_before(at, zone)
        if night > at - turn:
            counted = table or count_hours(index, night)
            raised += watch_slow_rises(records, index, zone, at, counted, works)
        if at.minute == at.second == 0:  # words are many, and none is the news of a minute
            raised += watch_words(records, index, zone, at)
        with records.write() as work:
            office.set_fact(work, LOOKED_UNTIL, at.isoformat())
            work.commit()
        at += turn
    return raised


def _last_turn(records: Records, now: datetime, turn: timedelta) -> datetime | None:
    with records.read() as work:
        written = office.fact(work, LOOKED_UNTIL)
    if not written:
        return None
    last = datetime.fromisoformat(written)
    return last if last <= now + turn else now - timedelta(days=1)


def _next(last: datetime | None, now: datetime, turn: timedelta) -> datetime:
    """The first turn to look at; of a new city the one that is just over."""
    earliest = now - WAIT - turn if last is None else max(last, now - MADE_UP)
    turns = earliest.timestamp() // turn.total_seconds() + 1
    return datetime.fromtimestamp(turns * turn.total_seconds(), UTC)


def _worth_waiting(records: Records, at: datetime, now: datetime) -> bool:
    if now - at > PATIENCE:
        return False
    with records.read() as work:
        oldest = outbox.backlog(work).oldest
    return oldest is not None and oldest < at
