"""Imports of files: what was uploaded, how it is read, how far it is, who runs it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class ImportRow(Table):
    """One import. look: what was found in the file when it came (see storage/imports.py). read to
    rejected: rows so far; rejected_to: bytes of the file of rejected rows that belong to them.
    holder, expires_at: who runs it and until when it counts as alive."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_waiting", "state", "asked_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(String(60))  # in the uploads folder
    size: Mapped[int] = mapped_column(BigInteger)
    look: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(60), default="")
    channel: Mapped[str] = mapped_column(String(20), default="")
    mode: Mapped[str] = mapped_column(String(10), default="")
    sheet: Mapped[str] = mapped_column(String(200), default="")
    columns: Mapped[dict[str, Any]]
    dry_run: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int | None]
    read: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    rejected_to: Mapped[int] = mapped_column(BigInteger, default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    uploaded_by: Mapped[str] = mapped_column(String(80))
    uploaded_at: Mapped[datetime] = mapped_column(AwareTime, index=True)
    asked_at: Mapped[datetime | None] = mapped_column(AwareTime)
    started_at: Mapped[datetime | None] = mapped_column(AwareTime)
    finished_at: Mapped[datetime | None] = mapped_column(AwareTime)
    holder: Mapped[str] = mapped_column(String(200), default="")
    expires_at: Mapped[datetime | None] = mapped_column(AwareTime)
