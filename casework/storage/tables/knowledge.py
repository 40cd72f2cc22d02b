"""Knowledge articles, requests to correct them, and phrases for answers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class ArticleRow(Table):
    """What may be told to a citizen at once. owner: the department that answers for it.

    topic: a topic path joined by "/", or "". words: title and body cut into words, each between
    blanks, so that one LIKE finds a whole word. valid_until: last day; None: until changed.
    """

    __tablename__ = "articles"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("departments.code"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(String(100), default="")
    words: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[date | None] = mapped_column(Date, index=True)
    updated_by: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime] = mapped_column(AwareTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CorrectionRequestRow(Table):
    """Somebody says that an article is wrong; its owner answers."""

    __tablename__ = "correction_requests"
    __table_args__ = (Index("ix_correction_requests_open", "article_id", "answered_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(AwareTime)
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(80), default="")
    answered_at: Mapped[datetime | None] = mapped_column(AwareTime)


class PhraseRow(Table):
    """A sentence for answers, with variables. department: None for everybody. place: where it is
    offered: "call" or a part of an answer ("facts", "basis", "result", "remedy", "contact").
    state: of the tickets it is offered for, "" for all."""

    __tablename__ = "phrases"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"), index=True)
    place: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default="")
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(String(80))
    updated_at: Mapped[datetime] = mapped_column(AwareTime)
