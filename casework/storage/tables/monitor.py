"""Alerts: what the monitor noticed, and what people made of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
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
    measure: Mapped[str] = mapped_column(
        String(20)
    )  # "count", "negative_share", "word" or "urgent"
    word: Mapped[str] = mapped_column(String(40), server_default="")
    topic: Mapped[str] = mapped_column(String(100), default="")
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    channel: Mapped[str] = mapped_column(String(20), default="", server_default="")
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


class AlertResponseRow(Table):
    """What the city did in answer to an alert. response: see casework/alert_levels.py."""

    __tablename__ = "alert_responses"
    __table_args__ = (UniqueConstraint("alert_id", "response"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"))
    response: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(AwareTime)


class AlertLevelRow(Table):
    """A severity as this city defines it. plan: the document that says so."""

    __tablename__ = "alert_levels"

    severity: Mapped[str] = mapped_column(String(10), primary_key=True)
    beyond: Mapped[int]
    grave: Mapped[bool]
    plan: Mapped[str] = mapped_column(String(200))
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(AwareTime)


class AlertMuteRow(Table):
    """A series nobody is to be alerted of for a while. topic, channel: "" for every one. until: grows no more
    once it has passed; ended early it is the time of that."""

    __tablename__ = "alert_mutes"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    topic: Mapped[str] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    channel: Mapped[str] = mapped_column(String(20), default="", server_default="")
    until: Mapped[datetime] = mapped_column(AwareTime, index=True)
    reason: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(AwareTime)


class KnownCauseRow(Table):
    """Something that makes people write and that everybody knows of: a storm, a campaign. last: the
    last day, included."""

    __tablename__ = "known_causes"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date, index=True)
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    text: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(AwareTime)


class WatchedTopicRow(Table):
    """A matter somebody wants to be told of: see casework/watched_topics.py."""

    __tablename__ = "watched_topics"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    must: Mapped[list[Any]]
    context: Mapped[list[Any]]
    exclude: Mapped[list[Any]]
    near: Mapped[list[Any]]
    within: Mapped[int]
    pattern: Mapped[str] = mapped_column(String(200))
    minimum: Mapped[int]
    hours: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(AwareTime)


class AlertHandingRow(Table):
    """An alert handed on: to a person, who owns it then, or to a department, which is asked for a response
    while the owner stays. to_user: username; one of to_user, department is set. ended_at: None while it
    holds; of an alert one to a person and one to a department may. how: "taken_back", "handed_on" or "answered"; "" while it
    holds. answer: what the department said."""

    __tablename__ = "alert_handings"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"), index=True)
    to_user: Mapped[str] = mapped_column(String(80))
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    handed_by: Mapped[str] = mapped_column(String(80))
    handed_at: Mapped[datetime] = mapped_column(AwareTime)
    ended_at: Mapped[datetime | None] = mapped_column(AwareTime)
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    how: Mapped[str] = mapped_column(String(12), default="")
    answer: Mapped[str] = mapped_column(Text, default="")


class AlertTicketRow(Table):
    """A ticket in which the matter of an alert is dealt with; linking put it under supervision."""

    __tablename__ = "alert_tickets"

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True, index=True)
    linked_by: Mapped[str] = mapped_column(String(80))
    linked_at: Mapped[datetime] = mapped_column(AwareTime)
