"""Messages, judgements, tickets, clocks, replies and their audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casework.storage.tables.contributions import ContributionRow
from casework.storage.tables.mail import AttachmentRow
from casework.storage.tables.mapping import Table
from casework.storage.tables.requests import PauseRow
from casework.storage.types import AwareTime, Sealed


class MessageRow(Table):
    """What a citizen said, as it was said. The original text stays here; `shown_*` have personal
    details masked and are what is indexed and shown beyond the people who handle it."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("source", "source_ref"),
        Index("ix_messages_content", "content_digest", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(60))
    source_ref: Mapped[str | None] = mapped_column(String(200))
    form_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    mode: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10), default="zh")
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    shown_subject: Mapped[str] = mapped_column(Text)
    shown_body: Mapped[str] = mapped_column(Text)
    content_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    sender_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    sender: Mapped[str | None] = mapped_column(Sealed("messages.sender"))
    contact_name: Mapped[str | None] = mapped_column(Sealed("messages.contact_name"))
    contact_phone: Mapped[str | None] = mapped_column(Sealed("messages.contact_phone"))
    contact_email: Mapped[str | None] = mapped_column(Sealed("messages.contact_email"))
    place: Mapped[str] = mapped_column(Text, default="")
    publishable: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    entered_by: Mapped[str] = mapped_column(String(80), default="")
    received_at: Mapped[datetime] = mapped_column(AwareTime, index=True)
    recorded_at: Mapped[datetime] = mapped_column(AwareTime)
    repeats_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None] = mapped_column(AwareTime)

    judgement: Mapped[JudgementRow] = relationship(back_populates="message", uselist=False)
    ticket: Mapped[TicketRow] = relationship(back_populates="message", uselist=False)


class JudgementRow(Table):
    """The classifier's judgement of a message. What people decide stands on the ticket."""

    __tablename__ = "judgements"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(AwareTime)
    engine: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(100))  # levels joined by "/"; "" when unsure
    kind: Mapped[str] = mapped_column(String(10))
    sentiment: Mapped[str] = mapped_column(String(10))
    sentiment_score: Mapped[float]
    urgency: Mapped[str] = mapped_column(String(10))
    urgency_rule: Mapped[str] = mapped_column(String(60), default="")
    confidence: Mapped[float]
    keywords: Mapped[list[Any]]
    detail: Mapped[dict[str, Any]]  # topics, leaves, places, evidence: see storage/judgements.py

    message: Mapped[MessageRow] = relationship(back_populates="judgement")


