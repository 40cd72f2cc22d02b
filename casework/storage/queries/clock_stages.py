"""The stages of casework/stages.py as conditions on a ticket's nearest running clock."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, extract, not_, or_

from casework.stages import LAST_PART, SHORT_UNITS, Stage
from casework.storage.tables import ClockRow, TicketRow


def in_stage(stage: Stage, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """Whether the ticket's nearest running clock is in this running stage."""
    overdue = TicketRow.next_due_at < now
    today = _nearest(_at_the_end(now, zone))
    soon = _nearest(_second(ClockRow.started_at) + _second(ClockRow.due_at) < 2 * now.timestamp())
    running = and_(TicketRow.next_due_at.is_not(None), not_(overdue))
    return {
        Stage.OVERDUE: overdue,
        Stage.TODAY: and_(running, today),
        Stage.SOON: and_(running, not_(today), soon),
        Stage.PLENTY: and_(running, not_(today), not_(soon)),
    }[stage]


def _nearest(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        ClockRow.ticket_id == TicketRow.id,
        ClockRow.due_at == TicketRow.next_due_at,
        ClockRow.stopped_at.is_(None),
        ClockRow.voided.is_(False),
        condition,
    )


def _at_the_end(now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    midnight = datetime.combine(now.astimezone(zone).date(), time.max, tzinfo=zone)
    short = ClockRow.unit.in_(SHORT_UNITS)
    last_part = (LAST_PART - 1) * _second(ClockRow.due_at) + _second(ClockRow.started_at)
    return or_(
        and_(short, last_part <= LAST_PART * now.timestamp()),
        and_(not_(short), ClockRow.due_at <= midnight),
    )


def _second(column: object) -> ColumnElement[int]:
    return extract("epoch", column)  # type: ignore[arg-type]  # a mapped column is one
