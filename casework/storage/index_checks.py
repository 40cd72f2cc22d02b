"""What comparisons of the trend index with the records found, for administrators to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from uuid_utils.compat import uuid7

from casework.storage.records import Work
from casework.storage.tables import IndexCheckRow, MonthCountRow

KEPT = 100
"""Comparisons kept: about three months of nights."""


@dataclass(frozen=True, slots=True)
class MonthCheck:
    """One month of the city. records, index: messages that are not deleted; the digests are over
    all of them. missing: not in the index; surplus: on no record, or deleted; differing: of another
    state; doubled: in two places; newer: the index has a version the records do not know."""

    month: str
    records: int = 0
    index: int = 0
    records_digest: str = ""
    index_digest: str = ""
    missing: int = 0
    surplus: int = 0
    differing: int = 0
    doubled: int = 0
    newer: int = 0

    @property
    def wrong(self) -> int:
        """Messages in this month that are not as on record."""
        return self.missing + self.surplus + self.differing + self.doubled + self.newer


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """One comparison. repaired: messages put right by it. rebuilt: the index was built anew, since
    it knew more than the records."""

    holder: str
    began_at: datetime
    ended_at: datetime
    months: tuple[MonthCheck, ...]
    repaired: int = 0
    rebuilt: bool = False

    @property
    def wrong(self) -> int:
        return sum(month.wrong for month in self.months)


def save_check(work: Work, check: IndexCheck) -> None:
    """Keep a comparison, and forget the oldest."""
    work.session.add(
        IndexCheckRow(
            id=uuid7(),
            holder=check.holder,
            began_at=check.began_at,
            ended_at=check.ended_at,
            repaired=check.repaired,
            rebuilt=check.rebuilt,
            months=[asdict(month) for month in check.months],
        )
    )
    work.session.flush()
    newest = select(IndexCheckRow.id).order_by(IndexCheckRow.id.desc()).limit(KEPT)
    kept = work.session.scalars(newest).all()
    work.session.execute(delete(IndexCheckRow).where(IndexCheckRow.id < kept[-1]))


def last_check(work: Work) -> IndexCheck | None:
    """The latest comparison."""
    row = work.session.scalar(select(IndexCheckRow).order_by(IndexCheckRow.id.desc()).limit(1))
    if row is None:
        return None
    months = tuple(MonthCheck(**month) for month in row.months)
    return IndexCheck(row.holder, row.began_at, row.ended_at, months, row.repaired, row.rebuilt)


def save_month_counts(
    work: Work, month: str, dimension: str, counts: Mapping[tuple[str, str], int]
) -> None:
    """Keep what a month came to, by the values of a dimension and sentiment; in place of what was
    kept of it before."""
    work.session.execute(
        delete(MonthCountRow).where(
            MonthCountRow.month == month, MonthCountRow.dimension == dimension
        )
    )
    work.session.add_all(
        MonthCountRow(
            month=month, dimension=dimension, value=value, sentiment=sentiment, count=count
        )
        for (value, sentiment), count in counts.items()
    )


def month_counts(work: Work, dimension: str) -> Sequence[tuple[str, str, str, int]]:
    """(month, value, sentiment, messages) of the months the index no longer holds, in order."""
    row = MonthCountRow
    found = work.session.execute(
        select(row.month, row.value, row.sentiment, row.count)
        .where(row.dimension == dimension)
        .order_by(row.month, row.value, row.sentiment)
    )
    return [(month, value, sentiment, count) for month, value, sentiment, count in found]


def counted_months(work: Work) -> dict[str, int]:
    """Months the index no longer holds, and how many messages each had, in order."""
    dimension = select(func.min(MonthCountRow.dimension)).scalar_subquery()
    found = work.session.execute(
        select(MonthCountRow.month, func.sum(MonthCountRow.count))
        .where(MonthCountRow.dimension == dimension)
        .group_by(MonthCountRow.month)
        .order_by(MonthCountRow.month)
    )
    return {month: int(total) for month, total in found}
