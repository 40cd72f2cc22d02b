"""Counts of what the public looks for and reads, in and out of the records."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from casework.interest import Counts, Interest
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.tables import InterestRow


def add_interest(work: Work, counts: Counts) -> None:
    """Add to what was counted before."""
    lock(work, ["interest"])
    for (day, what, topic), count in counts.items():
        row = work.session.get(InterestRow, (day, what, topic), with_for_update=True)
        if row is None:
            work.session.add(InterestRow(day=day, what=what, topic=topic, count=count))
        else:
            row.count += count


def interest_between(work: Work, first: date, last: date) -> dict[tuple[str, Interest], int]:
    """By topic, and what was done, from the first day to the last, both included."""
    rows = work.session.execute(
        select(InterestRow.topic, InterestRow.what, func.sum(InterestRow.count))
        .where(InterestRow.day >= first, InterestRow.day <= last)
        .group_by(InterestRow.topic, InterestRow.what)
    )
    return {(topic, Interest(what)): int(count) for topic, what, count in rows}
