"""Hot issues counted within the scope of who asks, and which issue a message is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from casework.heat import people_now
from casework.office import Office
from casework.permissions import Scope
from casework.storage.hot_issues import NOT_ONE
from casework.storage.issue_messages import joined, may_enter
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import HotIssueMessageRow, HotIssueRow, MessageRow, TicketRow

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class IssueCount:
    """One issue counted. people: different senders, and messages of unknown ones that repeat no
    other's words. week, week_before: messages of the last seven days and of the seven before them.
    heat: see casework/heat.py, as of now."""

    id: UUID
    number: str
    began_at: datetime
    last_at: datetime
    messages: int
    people: int
    week: int
    week_before: int
    heat: float


def issues_of(
    work: Work, office: Office, scope: Scope, message_ids: Sequence[UUID]
) -> dict[UUID, UUID]:
    """By message, the issue it is in; of those that the scope shows and nobody said are not one matter."""
    rows = work.session.execute(
        visible(
            select(HotIssueMessageRow.message_id, HotIssueMessageRow.issue_id), office, scope
        ).where(
            HotIssueMessageRow.message_id.in_(message_ids),
            HotIssueMessageRow.issue_id.in_(
                select(HotIssueRow.id).where(HotIssueRow.verdict != NOT_ONE)
            ),
        )
    )
    return {row.message_id: row.issue_id for row in rows}


def counts_of(
    work: Work, office: Office, scope: Scope, now: datetime, ids: Sequence[UUID]
) -> list[IssueCount]:
    """These issues counted, in any order; none of which the scope shows nothing."""
    if not ids:
        return []
    at = HotIssueMessageRow.received_at
    nobody_new = and_(MessageRow.sender_digest.is_(None), HotIssueMessageRow.same_as.is_(None))
    rows = work.session.execute(
        visible(
            select(
                HotIssueMessageRow.issue_id,
                func.min(at).label("began"),
                func.max(at).label("last"),
                func.count().label("messages"),
                func.count(MessageRow.sender_digest.distinct()).label("known"),
                func.count().filter(nobody_new).label("unknown"),
                func.count().filter(at > now - WEEK, at <= now).label("week"),
                func.count().filter(at > now - 2 * WEEK, at <= now - WEEK).label("before"),
            ),
            office,
            scope,
        )
        .where(HotIssueMessageRow.issue_id.in_(ids))
        .group_by(HotIssueMessageRow.issue_id)
    )
    issues = {
        row.id: row
        for row in work.session.scalars(select(HotIssueRow).where(HotIssueRow.id.in_(ids)))
    }
    return [
        IssueCount(
            id=row.issue_id,
            number=issues[row.issue_id].number,
            began_at=row.began,
            last_at=row.last,
            messages=row.messages,
            people=row.known + row.unknown,
            week=row.week,
            week_before=row.before,
            heat=people_now(issues[row.issue_id].heat, now),
        )
        for row in rows
    ]


def visible(
    statement: Select[*tuple[Any, ...]], office: Office, scope: Scope
) -> Select[*tuple[Any, ...]]:
    """Over the messages of issues, those that may be in one and that the scope shows."""
    ticket = and_(*tickets_in(scope, office.departments), TicketRow.id.is_not(None))
    public = TicketRow.id.is_(None)
    return joined(
        statement.select_from(HotIssueMessageRow).join(
            MessageRow, MessageRow.id == HotIssueMessageRow.message_id
        )
    ).where(may_enter(), ticket if scope.nothing or scope.lead_under else or_(ticket, public))
