"""Hot issues: messages of different people about one matter, and what each is found by."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class HotIssueRow(Table):
    """One matter that several messages are about.

    heat: the binary logarithm of what its people add up to, see casework/heat.py; it only grows when
    somebody joins, and orders issues rightly at any time. began_at, last_at: of its first and last
    message. merged_into: the issue that has all its messages now; that one is merged into none. verdict:
    what a person said last, "one" or "not_one", "" for nothing. version: counts what people did to it.
    """

    __tablename__ = "hot_issues"
    __table_args__ = (Index("ix_hot_issues_list", "heat", "last_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    began_at: Mapped[datetime] = mapped_column(AwareTime)
    last_at: Mapped[datetime] = mapped_column(AwareTime, index=True)
    heat: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("hot_issues.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(10), default="", server_default="")
    version: Mapped[int] = mapped_column(default=0, server_default="0")


class HotIssueApartRow(Table):
    """A message that a person took out of an issue: it is not put back by itself, however like it is."""

    __tablename__ = "hot_issue_apart"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(
        ForeignKey("hot_issues.id"), primary_key=True, index=True
    )


class HotIssueActRow(Table):
    """What a person did to an issue. act: "take_out", "split", "merge", "one" or "not_one". other: the
    number of the issue it was split into, or that was merged into it. messages: how many moved."""

    __tablename__ = "hot_issue_acts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("hot_issues.id"), index=True)
    act: Mapped[str] = mapped_column(String(10))
    other: Mapped[str] = mapped_column(String(20), default="")
    messages: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(AwareTime)


class HotIssueMessageRow(Table):
    """One message that was looked at; issue_id: None while no other is about the same matter.

    id: counts up in the order of being looked at. words: what the message is about, by weight.
    places: the roads and compounds it names. same_as: the id of an earlier row of its issue of which this
    one is a near-duplicate. closeness: to the messages it was put with, in [0, 1].
    """

    __tablename__ = "hot_issue_messages"
    __table_args__ = (
        Index("ix_hot_issue_messages_issue", "issue_id", "received_at"),
        Index("ix_hot_issue_messages_time", "received_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), unique=True)
    issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("hot_issues.id"))
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    received_at: Mapped[datetime] = mapped_column(AwareTime)
    words: Mapped[dict[str, Any]]
    places: Mapped[list[Any]]
    same_as: Mapped[int | None] = mapped_column(BigInteger)
    closeness: Mapped[float]


class HotIssueMarkRow(Table):
    """A characteristic word of a message, as a number, by which later messages find it."""

    __tablename__ = "hot_issue_marks"
    __table_args__ = ({"sqlite_with_rowid": False},)

    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
