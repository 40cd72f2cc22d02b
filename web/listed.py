"""A page of a plain list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from casework.storage.queries.paged import Paged
from casework.storage.queries.tickets import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Listed(Paged):
    """Where it stands; the entries are handed on beside it."""

    number: int
    total: int
    size: ClassVar[int] = PAGE_SIZE
