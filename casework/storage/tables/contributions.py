"""What units were asked to contribute to tickets others lead."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.storage.tables.mapping import Table
from casework.storage.tables.outside import OutsideRequestRow
from casework.storage.types import AwareTime


class ContributionRow(Table):
    """One contribution, see casework/contributions.py. department: None for a body outside. step, next_step_at: as of clocks; None once
    nobody waits for it."""

    __tablename__ = "contributions"
    __table_args__ = (
        Index("ix_contributions_department", "department", "state", "due_at"),
        Index(
            "ix_contributions_next_step",
            "next_step_at",
            sqlite_where=text("next_step_at IS NOT NULL"),
            postgresql_where=text("next_step_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    state: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(AwareTime)
    question: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(AwareTime)
    words: Mapped[str] = mapped_column(Text, default="")
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    ended_at: Mapped[datetime | None] = mapped_column(AwareTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    step: Mapped[int] = mapped_column(default=0)
    next_step_at: Mapped[datetime | None] = mapped_column(AwareTime)

    outside: Mapped[OutsideRequestRow | None] = relationship()
