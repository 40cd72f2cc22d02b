"""Where in a long list a page stands."""

from __future__ import annotations

from typing import ClassVar


class Paged:
    """What every page of a list can say of itself. number: counts from 1; total: of the whole list;
    size: lines a page."""

    __slots__ = ()
    number: int
    total: int
    size: ClassVar[int]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)
