"""What was found when the trend index was compared with the records, and what of it was dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class IndexCheckRow(Table):
    """One comparison. months: what was counted, see storage/index_checks.py."""

    __tablename__ = "index_checks"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    began_at: Mapped[datetime] = mapped_column(AwareTime)
    ended_at: Mapped[datetime] = mapped_column(AwareTime)
    repaired: Mapped[int]
    rebuilt: Mapped[bool]
    months: Mapped[list[Any]]


class MonthCountRow(Table):
    """Messages of a month that the trend index no longer holds, by one dimension and sentiment."""

    __tablename__ = "month_counts"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    sentiment: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]
