"""A brief: figures, each with the query that made it, and nothing else. Words are put to it where it is
shown; there is no sentence without a figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class BriefKind(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ISSUE = "issue"  # on one hot issue
    ALERT = "alert"  # on one alert


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Query:
    """Where a figure can be looked up. page: "tickets" (the list from the records), "search" (the list
    from the trend index), "issue", "alert", "hot_issues", "alerts" or "ranking". arguments: names and
    values of the page's address."""

    page: str
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """name: its place in the sentence or column. value: a count, or a share in [0, 1]."""

    name: str
    value: float
    query: Query
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Sentence:
    """name: of the words that are put around the figures."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. of: what the label names, "topic", "district", "department", "channel",
    "sentiment", "day", "issue" (by number), "alert" (by number) or "dimension value". title: words of
    its own, as people wrote them."""

    of: str
    label: str
    figures: tuple[Figure, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """name: of its heading. rows: one table, with a column a figure; all rows have the same."""

    name: str
    sentences: tuple[Sentence, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """One message as evidence. body: masked. number: of its ticket, "" for a public post."""

    number: str
    channel: str
    received_at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Brief:
    """first_day, last_day: of the city, both included. subject: number of the issue or alert, "" for
    a period. complete: False when the trend index could not be asked and its sections are missing."""

    kind: BriefKind
    first_day: date
    last_day: date
    counted_at: datetime
    sections: tuple[Section, ...]
    subject: str = ""
    quotes: tuple[Quote, ...] = ()
    complete: bool = True
