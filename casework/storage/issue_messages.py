"""Which messages belong into hot issues: those that wait to be looked at, and those that leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, tuple_

from casework.heat import heat_of
from casework.model import TicketState
from casework.storage.mentions import MentionState
from casework.storage.records import Work
from casework.storage.tables import (
    HotIssueActRow,
    HotIssueApartRow,
    HotIssueMarkRow,
    HotIssueMessageRow,
    HotIssueRow,
    JudgementRow,
    MentionRow,
    MessageRow,
    TicketRow,
)
from casework.taxonomy import REPORT

EXACT = ("road", "compound")
FOUND_LATE = timedelta(hours=1)
"""A transaction may commit later than one that began after it; never by more than this."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message nobody has looked at. Text: masked. district: code or "". places: roads and compounds
    it names."""

    message_id: UUID
    subject: str
    body: str
    district: str
    received_at: datetime
    sender: bytes | None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that was looked at. entry: its number there; words: see HotIssueMessageRow."""

    entry: int
    issue_id: UUID | None
    words: Mapping[str, float]


def may_enter() -> ColumnElement[bool]:
    """A condition on the rows of `joined`: what belongs into issues. No 举报 that nobody has
    screened, nothing deleted, refused or set aside."""
    ticket = and_(
        TicketRow.id.is_not(None),
        TicketRow.unscreened_report.is_(False),
        TicketRow.state != TicketState.REFUSED,
    )
    alone = and_(
        TicketRow.id.is_(None),
        JudgementRow.kind != REPORT,
        or_(MentionRow.state.is_(None), MentionRow.state != MentionState.ASIDE),
    )
    return and_(MessageRow.deleted_at.is_(None), or_(ticket, alone))


def joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The statement over messages with their judgements, and tickets and mentions where there are."""
    return (
        statement.join(JudgementRow, JudgementRow.message_id == MessageRow.id)
        .outerjoin(TicketRow, TicketRow.message_id == MessageRow.id)
        .outerjoin(MentionRow, MentionRow.message_id == MessageRow.id)
    )


def waiting(
    work: Work, received_from: datetime, recorded_from: datetime | None, limit: int
) -> tuple[Waiting, ...]:
    """Messages received since then that nobody has looked at, the earliest first. recorded_from: only
    those recorded since are looked for; None looks at all."""
    columns = (
        MessageRow.id,
        MessageRow.shown_subject,
        MessageRow.shown_body,
        func.coalesce(TicketRow.district, MentionRow.district, ""),
        MessageRow.received_at,
        MessageRow.sender_digest,
        JudgementRow.detail["places"],
    )
    statement = (
        joined(select(*columns).select_from(MessageRow))
        .outerjoin(HotIssueMessageRow, HotIssueMessageRow.message_id == MessageRow.id)
        .where(HotIssueMessageRow.id.is_(None), MessageRow.received_at >= received_from)
        .where(may_enter())
        .order_by(MessageRow.received_at, MessageRow.id)
        .limit(limit)
    )
    if recorded_from is not None:
        statement = statement.where(MessageRow.id >= first_id(recorded_from))
    rows = work.session.execute(statement)
    return tuple(
        Waiting(key, subject, body, district, at, sender, exact_places(places))
        for key, subject, body, district, at, sender, places in rows
    )


def exact_places(places: Iterable[Sequence[Any]] | None) -> tuple[str, ...]:
    """Of the places of a judgement those that are no wider than a road."""
    return tuple(dict.fromkeys(place[0] for place in places or () if place[1] in EXACT))


def looked_at_until(work: Work) -> datetime | None:
    """A time of recording before which nothing new turns up; None when nothing was looked at yet."""
    newest = work.session.scalar(
        select(MessageRow.recorded_at)
        .join(HotIssueMessageRow, HotIssueMessageRow.message_id == MessageRow.id)
        .order_by(HotIssueMessageRow.id.desc())
        .limit(1)
    )
    return newest - FOUND_LATE if newest is not None else None


def first_id(at: datetime) -> UUID:
    """The least id a message recorded at `at` can have: ids begin with their time."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | 7 << 76 | 2 << 62)


