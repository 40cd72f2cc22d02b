"""Searching messages by words, through the trend index, within what the person may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from casework.codes import read_number
from casework.errors import IndexUnavailable
from casework.permissions import Action, Person, Scope
from casework.storage.mentions import MentionState
from casework.storage.queries.mentions import MentionLine, mention_lines
from casework.storage.queries.tickets import (
    PAGE_SIZE,
    TicketFilter,
    TicketPage,
    lines_of_messages,
    list_tickets,
)
from monitor.index.interface import Order, Origin, TrendFilter
from web.city import city
from web.clock import now

NUMBER = re.compile(r"\d{4}-\d{4}-\d{5,}")
LONGEST_QUERY = 200
ALL = "all"
DEEPEST = 10_000
"""Hits the index can be asked to skip; nobody turns four hundred pages."""


def as_number(words: str) -> str:
    """The ticket number somebody typed, or "" when it is not one."""
    number = read_number(words)
    return number if NUMBER.fullmatch(number) else ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found. mentions: the public posts among it. answered: whether the index
    did; when it did not, the records were asked for the filter alone."""

    page: TicketPage
    mentions: tuple[MentionLine, ...]
    answered: bool


def origin_of(asked: str, person: Person) -> Origin | None:
    """Which messages are searched: "all", "mention", and without either those written to the city.
    Public posts are found by those alone who sort them or read trends."""
    if not (person.may(Action.SORT_MENTIONS) or person.may(Action.READ_TRENDS)):
        return Origin.MESSAGE
    return {ALL: None, Origin.MENTION.value: Origin.MENTION}.get(asked, Origin.MESSAGE)


def find(words: str, wanted: TicketFilter, scope: Scope, page: int, origin: Origin | None) -> Found:
    """A page of what was found."""
    served = city()
    page = min(page, DEEPEST // PAGE_SIZE)
    try:
        hits = served.index.search(
            replace(trend_filter(words, wanted), origin=origin),
            scope,
            (page - 1) * PAGE_SIZE,
            PAGE_SIZE,
            _order(words),
        )
    except IndexUnavailable:
        with served.records.read() as work:
            listed = list_tickets(work, served.office(), scope, wanted, now(), page, True)
        return Found(listed, (), False)
    with served.records.read() as work:
        ids = [hit.message_id for hit in hits.hits]
        lines = lines_of_messages(work, served.office(), scope, ids)
        posts = () if origin is Origin.MESSAGE else mention_lines(work, ids)
    mentions = tuple(post for post in posts if post.state is not MentionState.TICKET)
    return Found(TicketPage(lines, page, hits.total), mentions, True)


def trend_filter(words: str, wanted: TicketFilter) -> TrendFilter:
    """The list's filter as the index takes it."""
    return TrendFilter(
        start=wanted.received_from,
        end=wanted.received_to,
        topic=tuple(wanted.topic.split("/")) if wanted.topic else (),
        department=wanted.department,
        district=wanted.district,
        channel=wanted.channel,
        kind=wanted.kind,
        sentiment=wanted.sentiment,
        urgency=wanted.urgency,
        words=words,
    )


def _order(words: str) -> Order:
    return Order.RELEVANCE if words else Order.DATE
