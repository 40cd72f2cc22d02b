"""What people correct in hot issues, in the record: messages taken out, issues split, merged and judged.

Whoever changes something has begun (casework/storage/hot_issues.py): nobody else puts messages into issues
meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select, update
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound
from casework.storage.hot_issues import next_number
from casework.storage.issue_messages import measure
from casework.storage.records import Work
from casework.storage.tables import (
    HotIssueActRow,
    HotIssueApartRow,
    HotIssueMessageRow,
    HotIssueRow,
)

ONE = "one"
TAKE_OUT, SPLIT, MERGE = "take_out", "split", "merge"


@dataclass(frozen=True, slots=True)
class IssueAct:
    """Something a person did to an issue. other, messages: see HotIssueActRow."""

    act: str
    other: str
    messages: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CorrectedIssue:
    """verdict: ONE, NOT_ONE or "". merged_into: a number, "" for none."""

    id: UUID
    number: str
    version: int
    verdict: str
    merged_into: str


def corrected_issue(work: Work, number: str) -> CorrectedIssue:
    """An issue by its number, one that was merged too. Raises NotFound."""
    plain = number.strip().upper().replace("\0", "")
    row = work.session.scalar(
        select(HotIssueRow)
        .where(HotIssueRow.number == plain)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("hot_issue", number)
    target = work.session.get(HotIssueRow, row.merged_into) if row.merged_into else None
    return CorrectedIssue(
        row.id, row.number, row.version, row.verdict, target.number if target else ""
    )


def acts_on(work: Work, issue_id: UUID) -> tuple[IssueAct, ...]:
    """What was done to an issue, the last first."""
    rows = work.session.scalars(
        select(HotIssueActRow)
        .where(HotIssueActRow.issue_id == issue_id)
        .order_by(HotIssueActRow.made_at.desc(), HotIssueActRow.id.desc())
    )
    return tuple(
        IssueAct(row.act, row.other, row.messages, row.reason, row.made_by, row.made_at)
        for row in rows
    )


def note_act(
    work: Work,
    issue: CorrectedIssue,
    act: str,
    reason: str,
    by: str,
    now: datetime,
    *,
    other: str = "",
    messages: int = 0,
) -> None:
    """Note what a person did. Raises Conflict("changed") when somebody did something since they looked."""
    found = work.session.execute(
        update(HotIssueRow)
        .where(HotIssueRow.id == issue.id, HotIssueRow.version == issue.version)
        .values(version=HotIssueRow.version + 1)
        .returning(HotIssueRow.id)
    ).all()
    if not found:
        raise Conflict("changed")
    work.session.add(
        HotIssueActRow(
            id=uuid7(),
            issue_id=issue.id,
            act=act,
            other=other,
            messages=messages,
            reason=reason,
            made_by=by,
            made_at=now,
        )
    )
    work.session.flush()


def with_copies(work: Work, issue_id: UUID, entries: Iterable[int]) -> tuple[int, ...]:
    """Of the issue's messages these, and those that repeat their words."""
    wanted = list(entries)
    return tuple(
        work.session.scalars(
            select(HotIssueMessageRow.id)
            .where(
                HotIssueMessageRow.issue_id == issue_id,
                or_(HotIssueMessageRow.id.in_(wanted), HotIssueMessageRow.same_as.in_(wanted)),
            )
            .order_by(HotIssueMessageRow.id)
        )
    )


def count_messages(work: Work, issue_id: UUID) -> int:
    """All messages of an issue, whoever may see them."""
    return (
        work.session.scalar(
            select(func.count())
            .select_from(HotIssueMessageRow)
            .where(HotIssueMessageRow.issue_id == issue_id)
        )
        or 0
    )


