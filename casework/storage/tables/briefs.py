"""Which briefs whoever works here is told of by mail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class BriefSubscriptionRow(Table):
    """One person and one kind of brief. told_of: the first day of the last brief they were told of;
    None: of none yet."""

    __tablename__ = "brief_subscriptions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    email: Mapped[str | None] = mapped_column(Sealed("brief_subscriptions.email"))
    language: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    told_of: Mapped[date | None] = mapped_column(Date)
