"""The office: departments, people, the working calendar, and facts about this city."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, LargeBinary, String, Text, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class DepartmentRow(Table):
    """A body that can answer. level: "city", "bureau", "district" or "street". office_mail: where its
    people are told who chose no channel of their own."""

    __tablename__ = "departments"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    parent: Mapped[str | None] = mapped_column(ForeignKey("departments.code"), index=True)
    level: Mapped[str] = mapped_column(String(10))
    aliases: Mapped[list[Any]]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    office_mail: Mapped[str] = mapped_column(String(200), default="", server_default="")


class UserRow(Table):
    """Somebody who works here. Citizens have no account. notice_…: how they are told of their
    tickets' clocks, see casework/storage/notice_choices.py."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    active: Mapped[bool] = mapped_column(default=True)
    new_password_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    notice_channel: Mapped[str] = mapped_column(
        String(10), default="office", server_default="office"
    )
    notice_address: Mapped[str | None] = mapped_column(Sealed("users.notice_address"))
    notice_pace: Mapped[str] = mapped_column(String(10), default="digest", server_default="digest")
    notice_language: Mapped[str] = mapped_column(String(2), default="zh", server_default="zh")
    notice_alerts: Mapped[str] = mapped_column(String(10), default="all", server_default="all")

    roles: Mapped[list[UserRoleRow]] = relationship(lazy="selectin")


class UserRoleRow(Table):
    __tablename__ = "user_roles"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class AttemptRow(Table):
    """A failed look-up or sign-in, for throttling. who: keyed digest of account and address."""

    __tablename__ = "attempts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    who: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[datetime] = mapped_column(AwareTime, index=True)


class LeadRow(Table):
    """In the draft of the catalogue: the lead department of one leaf of the taxonomy where the city
    decides otherwise than the catalogue's file. topic: levels joined by "/"."""

    __tablename__ = "leads"

    topic: Mapped[str] = mapped_column(String(100), primary_key=True)
    department: Mapped[str] = mapped_column(ForeignKey("departments.code"))
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(AwareTime)


class LeadsVersionRow(Table):
    """A version of the city's part of the catalogue, whole. leads: department by topic, where they
    differ from the file. effective_from: the first day messages are dispatched by it."""

    __tablename__ = "leads_versions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    effective_from: Mapped[date] = mapped_column(Date)
    leads: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(AwareTime)


class LocalRuleRow(Table):
    """What the city decided about deadlines: of a rule of the policy's file how long it gives, or a rule of
    its own, which has a clock. extend, extend_by: None as in the file. warnings: parts of the time.
    region, kind, topic, urgency, channel: what a rule of its own is for, "" for any."""

    __tablename__ = "local_rules"

    rule_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(14))
    source: Mapped[str] = mapped_column(String(200))
    extend: Mapped[int | None]
    extend_by: Mapped[str | None] = mapped_column(String(10))
    warnings: Mapped[list[Any]] = mapped_column(server_default="[]")
    clock: Mapped[str] = mapped_column(String(12), default="", server_default="")
    region: Mapped[str] = mapped_column(String(20), default="", server_default="")
    kind: Mapped[str] = mapped_column(String(10), default="", server_default="")
    topic: Mapped[str] = mapped_column(String(100), default="", server_default="")
    urgency: Mapped[str] = mapped_column(String(10), default="", server_default="")
    channel: Mapped[str] = mapped_column(String(20), default="", server_default="")
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(AwareTime)


class PolicyRow(Table):
    """One version of the deadline policy, whole: tickets go on by the version they began with.
    rules, pauses, steps: as casework.policy.read_rule, read_pause and read_step read them. effective_from:
    the first day it holds."""

    __tablename__ = "policies"

    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    effective_from: Mapped[date] = mapped_column(Date)
    rules: Mapped[list[Any]]
    pauses: Mapped[list[Any]] = mapped_column(server_default="[]")
    steps: Mapped[list[Any]] = mapped_column(server_default="[]")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(AwareTime)


class WorkingDayRow(Table):
    """One day of the working calendar. state: "official", "provisional" or "local"."""

    __tablename__ = "working_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))


class CityFactRow(Table):
    """A fact about this city: what has been set up, which policy and dictionary hold."""

    __tablename__ = "city_facts"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class LeaseRow(Table):
    """Who alone may do something now, e.g. write the embedded index."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    term: Mapped[int] = mapped_column(default=0, server_default="0")  # grows with every holder
    expires_at: Mapped[datetime] = mapped_column(AwareTime)
    request: Mapped[str] = mapped_column(String(40), default="")  # asked of the holder by others


class JobRow(Table):
    """One job of the timetable and its last run. turn: the number of the run that was due, so that
    no turn is run twice. term: that of the lease under which it ran. state: "running", "done" or
    "failed"."""

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    turn: Mapped[int] = mapped_column(BigInteger)
    term: Mapped[int]
    holder: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime] = mapped_column(AwareTime)
    ended_at: Mapped[datetime | None] = mapped_column(AwareTime)
    error: Mapped[str] = mapped_column(Text, default="")
    runs: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)  # in a row


class SessionRow(Table):
    """Somebody signed in on one browser. The cookie holds the token, the row its digest only."""

    __tablename__ = "sessions"

    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(AwareTime)
    ends_at: Mapped[datetime] = mapped_column(AwareTime, index=True)
