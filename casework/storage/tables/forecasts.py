"""Forecasts as they were made, and what came."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class ForecastRow(Table):
    """One week of one series, forecast on a Monday. monday: the week; ahead: 1 for the week that begins
    on the day of the forecast. dimension: "city", "topic" or "district". came: None while it is not
    over."""

    __tablename__ = "forecasts"

    monday: Mapped[date] = mapped_column(Date, primary_key=True)
    ahead: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dimension: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str] = mapped_column(String(100), primary_key=True)
    mean: Mapped[float]
    low: Mapped[int]
    high: Mapped[int]
    naive: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(AwareTime)
    came: Mapped[int | None]
