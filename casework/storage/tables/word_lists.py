"""The city's own words and places, which the classifier cuts with and finds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from casework.storage.tables.mapping import Table
from casework.storage.types import AwareTime


class DictionaryWordRow(Table):
    """A word of the city's dictionary. frequency: null: worked out. position: where it stands in the
    file; frequencies that are worked out depend on the words before them."""

    __tablename__ = "dictionary_words"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    frequency: Mapped[int | None]
    tag: Mapped[str] = mapped_column(String(10), default="")
    position: Mapped[int]
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(AwareTime)


class ListedPlaceRow(Table):
    """A place of the city's list. kind: one of casework.word_lists.PLACE_KINDS."""

    __tablename__ = "listed_places"
    __table_args__ = (Index("ix_listed_places_name", "name"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    district: Mapped[str | None] = mapped_column(ForeignKey("departments.code"))
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(AwareTime)
