"""Answers everybody may read, and those who asked to be told of new ones."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class PublishedAnswerRow(Table):
    """An answer published with the citizen's consent, as it was when somebody read and published
    it, personal details masked. Its id is its public address and says nothing of the ticket."""

    __tablename__ = "published_answers"
    __table_args__ = (Index("ix_published_answers_shown", "withdrawn_at", "published_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    title: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(AwareTime)
    answered_at: Mapped[datetime] = mapped_column(AwareTime)
    published_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime] = mapped_column(AwareTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(AwareTime)


class SubscriptionRow(Table):
    """Somebody who wants mail: of one ticket's steps (ticket_id), or of published answers of a
    topic or district. Nothing is sent before it is confirmed."""

    __tablename__ = "subscriptions"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    token: Mapped[str] = mapped_column(Sealed("subscriptions.token"))  # stands in every mail
    email: Mapped[str] = mapped_column(Sealed("subscriptions.email"))
    email_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    topic: Mapped[str] = mapped_column(String(100), default="")
    district: Mapped[str] = mapped_column(String(20), default="")
    language: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    asked_at: Mapped[datetime | None] = mapped_column(AwareTime)  # the mail that asks to confirm
    confirmed_at: Mapped[datetime | None] = mapped_column(AwareTime)
    stopped_at: Mapped[datetime | None] = mapped_column(AwareTime)
    told_until: Mapped[datetime] = mapped_column(AwareTime)
    told_on: Mapped[date | None] = mapped_column(Date)