def take_out(work: Work, issue_id: UUID, entries: Sequence[int]) -> None:
    """Let these messages stand alone; none of them is put into this issue again by itself."""
    _keep_apart(work, issue_id, entries)
    work.session.execute(
        update(HotIssueMessageRow)
        .where(HotIssueMessageRow.id.in_(entries))
        .values(issue_id=None, same_as=None)
    )
    _settle(work, issue_id)


def split(work: Work, issue_id: UUID, entries: Sequence[int], now: datetime, zone: ZoneInfo) -> str:
    """Make an issue of these messages; its number."""
    _keep_apart(work, issue_id, entries)
    made = HotIssueRow(
        id=uuid7(),
        number=next_number(work, now, zone),
        began_at=now,
        last_at=now,
        heat=0.0,
        created_at=now,
    )
    work.session.add(made)
    work.session.flush()
    work.session.execute(
        update(HotIssueMessageRow)
        .where(HotIssueMessageRow.id.in_(entries))
        .values(issue_id=made.id)
    )
    for each in (issue_id, made.id):
        _settle(work, each)
    return made.number


def merge(work: Work, into: UUID, other: UUID) -> None:
    """Put all messages of the other issue, and of what was merged into that, into this one. Who was kept
    out of the other is kept out of both."""
    moved = select(HotIssueMessageRow.message_id).where(HotIssueMessageRow.issue_id == other)
    back = HotIssueApartRow.message_id.in_(moved)
    for row in work.session.scalars(select(HotIssueApartRow).where(_of(into), back)).all():
        work.session.delete(row)  # a person now says that it belongs here
    inside = set(
        work.session.scalars(
            select(HotIssueMessageRow.message_id).where(HotIssueMessageRow.issue_id == into)
        )
    )
    kept_out = set(work.session.scalars(select(HotIssueApartRow.message_id).where(_of(into))))
    for row in work.session.scalars(select(HotIssueApartRow).where(_of(other))).all():
        if row.message_id not in inside | kept_out:
            work.session.add(HotIssueApartRow(message_id=row.message_id, issue_id=into))
    work.session.flush()
    work.session.execute(
        update(HotIssueMessageRow).where(HotIssueMessageRow.issue_id == other).values(issue_id=into)
    )
    work.session.execute(
        update(HotIssueRow)
        .where(or_(HotIssueRow.id == other, HotIssueRow.merged_into == other))
        .values(merged_into=into)
    )
    _settle(work, into)


def set_verdict(work: Work, issue_id: UUID, verdict: str) -> None:
    """Say whether the messages of an issue are about one matter: ONE or NOT_ONE."""
    work.session.execute(
        update(HotIssueRow).where(HotIssueRow.id == issue_id).values(verdict=verdict)
    )


def _of(issue_id: UUID) -> ColumnElement[bool]:
    return HotIssueApartRow.issue_id == issue_id


def _keep_apart(work: Work, issue_id: UUID, entries: Sequence[int]) -> None:
    messages = work.session.scalars(
        select(HotIssueMessageRow.message_id).where(HotIssueMessageRow.id.in_(entries))
    ).all()
    known = set(
        work.session.scalars(
            select(HotIssueApartRow.message_id).where(HotIssueApartRow.issue_id == issue_id)
        )
    )
    work.session.add_all(
        HotIssueApartRow(message_id=key, issue_id=issue_id) for key in messages if key not in known
    )
    work.session.flush()


def _settle(work: Work, issue_id: UUID) -> None:
    """After messages moved: let no message repeat one that is not in its issue, and measure anew."""
    rows = work.session.scalars(
        select(HotIssueMessageRow)
        .where(HotIssueMessageRow.issue_id == issue_id)
        .order_by(HotIssueMessageRow.id)
        .execution_options(populate_existing=True)
    ).all()
    here = {row.id for row in rows}
    first: dict[int, int] = {}
    for row in rows:
        if row.same_as is None or row.same_as in here:
            continue
        gone = row.same_as
        row.same_as = first.get(gone)
        first.setdefault(gone, row.id)
    work.session.flush()
    measure(work, issue_id)
