"""A dry run of a deadline rule: how many past tickets would have been late by another time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from casework.counting import Term, count
from casework.model import ClockUnit
from casework.office import Office
from casework.storage.records import Work
from casework.storage.tables import ClockRow

LOOKED_BACK = timedelta(days=90)
MOST = 20_000


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """Tickets whose clock ran by the rule: how many were late (or are), and how many would be."""

    rule_id: str
    term: Term
    tickets: int
    late: int
    would_be_late: int


def try_rule(work: Work, office: Office, rule_id: str, term: Term, now: datetime) -> RuleTrial:
    """Count the clocks of the last LOOKED_BACK anew, the newest MOST of them; nothing is written.

    Without the pauses and extensions there were: the plain time is compared with the plain time.
    """
    rows = work.session.execute(
        select(ClockRow.started_at, ClockRow.stopped_at, ClockRow.amount, ClockRow.unit)
        .where(
            ClockRow.rule_id == rule_id,
            ClockRow.started_at > now - LOOKED_BACK,
            ClockRow.voided.is_(False),
            ClockRow.round == 1,
        )
        .order_by(ClockRow.started_at.desc())
        .limit(MOST)
    ).all()
    late = would_be = 0
    for started_at, stopped_at, amount, unit in rows:
        ended = stopped_at or now
        for length in (Term(amount, ClockUnit(unit)), term):
            over = ended > count(length, started_at, office.calendar, office.zone).due_at
            late += over and length is not term
            would_be += over and length is term
    return RuleTrial(rule_id, term, len(rows), late, would_be)
