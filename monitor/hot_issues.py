"""Gathers messages of different people about one matter into hot issues, one message after another.

A message is compared with those that share its rarest words; it joins the issue of the closest, or
makes one together with a message that stood alone. Nothing is kept in memory: any process may go on
where another was killed, and what one has done another does not do again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from casework.storage import hot_issues, issue_messages
from casework.storage.hot_issues import Candidate, Place
from casework.storage.issue_messages import Kept, Waiting
from casework.storage.records import Records, Work
from monitor.matter import Matter, closeness, marks_of, matter_of, nearly_same

WITHIN = timedelta(days=90)
"""Messages further apart in time are not one issue."""
CLOSE = 0.32
"""How close to the nearest messages of an issue a message must be to join it (docs/hot-issues.md)."""
CLOSE_ACROSS_DISTRICTS = 0.65
"""The same where the message is of another district than they are."""
ELSEWHERE = 0.7
"""Closeness counts for so much where both name roads or compounds and none of them is the same."""
NEAREST = 3
"""An issue is as close as so many of its nearest messages on average: one odd message draws in no
others."""
BATCH, LONGEST_SECONDS = 25, 0.3
"""Messages a transaction, and after how long it ends with fewer: nobody who writes waits for it."""
CHECKED = 2000


@dataclass(frozen=True, slots=True)
class Gathered:
    """messages: looked at. joined: of these, put into an issue."""

    messages: int = 0
    joined: int = 0


@dataclass(frozen=True, slots=True)
class Tidied:
    """Messages that left: deleted, refused and the like; and those too old to be joined."""

    left: int = 0
    outdated: int = 0


def gather(
    records: Records,
    zone: ZoneInfo,
    now: datetime,
    *,
    everything: bool = False,
    within: timedelta = WITHIN,
    ending: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda messages: None,
) -> Gathered:
    """Look at the messages that came since the last time; with `everything` at all that were not
    looked at and were received `within` so long. Leaves off between two transactions when `ending` says so."""
    with records.read() as work:
        since = None if everything else issue_messages.looked_at_until(work)
    messages = joined = 0
    while not ending():
        with records.read() as work:
            waiting = issue_messages.waiting(work, now - within, since, 20 * BATCH)
        if not waiting:
            break
        rest: Sequence[Waiting] = waiting
        while rest and not ending():
            done, rest = _take(records, rest, zone, now)
            messages, joined = messages + done.messages, joined + done.joined
            progress(done.messages)
            records.give_way()
    return Gathered(messages, joined)


def _take(
    records: Records, waiting: Sequence[Waiting], zone: ZoneInfo, now: datetime
) -> tuple[Gathered, Sequence[Waiting]]:
    """One transaction: the first few of those who wait, and who is left."""
    batch = waiting[:BATCH]
    read = [(message, matter_of(message.subject, message.body)) for message in batch]
    looked_at = messages = joined = 0
    with records.write() as work:
        began = time.monotonic()
        hot_issues.begin(work)
        unknown = hot_issues.unknown_of(work, [message.message_id for message in batch])
        entry = hot_issues.next_entry(work)
        for message, matter in read:
            if looked_at and time.monotonic() - began > LONGEST_SECONDS:
                break
            looked_at += 1
            if message.message_id not in unknown:
                continue
            place = place_of(work, message, matter)
            words, marks = matter.words, matter.marks
            joined += bool(hot_issues.put(work, entry, message, words, marks, place, now, zone))
            messages, entry = messages + 1, entry + 1
        work.commit()
    return Gathered(messages, joined), waiting[looked_at:]


def place_of(work: Work, message: Waiting, matter: Matter) -> Place:
    """Where a message belongs."""
    at = message.received_at
    found = hot_issues.candidates(work, matter.marks, at - WITHIN, at + WITHIN)
    issues = {one.issue_id for one in found if one.issue_id is not None}
    barred = hot_issues.barred(work, message.message_id, issues)
    found = tuple(one for one in found if one.issue_id not in barred)
    best, best_close = Place(), 0.0
    for beside in _together(found):
        close = _close(message, matter, beside)
        if close > best_close and close >= _needed(message, beside):
            best_close = close
            best = Place(beside, _same_as(message, matter, beside), round(close, 4))
    return best


def _together(found: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """Candidates by their issue, those that stand alone each by itself."""

    def key(one: Candidate) -> str:
        return str(one.issue_id or one.entry)

    return [tuple(group) for _, group in groupby(sorted(found, key=key), key)]


def _close(message: Waiting, matter: Matter, beside: Sequence[Candidate]) -> float:
    all_of_it = sorted((_alike(message, matter, one) for one in beside), reverse=True)
    nearest = all_of_it[:NEAREST]
    return sum(nearest) / len(nearest)


def _alike(message: Waiting, matter: Matter, other: Candidate) -> float:
    counts = ELSEWHERE if elsewhere(message.places, other.places) else 1.0
    return closeness(matter.words, other.words) * counts


def elsewhere(places: Sequence[str], others: Sequence[str]) -> bool:
    """Whether both name roads or compounds and none of them is the same."""
    if not places or not others:
        return False
    return not any(a in b or b in a for a in places for b in others)


def _needed(message: Waiting, beside: Sequence[Candidate]) -> float:
    districts = [one.district for one in beside if one.district]
    usual = max(set(districts), key=lambda code: (districts.count(code), code), default="")
    apart = message.district and usual and message.district != usual
    return CLOSE_ACROSS_DISTRICTS if apart else CLOSE


def _same_as(message: Waiting, matter: Matter, beside: Sequence[Candidate]) -> int | None:
    alike = [
        one
        for one in beside
        if nearly_same(matter.words, one.words) and not elsewhere(message.places, one.places)
    ]
    first = min(alike, key=lambda one: one.same_as or one.entry, default=None)
    return None if first is None else first.same_as or first.entry


def tidy(records: Records, now: datetime, ending: Callable[[], bool] = lambda: False) -> Tidied:
    """Take out of the issues what may not be in them any more, and forget old messages that stand
    alone. Many small transactions; may be cut off anywhere."""
    left = after = 0
    while not ending():
        with records.read() as work:
            after, found = issue_messages.leaving(work, after, CHECKED)
        left += _remove(records, found)
        if not after:
            break
    outdated = 0
    while not ending():
        with records.read() as work:
            found = issue_messages.outdated(work, now - 2 * WITHIN, BATCH)
        if not found:
            break
        outdated += _remove(records, found)
    return Tidied(left, outdated)


def _remove(records: Records, found: Sequence[Kept]) -> int:
    for begin in range(0, len(found), BATCH):
        batch = found[begin : begin + BATCH]
        with records.write() as work:
            hot_issues.begin(work)
            issue_messages.remove(work, batch, [marks_of(one.words) for one in batch])
            work.commit()
        records.give_way()
    return len(found)
