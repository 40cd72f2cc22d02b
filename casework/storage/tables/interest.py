"""What the public looks for and reads, counted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table


class InterestRow(Table):
    """How often something was done on a day of the city. what: see casework/interest.py. topic: of the
    first level, "" for none that could be told. Nobody's words and nobody's address."""

    __tablename__ = "interest"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]
