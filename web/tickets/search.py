"""Searching messages by words, through the trend index, within what the person may see."""

from __future__ import annotations

import re

from casework.codes import read_number
from casework.errors import IndexUnavailable
from casework.permissions import Scope
from casework.storage.queries.tickets import (
    PAGE_SIZE,
    TicketFilter,
    TicketPage,
    lines_of_messages,
    list_tickets,
)
from monitor.index.interface import Order, TrendFilter
from web.city import city
from web.clock import now

NUMBER = re.compile(r"\d{4}-\d{4}-\d{5,}")
LONGEST_QUERY = 200
DEEPEST = 10_000
"""Hits the index can be asked to skip; nobody turns four hundred pages."""


def as_number(words: str) -> str:
    """The ticket number somebody typed, or "" when it is not one."""
    number = read_number(words)
    return number if NUMBER.fullmatch(number) else ""


def find(words: str, wanted: TicketFilter, scope: Scope, page: int) -> tuple[TicketPage, bool]:
    """A page of what was found, and whether the index answered. When it did not, the records are
    asked for the filter alone."""
    served = city()
    page = min(page, DEEPEST // PAGE_SIZE)
    try:
        hits = served.index.search(
            trend_filter(words, wanted), scope, (page - 1) * PAGE_SIZE, PAGE_SIZE, _order(words)
        )
    except IndexUnavailable:
        with served.records.read() as work:
            return list_tickets(work, served.office(), scope, wanted, now(), page, True), False
    with served.records.read() as work:
        lines = lines_of_messages(
            work, served.office(), scope, [hit.message_id for hit in hits.hits]
        )
    return TicketPage(lines, page, hits.total), True


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