class TicketRow(Table):
    """The matter as the office handles it. topic, kind and urgency are what holds: the
    classifier's word until a person corrects it. bound: who answers was decided after a return, and
    it cannot be returned again."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_desk", "lead_department", "state", "next_due_at"),
        Index("ix_tickets_queue", "state", "next_due_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), unique=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    state: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str] = mapped_column(String(100))
    urgency: Mapped[str] = mapped_column(String(10))
    urgency_stated: Mapped[bool] = mapped_column(default=False)  # by a person, not the program
    route: Mapped[str] = mapped_column(String(12))
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    lead_department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    assigned_by: Mapped[str] = mapped_column(String(80), default="")  # "program" or a username
    assigned_confidence: Mapped[float | None]
    screening_reason: Mapped[str] = mapped_column(String(20), default="")
    guesses: Mapped[list[Any]]
    unscreened_report: Mapped[bool] = mapped_column(default=False)
    policy_version: Mapped[str] = mapped_column(String(40))
    catalogue_version: Mapped[str] = mapped_column(String(40), server_default="")
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    new_facts: Mapped[bool] = mapped_column(
        server_default=false()
    )  # brought to the one merged into
    next_due_at: Mapped[datetime | None] = mapped_column(AwareTime)
    opened_at: Mapped[datetime] = mapped_column(AwareTime)
    round: Mapped[int] = mapped_column(server_default="1")  # more after 重办
    moves: Mapped[int] = mapped_column(server_default="0")  # from unit to unit
    bound: Mapped[bool] = mapped_column(server_default=false())
    supervision: Mapped[int] = mapped_column(server_default="0")  # 督办 level
    assigned_at: Mapped[datetime | None] = mapped_column(AwareTime)
    accepted_at: Mapped[datetime | None] = mapped_column(AwareTime)  # 受理: given to a department
    answered_at: Mapped[datetime | None] = mapped_column(AwareTime)
    closed_at: Mapped[datetime | None] = mapped_column(AwareTime)
    version: Mapped[int] = mapped_column(default=1)

    # SQLAlchemy checks and raises it on every update: two people cannot overwrite each other.
    __mapper_args__ = {"version_id_col": version}

    message: Mapped[MessageRow] = relationship(back_populates="ticket")
    clocks: Mapped[list[ClockRow]] = relationship(
        back_populates="ticket", order_by="ClockRow.due_at"
    )
    replies: Mapped[list[ReplyRow]] = relationship(
        back_populates="ticket", order_by="ReplyRow.answered_at"
    )
    accusations: Mapped[list[AccusationRow]] = relationship(back_populates="ticket")
    recusals: Mapped[list[RecusalRow]] = relationship(back_populates="ticket")
    pauses: Mapped[list[PauseRow]] = relationship(order_by="PauseRow.started_at")
    contributions: Mapped[list[ContributionRow]] = relationship(order_by="ContributionRow.id")


class AccusationRow(Table):
    """A department that a 举报 accuses; it and everything below it never sees the ticket."""

    __tablename__ = "accusations"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    department: Mapped[str] = mapped_column(ForeignKey("departments.code"), primary_key=True)
    named_by: Mapped[str] = mapped_column(String(80))
    named_at: Mapped[datetime] = mapped_column(AwareTime)

    ticket: Mapped[TicketRow] = relationship(back_populates="accusations")


class RecusalRow(Table):
    """A person who is kept from the ticket (回避)."""

    __tablename__ = "recusals"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    named_by: Mapped[str] = mapped_column(String(80))
    named_at: Mapped[datetime] = mapped_column(AwareTime)
    reason: Mapped[str] = mapped_column(Text)

    ticket: Mapped[TicketRow] = relationship(back_populates="recusals")


class ClockRow(Table):
    """One clock of a ticket, in one round: a ticket taken up again gets new ones beside the first."""

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("ticket_id", "name", "round"),
        # Only clocks that run are in it: what the sweep looks at stays small.
        Index(
            "ix_clocks_next_step",
            "next_step_at",
            sqlite_where=text("next_step_at IS NOT NULL"),
            postgresql_where=text("next_step_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    name: Mapped[str] = mapped_column(String(12))
    rule_id: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(14))
    started_at: Mapped[datetime] = mapped_column(AwareTime)
    due_at: Mapped[datetime] = mapped_column(AwareTime)
    stopped_at: Mapped[datetime | None] = mapped_column(AwareTime)
    voided: Mapped[bool] = mapped_column(default=False)
    provisional: Mapped[bool] = mapped_column(default=False)
    round: Mapped[int] = mapped_column(server_default="1")
    extra: Mapped[int] = mapped_column(server_default="0")  # extension, in its unit
    step: Mapped[int] = mapped_column(server_default="0")  # the next of the ladder, see ladder.py
    next_step_at: Mapped[datetime | None] = mapped_column(AwareTime)  # None: stopped or paused

    ticket: Mapped[TicketRow] = relationship(back_populates="clocks")


class ReplyRow(Table):
    """The answer given to the citizen. Its five parts, or `body` alone when it was taken over."""

    __tablename__ = "replies"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    department: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    department_name: Mapped[str] = mapped_column(String(200), default="")  # as taken over
    author: Mapped[str] = mapped_column(String(80))
    facts: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    remedy: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime] = mapped_column(AwareTime)

    ticket: Mapped[TicketRow] = relationship(back_populates="replies")
    files: Mapped[list[AttachmentRow]] = relationship(
        order_by="AttachmentRow.id", viewonly=True, lazy="selectin"
    )


class AuditEventRow(Table):
    """One link of an audit chain. chain: the ticket's id as text, or "office"."""

    __tablename__ = "audit_events"

    chain: Mapped[str] = mapped_column(String(36), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(AwareTime, index=True)
    text_digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditTextRow(Table):
    """The words of an audit event, beside the chain, so that they can be erased."""

    __tablename__ = "audit_texts"

    chain: Mapped[str] = mapped_column(String(36), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    text: Mapped[str] = mapped_column(Text)


class OutboxRow(Table):
    """A message whose state the trend index has yet to learn. Deleted once delivered; holds no
    state itself, because the relay sends the record as it is at delivery."""

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")


class NoticeRow(Table):
    """Something to be told to somebody, recorded in the transaction that causes it. contribution_id: the
    one a body outside is told of."""

    __tablename__ = "notices"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    contribution_id: Mapped[UUID | None] = mapped_column(ForeignKey("contributions.id"))
    kind: Mapped[str] = mapped_column(String(30))
    recipient: Mapped[str | None] = mapped_column(Sealed("notices.recipient"))
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(AwareTime)
    sent_at: Mapped[datetime | None] = mapped_column(AwareTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")

    # Written after the contribution it is about.
    contribution: Mapped[ContributionRow | None] = relationship()
