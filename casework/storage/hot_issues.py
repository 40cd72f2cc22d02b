"""Hot issues in the record: what a message may belong with, and where it was put."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, func, insert, or_, select, union_all, update
from uuid_utils.compat import uuid7

from casework.heat import heat_of, warmed
from casework.storage.issue_messages import Waiting
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.tables import (
    HotIssueApartRow,
    HotIssueMarkRow,
    HotIssueMessageRow,
    HotIssueRow,
    MessageRow,
)

OF_ONE_MARK = 100
"""The newest messages of one mark that are looked at: a word of more than these is not telling."""
NOT_ONE = "not_one"
"""What a person said of an issue whose messages are not about one matter."""
CONSIDERED = 40
"""Of the messages found by their marks, those with the most marks in common are compared."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message looked at before. entry: its number; issue_id: None while it stands alone."""

    entry: int
    issue_id: UUID | None
    district: str
    words: Mapping[str, float]
    places: Sequence[str]
    same_as: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message is put: beside these candidates, all of one issue or one that stood alone; with
    none it stands alone. same_as, closeness: see HotIssueMessageRow."""

    beside: tuple[Candidate, ...] = ()
    same_as: int | None = None
    closeness: float = 0.0


def begin(work: Work) -> None:
    """Wait until nobody else puts messages into issues, with this unit of work."""
    lock(work, ["hot issues"])


def unknown_of(work: Work, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these messages that nobody has looked at meanwhile."""
    known = work.session.scalars(
        select(HotIssueMessageRow.message_id).where(HotIssueMessageRow.message_id.in_(ids))
    )
    return frozenset(ids) - frozenset(known)


def candidates(
    work: Work, marks: Sequence[int], first: datetime, last: datetime
) -> tuple[Candidate, ...]:
    """Messages received between these times that share most of the marks, at most CONSIDERED."""
    if not marks:
        return ()
    asked = {f"mark{n}": mark for n, mark in enumerate(marks)} | {"first": first, "last": last}
    return tuple(Candidate(*row) for row in work.session.execute(_alike(len(marks)), asked))


def barred(work: Work, message_id: UUID, issues: Collection[UUID]) -> frozenset[UUID]:
    """Of these issues those the message must not be put into: a person took it out of them, or said that
    they are not one matter."""
    if not issues:
        return frozenset()
    apart = select(HotIssueApartRow.issue_id).where(
        HotIssueApartRow.message_id == message_id, HotIssueApartRow.issue_id == HotIssueRow.id
    )
    return frozenset(
        work.session.scalars(
            select(HotIssueRow.id).where(
                HotIssueRow.id.in_(issues), or_(HotIssueRow.verdict == NOT_ONE, apart.exists())
            )
        )
    )


@cache
def _alike(marks: int) -> Select[*tuple[Any, ...]]:
    """Asks for the candidates of so many marks; putting it together takes longer than the answer."""
    found = union_all(*(_newest(f"mark{n}") for n in range(marks))).subquery()
    best = (
        select(found.c.entry, func.count().label("shared"))
        .group_by(found.c.entry)
        .order_by(func.count().desc(), found.c.entry.desc())
        .limit(2 * CONSIDERED)
        .subquery()
    )
    at = HotIssueMessageRow.received_at
    return (
        select(
            HotIssueMessageRow.id,
            HotIssueMessageRow.issue_id,
            func.coalesce(HotIssueMessageRow.district, ""),
            HotIssueMessageRow.words,
            HotIssueMessageRow.places,
            HotIssueMessageRow.same_as,
        )
        .join(best, best.c.entry == HotIssueMessageRow.id)
        .where(at.between(bindparam("first", type_=at.type), bindparam("last", type_=at.type)))
        .order_by(best.c.shared.desc(), HotIssueMessageRow.id.desc())
        .limit(CONSIDERED)
    )


def _newest(mark: str) -> Select[tuple[int]]:
    newest = (
        select(HotIssueMarkRow.entry)
        .where(HotIssueMarkRow.mark == bindparam(mark, type_=HotIssueMarkRow.mark.type))
        .order_by(HotIssueMarkRow.entry.desc())
        .limit(OF_ONE_MARK)
        .subquery()
    )
    return select(newest.c.entry)


def next_entry(work: Work) -> int:
    """The number of the next message that is looked at, for whoever has begun."""
    return (work.session.scalar(select(func.max(HotIssueMessageRow.id))) or 0) + 1


def put(
    work: Work,
    entry: int,
    message: Waiting,
    words: Mapping[str, float],
    marks: Sequence[int],
    place: Place,
    now: datetime,
    zone: ZoneInfo,
) -> UUID | None:
    """Record under this number that a message was looked at, and where it belongs; returns its issue,
    None without."""
    issue = _issue(work, message, place, now, zone) if place.beside else None
    work.session.execute(
        insert(HotIssueMessageRow).values(
            id=entry,
            message_id=message.message_id,
            issue_id=issue,
            district=message.district or None,
            received_at=message.received_at,
            words=dict(words),
            places=list(message.places),
            same_as=place.same_as,
            closeness=place.closeness,
        )
    )
    if marks:
        work.session.execute(
            insert(HotIssueMarkRow), [{"mark": mark, "entry": entry} for mark in marks]
        )
    return issue


def _issue(work: Work, message: Waiting, place: Place, now: datetime, zone: ZoneInfo) -> UUID:
    known = place.beside[0].issue_id
    issue = (
        _new_issue(work, place.beside[0].entry, now, zone)
        if known is None
        else work.session.get_one(HotIssueRow, known)
    )
    if _somebody_new(work, issue.id, message, place):
        issue.heat = warmed(issue.heat, message.received_at)
    issue.began_at = min(issue.began_at, message.received_at)
    issue.last_at = max(issue.last_at, message.received_at)
    return issue.id


def _somebody_new(work: Work, issue_id: UUID, message: Waiting, place: Place) -> bool:
    """Whether a person joins who is not in it yet; one unknown who repeats another's words is none."""
    if message.sender is None:
        return place.same_as is None
    known = (
        select(HotIssueMessageRow.id)
        .join(MessageRow, MessageRow.id == HotIssueMessageRow.message_id)
        .where(HotIssueMessageRow.issue_id == issue_id, MessageRow.sender_digest == message.sender)
        .limit(1)
    )
    return work.session.scalar(known) is None


def _new_issue(work: Work, entry: int, now: datetime, zone: ZoneInfo) -> HotIssueRow:
    """An issue of one message that stood alone so far."""
    first = work.session.get_one(HotIssueMessageRow, entry)
    issue = HotIssueRow(
        id=uuid7(),
        number=next_number(work, now, zone),
        began_at=first.received_at,
        last_at=first.received_at,
        heat=heat_of([first.received_at]),
        created_at=now,
    )
    work.session.add(issue)
    work.session.flush()
    work.session.execute(
        update(HotIssueMessageRow).where(HotIssueMessageRow.id == entry).values(issue_id=issue.id)
    )
    return issue


def next_number(work: Work, now: datetime, zone: ZoneInfo) -> str:
    """RD, the city's date, and a running number of that date; for whoever has begun."""
    prefix = f"RD-{now.astimezone(zone):%y%m%d}-"
    last = work.session.scalar(
        select(HotIssueRow.number)
        .where(HotIssueRow.number.startswith(prefix))
        .order_by(func.length(HotIssueRow.number).desc(), HotIssueRow.number.desc())
        .limit(1)
    )
    return f"{prefix}{int((last or '0').removeprefix(prefix)) + 1:03d}"
