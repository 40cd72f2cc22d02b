"""What was answered to signed requests, so that one sent again is answered the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class WebhookAnswerRow(Table):
    """The answer to one request. answer: JSON, sealed, because it may hold a query code; it is
    erased after some days."""

    __tablename__ = "webhook_answers"

    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    answer: Mapped[str] = mapped_column(Sealed("webhook_answers.answer"))
    answered_at: Mapped[datetime] = mapped_column(AwareTime, index=True)
