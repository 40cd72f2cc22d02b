"""Sources: where messages come from by themselves or by file, how each is read, and how it fares."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class SourceRow(Table):
    """One source. code: what its messages carry as `source`. kind: "file", "feed", "webhook" or
    "mailbox". settings: how it is read, by kind (see intake/). bookmark: where reading goes on,
    understood by its connector alone. The rest is its health."""

    __tablename__ = "sources"
    __table_args__ = (Index("ix_sources_due", "kind", "active", "next_at"),)

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(20))
    settings: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(default=True)
    quiet_after_minutes: Mapped[int | None]  # nothing new for longer is reported; None: never
    bookmark: Mapped[dict[str, Any]]
    items: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    last_tried_at: Mapped[datetime | None] = mapped_column(AwareTime)
    last_success_at: Mapped[datetime | None] = mapped_column(AwareTime)
    last_item_at: Mapped[datetime | None] = mapped_column(AwareTime)
    last_error: Mapped[str] = mapped_column(Text, default="")
    next_at: Mapped[datetime | None] = mapped_column(AwareTime)
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class SourceKeyRow(Table):
    """A secret of a source: a webhook's signing key, a mailbox's password. Two may hold at once,
    so that one can be changed without a gap."""

    __tablename__ = "source_keys"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.code"), index=True)
    secret: Mapped[str] = mapped_column(Sealed("source_keys.secret"))
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    ends_at: Mapped[datetime | None] = mapped_column(AwareTime)
