"""Failed look-ups and sign-ins, so that guessing is slowed down.

Only a keyed digest of what was tried and from where is kept: the table tells nobody who typed what.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from uuid_utils.compat import uuid7

from casework.errors import Rejected
from casework.storage.records import Work
from casework.storage.tables import AttemptRow

MOST_FAILURES = 5
WINDOW = timedelta(minutes=15)


class Throttled(Rejected):
    """Too many failures; `minutes` in values says after how long it is worth trying again."""

    def __init__(self, minutes: int) -> None:
        super().__init__("throttled", minutes=minutes)
        self.minutes = minutes


def who(work: Work, what: str, key: str, address: str) -> bytes:
    """The digest attempts are counted by: one account or number, from one address."""
    return work.vault.digest("attempt", f"{what}\n{key}\n{address}")


def check(work: Work, tried: bytes, now: datetime) -> int:
    """How many failures are left. Raises Throttled when none are."""
    since = now - WINDOW
    failures, oldest = work.session.execute(
        select(func.count(), func.min(AttemptRow.at)).where(
            AttemptRow.who == tried, AttemptRow.at > since
        )
    ).one()
    if failures >= MOST_FAILURES:
        left = oldest + WINDOW - now
        raise Throttled(max(1, -(-int(left.total_seconds()) // 60)))
    return MOST_FAILURES - int(failures)


def none_yet(work: Work, tried: bytes, now: datetime) -> bool:
    """Whether nothing is remembered within the window."""
    since = now - WINDOW
    found = select(AttemptRow.id).where(AttemptRow.who == tried, AttemptRow.at > since).limit(1)
    return work.session.scalar(found) is None


def failed(work: Work, tried: bytes, now: datetime) -> None:
    """Remember one failure, and forget those nobody counts any more."""
    work.session.execute(delete(AttemptRow).where(AttemptRow.at <= now - WINDOW))
    work.session.add(AttemptRow(id=uuid7(), who=tried, at=now))


def succeeded(work: Work, tried: bytes) -> None:
    """Forget the failures of somebody who got in."""
    work.session.execute(delete(AttemptRow).where(AttemptRow.who == tried))
