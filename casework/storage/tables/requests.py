"""What was asked for and decided about tickets, and the times in which their clocks stood still."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.storage.tables.contributions import ContributionRow
from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class RequestRow(Table):
    """One request; a ticket has one open at most. See casework/requests.py."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_open", "state", "asked_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(AwareTime)
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    reason: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text, default="")
    amount: Mapped[int] = mapped_column(default=0)
    pause: Mapped[str] = mapped_column(String(20), default="")
    target: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    parts: Mapped[dict[str, Any]]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(AwareTime)
    decision: Mapped[str] = mapped_column(Text, default="")


class PauseRow(Table):
    """A time in which all clocks of a ticket stand still. until: when it ends by itself; ended_at:
    None while it lasts."""

    __tablename__ = "pauses"
    __table_args__ = (Index("ix_pauses_open", "ended_at", "until"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    approved_by: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(AwareTime)
    until: Mapped[datetime] = mapped_column(AwareTime)
    ended_at: Mapped[datetime | None] = mapped_column(AwareTime)


class StaffNoticeRow(Table):
    """What people who work here are to be told about a clock of a ticket, or about an alert: for the
    desk they sit at, and for the messages they get. clock: of an alert the response that is owed, ""
    for none. audience: see casework/ladder.py; department: whose unit or head, None for others;
    user_id: the one person it is for. contribution_id: the one it is about; its day is told, not the
    clock's. spread_at: when messages were made of it (casework/storage/spreading.py)."""

    __tablename__ = "staff_notices"
    __table_args__ = (
        Index("ix_staff_notices_unspread", "spread_at", "created_at"),
        CheckConstraint("(ticket_id IS NULL) != (alert_id IS NULL)", name="about_one_thing"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    clock: Mapped[str] = mapped_column(String(12))
    step: Mapped[str] = mapped_column(String(20))
    audience: Mapped[str] = mapped_column(String(10))
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    contribution_id: Mapped[UUID | None] = mapped_column(ForeignKey("contributions.id"))
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    spread_at: Mapped[datetime | None] = mapped_column(AwareTime)

    # Written after the contribution it is about.
    contribution: Mapped[ContributionRow | None] = relationship()
