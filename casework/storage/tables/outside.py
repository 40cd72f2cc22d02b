"""What bodies outside the office were asked, and the links they answer by."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime, Sealed


class OutsideRequestRow(Table):
    """The outside half of a contribution without a department. name: of the body. token_digest: of the
    link, which itself is kept nowhere. remind_at: when it is reminded, None once it was. opened_at: when
    the link was first opened."""

    __tablename__ = "outside_requests"

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(Sealed("outside_requests.email"))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime] = mapped_column(AwareTime)
    remind_at: Mapped[datetime | None] = mapped_column(AwareTime)
    opened_at: Mapped[datetime | None] = mapped_column(AwareTime)