def leaving(work: Work, after: int, limit: int) -> tuple[int, tuple[Kept, ...]]:
    """Of the next `limit` messages looked at, beyond the number `after`: the number of the last (0:
    there are none), and those that may be in no issue any more."""
    numbers = work.session.scalars(
        select(HotIssueMessageRow.id)
        .where(HotIssueMessageRow.id > after)
        .order_by(HotIssueMessageRow.id)
        .limit(limit)
    ).all()
    if not numbers:
        return 0, ()
    staying = joined(
        select(HotIssueMessageRow.id)
        .select_from(HotIssueMessageRow)
        .join(MessageRow, MessageRow.id == HotIssueMessageRow.message_id)
    ).where(may_enter())
    rows = work.session.execute(
        select(HotIssueMessageRow.id, HotIssueMessageRow.issue_id, HotIssueMessageRow.words).where(
            HotIssueMessageRow.id.between(numbers[0], numbers[-1]),
            HotIssueMessageRow.id.not_in(staying),
        )
    )
    return numbers[-1], tuple(Kept(*row) for row in rows)


def outdated(work: Work, before: datetime, limit: int) -> tuple[Kept, ...]:
    """Messages received before then that stand alone; nothing new is put beside them any more."""
    rows = work.session.execute(
        select(HotIssueMessageRow.id, HotIssueMessageRow.issue_id, HotIssueMessageRow.words)
        .where(HotIssueMessageRow.received_at < before, HotIssueMessageRow.issue_id.is_(None))
        .limit(limit)
    )
    return tuple(Kept(*row) for row in rows)


def remove(work: Work, kept: Sequence[Kept], marks: Sequence[Sequence[int]]) -> None:
    """Forget that these messages were looked at, with their marks, in the same order. An issue that
    lost one is measured anew; of one that has a single message left nothing stays."""
    pairs = [(mark, one.entry) for one, own in zip(kept, marks, strict=True) for mark in own]
    if pairs:
        key = tuple_(HotIssueMarkRow.mark, HotIssueMarkRow.entry)
        work.session.execute(delete(HotIssueMarkRow).where(key.in_(pairs)))
    entries = [one.entry for one in kept]
    work.session.execute(delete(HotIssueMessageRow).where(HotIssueMessageRow.id.in_(entries)))
    for issue in dict.fromkeys(one.issue_id for one in kept if one.issue_id is not None):
        measure(work, issue)


def measure(work: Work, issue_id: UUID) -> None:
    """Measure an issue anew by its messages; of one that has a single message left nothing stays."""
    rows = work.session.execute(
        select(HotIssueMessageRow, MessageRow.sender_digest)
        .join(MessageRow, MessageRow.id == HotIssueMessageRow.message_id)
        .where(HotIssueMessageRow.issue_id == issue_id)
        .order_by(HotIssueMessageRow.received_at)
    ).all()
    issue = work.session.get_one(HotIssueRow, issue_id)
    if len(rows) < 2:
        for row, _ in rows:
            row.issue_id = None
        work.session.flush()
        _forget(work, issue)
        return
    people: dict[object, datetime] = {}
    for row, sender in rows:
        if sender is not None or row.same_as is None:
            people.setdefault(sender or row.id, row.received_at)
    issue.began_at, issue.last_at = rows[0][0].received_at, rows[-1][0].received_at
    issue.heat = heat_of(people.values())


def _forget(work: Work, issue: HotIssueRow) -> None:
    """Delete an issue with what people did to it, and those that were merged into it."""
    same = select(HotIssueRow.id).where(HotIssueRow.merged_into == issue.id)
    ids = (*work.session.scalars(same), issue.id)
    for table in (HotIssueActRow, HotIssueApartRow):
        work.session.execute(delete(table).where(table.issue_id.in_(ids)))
    work.session.execute(delete(HotIssueRow).where(HotIssueRow.id.in_(ids[:-1])))
    work.session.delete(issue)
