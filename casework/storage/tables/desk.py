"""What people at their desks keep: drafts, claims, notes about callers, corrections."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class DraftRow(Table):
    """Something being written, so that it outlives the browser. kind: "call". content: JSON."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_owner", "owner", "kind", "updated_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Sealed("drafts.content"))
    updated_at: Mapped[datetime] = mapped_column(AwareTime, index=True)


class ClaimRow(Table):
    """Who said that they deal with a ticket. department: which led it then, "" for none; with another one
    the claim holds no longer."""

    __tablename__ = "claims"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(80))
    department: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(AwareTime)


class CallerNoteRow(Table):
    """What a caller said about themselves that the next operator should know."""

    __tablename__ = "caller_notes"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sender_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    text: Mapped[str] = mapped_column(Sealed("caller_notes.text"))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(AwareTime)


class CorrectionRow(Table):
    """A person's word against the program's: a labelled row to train on later.

    task: "topic", "kind", "sentiment", "urgency" or "unit". before: what the engine said, after: what holds.
    """

    __tablename__ = "corrections"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(AwareTime)
    task: Mapped[str] = mapped_column(String(10))
    before: Mapped[str] = mapped_column(String(100))
    after: Mapped[str] = mapped_column(String(100))
    engine: Mapped[str] = mapped_column(String(200))
