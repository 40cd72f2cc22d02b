"""Mail: the thread a message belongs to, what came with it, and what was not taken in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class MailRow(Table):
    """The mail a message came by: what an answer needs to stand in its thread.

    source: the mailbox it came to. mail_id: its Message-ID, "" when it had none.
    """

    __tablename__ = "mails"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(60))
    mail_id: Mapped[str] = mapped_column(Text, default="")
    thread: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")


class AttachmentRow(Table):
    """A file that came with a message or goes with an answer. The file itself lies under the
    home, named by its digest. media_type: as its content says, whatever its name is.

    Until then it waits: answer_to names the ticket whose answer is being written, form_token the
    form a citizen is filling in. added_by: username, "" for the sender of the message."""

    __tablename__ = "attachments"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    reply_id: Mapped[UUID | None] = mapped_column(ForeignKey("replies.id"), index=True)
    answer_to: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    form_token: Mapped[str | None] = mapped_column(String(64), index=True)
    added_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(100))
    added_at: Mapped[datetime] = mapped_column(AwareTime)


class SetAsideRow(Table):
    """An item of a source that was not taken in as a message, and why.

    reference: the item's own name in its source. reason: a stable key, e.g. "too_large".
    """

    __tablename__ = "set_aside"
    __table_args__ = (UniqueConstraint("source", "reference"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    source: Mapped[str] = mapped_column(String(60))
    reference: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(30))
    sender: Mapped[str | None] = mapped_column(Sealed("set_aside.sender"))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    at: Mapped[datetime] = mapped_column(AwareTime, index=True)
