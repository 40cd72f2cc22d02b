"""Calls: who rang whom and when, as the call centre tells it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class CallRow(Table):
    """One call. call_ref: the call centre's own number of it, unique in its source. agent: the
    username of whoever takes it. caller_digest: the same keyed digest as messages.sender_digest,
    so that what the caller wrote before is found. message_id: what was entered of the call."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("source", "call_ref"),
        Index("ix_calls_agent", "agent", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    source: Mapped[str] = mapped_column(String(60))
    call_ref: Mapped[str] = mapped_column(String(200))
    caller: Mapped[str | None] = mapped_column(Sealed("calls.caller"))
    caller_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    agent: Mapped[str] = mapped_column(String(80))
    recording_ref: Mapped[str] = mapped_column(String(500), default="")
    started_at: Mapped[datetime] = mapped_column(AwareTime)
    ended_at: Mapped[datetime | None] = mapped_column(AwareTime)
    recorded_at: Mapped[datetime] = mapped_column(AwareTime)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
