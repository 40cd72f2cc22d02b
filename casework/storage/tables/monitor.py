"""Alerts: what the monitor noticed, and what people made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class AlertRow(Table):
    """One alert. key: rule, series and episode; unique, so that an alert is raised once.

    state: "raised", "acknowledged", "judged", "closed". verdict: "", "true" or "false".
    detail: chart points and drivers as computed when raised: see storage/alerts.py.
    """

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_open", "state", "raised_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    rule: Mapped[str] = mapped_column(String(40))
    measure: Mapped[str] = mapped_column(String(20))  # "count", "negative_share" or "urgent"
    topic: Mapped[str] = mapped_column(String(100), default="")
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    severity: Mapped[str] = mapped_column(String(10))
    observed: Mapped[float]
    expected: Mapped[float]
    upper: Mapped[float]
    since: Mapped[datetime] = mapped_column(AwareTime)
    until: Mapped[datetime] = mapped_column(AwareTime)
    detail: Mapped[dict[str, Any]]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"))
    state: Mapped[str] = mapped_column(String(14))
    raised_at: Mapped[datetime] = mapped_column(AwareTime)
    owner: Mapped[str] = mapped_column(String(80), default="")
    acknowledged_at: Mapped[datetime | None] = mapped_column(AwareTime)
    verdict: Mapped[str] = mapped_column(String(10), default="")
    verdict_reason: Mapped[str] = mapped_column(Text, default="")
    judged_at: Mapped[datetime | None] = mapped_column(AwareTime)
    closed_at: Mapped[datetime | None] = mapped_column(AwareTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
