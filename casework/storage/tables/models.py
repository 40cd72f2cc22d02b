"""The models a city has trained, which are in use, and trainings asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class ModelRow(Table):
    """One trained model, in a folder of the home named by its version. digest: of its files.
    report: the card and the comparison with the model that was in use (classifier/report.py)."""

    __tablename__ = "models"

    version: Mapped[str] = mapped_column(String(60), primary_key=True)
    task: Mapped[str] = mapped_column(String(10), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(AwareTime)
    report: Mapped[dict[str, Any]]


class ModelUseRow(Table):
    """That a model was put to use; the newest row of a task holds. version, before: "" for the model
    shipped with the program."""

    __tablename__ = "model_uses"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    task: Mapped[str] = mapped_column(String(10), index=True)
    version: Mapped[str] = mapped_column(String(60))
    before: Mapped[str] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(AwareTime)


class TrainingRow(Table):
    """A training asked for on a page and run by the timetable. state: "waiting", "running", "done" or
    "failed". step: what is being done; percent: how much of it all. version: of the model made."""

    __tablename__ = "trainings"
    __table_args__ = (Index("ix_trainings_waiting", "state", "asked_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    task: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(AwareTime)
    state: Mapped[str] = mapped_column(String(10))
    step: Mapped[str] = mapped_column(String(20), default="")
    percent: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    version: Mapped[str] = mapped_column(String(60), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime | None] = mapped_column(AwareTime)
    ended_at: Mapped[datetime | None] = mapped_column(AwareTime)
