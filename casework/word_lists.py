"""What a city teaches the program: words to cut texts into, and places to find in them."""

from __future__ import annotations

from dataclasses import dataclass

PLACE_KINDS = ("district", "street", "community", "road", "compound", "bus")


@dataclass(frozen=True, slots=True)
class UserWord:
    """A word of the city's own, normalised. frequency: None: as jieba suggests. tag: its part of
    speech, or ""."""

    word: str
    frequency: int | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """A place of the city's own list. kind: one of PLACE_KINDS. district: the code of the department
    it belongs to, or ""."""

    name: str
    kind: str
    district: str = ""
