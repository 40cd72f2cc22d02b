"""What the city says in public about what many people wrote of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class StatementRow(Table):
    """A public statement about the matter of an alert. Its id is its public address and says nothing of
    the alert. Never changed: what was wrong is withdrawn with a reason, which is public too."""

    __tablename__ = "statements"
    __table_args__ = (Index("ix_statements_published", "published_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    published_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime] = mapped_column(AwareTime)
    withdrawn_by: Mapped[str] = mapped_column(String(80), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(AwareTime)
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")
