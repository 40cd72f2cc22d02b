"""A matter somebody wants to be told of: which texts belong to it, and from how many on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

LONGEST_NAME, LONGEST_WORDS, LONGEST_PATTERN = 30, 40, 200
MOST_WORDS, MOST_MESSAGES, LONGEST_HOURS, FARTHEST = 20, 10_000, 168, 200


@dataclass(frozen=True, slots=True)
class WatchedTopic:
    """must: all of these words stand in the text. context: when there are any, one of them stands
    near one of those. exclude: none of these stands in it. near: two words, no more than `within`
    characters apart; () for none. pattern: a regular expression found in it; "" for none.
    minimum: messages within `hours` from which it is told."""

    name: str
    must: tuple[str, ...]
    context: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    within: int = 0
    pattern: str = ""
    minimum: int = 1
    hours: int = 24

    @property
    def rule(self) -> str:
        """Its name among the rules of alerts."""
        return f"watch:{self.name}"

    @property
    def words(self) -> str:
        """What to search for: a little more than belongs to it."""
        return " ".join(self.must)

    @property
    def length(self) -> timedelta:
        return timedelta(hours=self.hours)
