"""What goes out to people who work here: one row a message, and the notices it tells of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class StaffMessageRow(Table):
    """One message to one member of staff, or to an office address. recipient: "user …" or "office …",
    one queue each. department: whose office address; None for the city's. state: see
    casework/storage/staff_messages.py. next_try_at: None once nothing more is to be tried.
    claimed_until: somebody is sending it. channel: the one it was tried by last."""

    __tablename__ = "staff_messages"
    __table_args__ = (
        Index("ix_staff_messages_due", "state", "next_try_at"),
        Index("ix_staff_messages_recipient", "recipient", "state"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    urgent: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(AwareTime, index=True)
    next_try_at: Mapped[datetime | None] = mapped_column(AwareTime)
    claimed_until: Mapped[datetime | None] = mapped_column(AwareTime)
    attempts: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str] = mapped_column(String(10), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime | None] = mapped_column(AwareTime)
    error: Mapped[str] = mapped_column(Text, default="")


class ToldRow(Table):
    """A notice that a message tells of."""

    __tablename__ = "staff_messages_notices"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("staff_messages.id"), primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(
        ForeignKey("staff_notices.id"), primary_key=True, index=True
    )
