"""The log of messages to staff, as administrators read it: to whom, by which road, with what outcome.

What the messages say is not shown: administrators see no tickets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from casework.storage.records import Work
from casework.storage.spreading import WAITING
from casework.storage.staff_messages import GIVEN_UP, SENT, VOID, WORDED
from casework.storage.tables import StaffMessageRow, StaffNoticeRow, ToldRow, UserRow

MOST = 200
STATES = (WAITING, WORDED, SENT, GIVEN_UP, VOID)


@dataclass(frozen=True, slots=True)
class Logged:
    """One message. name: of the person, "" for an office. department: code, "" for the city's.
    notices: how many it tells of, alerts: how many of them are about alerts. wish: of which alerts the
    person wants to be told; "" for an office."""

    id: UUID
    name: str
    department: str
    urgent: bool
    state: str
    channel: str
    notices: int
    alerts: int
    wish: str
    created_at: datetime
    next_try_at: datetime | None
    sent_at: datetime | None
    attempts: int
    error: str


def logged(work: Work, state: str = "") -> tuple[Logged, ...]:
    """The newest MOST messages, of one state only when it is named."""
    many = (
        select(func.count())
        .where(ToldRow.message_id == StaffMessageRow.id)
        .correlate(StaffMessageRow)
        .scalar_subquery()
    )
    about_alerts = (
        select(func.count())
        .where(
            ToldRow.message_id == StaffMessageRow.id,
            StaffNoticeRow.id == ToldRow.notice_id,
            StaffNoticeRow.alert_id.is_not(None),
        )
        .correlate(StaffMessageRow)
        .scalar_subquery()
    )
    rows = work.session.execute(
        select(StaffMessageRow, UserRow.display_name, UserRow.notice_alerts, many, about_alerts)
        .outerjoin(UserRow, UserRow.id == StaffMessageRow.user_id)
        .where(*([StaffMessageRow.state == state] if state else []))
        .order_by(StaffMessageRow.created_at.desc(), StaffMessageRow.id.desc())
        .limit(MOST)
    )
    return tuple(
        Logged(
            row.id,
            name or "",
            row.department or "",
            row.urgent,
            row.state,
            row.channel,
            notices,
            alerts,
            wish or "",
            row.created_at,
            row.next_try_at,
            row.sent_at,
            row.attempts,
            row.error,
        )
        for row, name, wish, notices, alerts in rows
    )


def log_counts(work: Work) -> dict[str, int]:
    """How many messages stand in each state."""
    found = work.session.execute(
        select(StaffMessageRow.state, func.count()).group_by(StaffMessageRow.state)
    )
    counts = {state: many for state, many in found}  # noqa: C416 - rows, not pairs
    return {state: counts.get(state, 0) for state in STATES}


def unspread(work: Work) -> int:
    """Notices no message was made of yet."""
    return (
        work.session.scalar(
            select(func.count())
            .select_from(StaffNoticeRow)
            .where(StaffNoticeRow.spread_at.is_(None))
        )
        or 0
    )
