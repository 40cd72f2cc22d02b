"""Mentions: public posts about the city, and every place each of them was seen at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.storage.tables.casework import MessageRow
from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class MentionRow(Table):
    """A post, beside its message and judgement. state: "open", "ticket" or "aside".

    places, last_seen_at: as its rows in mention_places say. forward_of: the mention it passes on.
    district: the one its words name; a ticket made of it keeps its own.
    decided_by: a username, "program", or "" while nobody has decided.
    """

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_list", "state", "last_seen_at"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    places: Mapped[int] = mapped_column(default=1)
    last_seen_at: Mapped[datetime] = mapped_column(AwareTime)
    forward_of: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(AwareTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    message: Mapped[MessageRow] = relationship(foreign_keys=[message_id])
    seen: Mapped[list[MentionPlaceRow]] = relationship(order_by="MentionPlaceRow.seen_at")


class MentionPlaceRow(Table):
    """One place a mention was seen at. source_ref: the post's own number in its source."""

    __tablename__ = "mention_places"
    __table_args__ = (UniqueConstraint("source", "source_ref"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("mentions.message_id"), index=True)
    source: Mapped[str] = mapped_column(String(60))
    source_ref: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str | None] = mapped_column(Sealed("mention_places.author"))
    seen_at: Mapped[datetime] = mapped_column(AwareTime)
