"""A dry run of a deadline rule on past tickets: what would have been due at another time, and late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from casework.counting import Term, count
from casework.deadlines import DeadlinePolicy, Matter
from casework.model import ClockRule, ClockUnit
from casework.office import Office
from casework.storage.judgements import split_topic
from casework.storage.records import Work
from casework.storage.tables import ClockRow, MessageRow, TicketRow

LOOKED_BACK = timedelta(days=90)
MOST = 20_000
SHOWN = 10


@dataclass(frozen=True, slots=True)
class TriedTicket:
    """A ticket that would have been due at another time."""

    number: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """Tickets that would come under the rule: how many were late (or are), how many would be, how many
    would be due at another time, and the newest of those."""

    rule: ClockRule
    tickets: int
    late: int
    would_be_late: int
    moved: int
    some: tuple[TriedTicket, ...]


def try_rule(
    work: Work, office: Office, tried: DeadlinePolicy, rule_id: str, now: datetime
) -> RuleTrial:
    """Count the clocks of the last LOOKED_BACK anew, the newest MOST of them, as the tried policy would
    have it; nothing is written. rule_id: one of its rules.

    Without the pauses and extensions there were: the plain time is compared with the plain time.
    """
    rule = tried.rule(rule_id)
    assert rule is not None
    tickets = late = would_be = moved = 0
    some: list[TriedTicket] = []
    for row in _clocks(work, rule, now):
        if not any(each.id == rule_id for each in tried.rules_for(_matter(row))):
            continue
        tickets += 1
        ended = row.stopped_at or now
        before = _due(Term(row.amount, ClockUnit(row.unit), rule.rolls_over), row, office)
        after = _due(rule, row, office)
        late += ended > before
        would_be += ended > after
        if before != after:
            moved += 1
            some += [TriedTicket(row.number, before, after)] if len(some) < SHOWN else []
    return RuleTrial(rule, tickets, late, would_be, moved, tuple(some))


def _clocks(work: Work, rule: ClockRule, now: datetime) -> Sequence[Any]:
    return work.session.execute(
        select(
            ClockRow.started_at,
            ClockRow.stopped_at,
            ClockRow.amount,
            ClockRow.unit,
            TicketRow.number,
            TicketRow.kind,
            TicketRow.urgency,
            TicketRow.district,
            TicketRow.topic,
            MessageRow.channel,
        )
        .join(TicketRow, TicketRow.id == ClockRow.ticket_id)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .where(
            ClockRow.name == rule.clock,
            ClockRow.started_at > now - LOOKED_BACK,
            ClockRow.voided.is_(False),
            ClockRow.round == 1,
            MessageRow.deleted_at.is_(None),
        )
        .order_by(ClockRow.started_at.desc(), ClockRow.id)
        .limit(MOST)
    ).all()


def _matter(row: Any) -> Matter:
    topic = split_topic(row.topic)
    return Matter(row.kind, row.urgency, row.district or "", topic, row.channel)


def _due(length: Term | ClockRule, row: Any, office: Office) -> datetime:
    return count(length, row.started_at, office.calendar, office.zone).due_at
