"""What departments answered in a period, by kind and topic: how much of it, and how much too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from casework.model import ClockName
from casework.office import Office
from casework.permissions import Scope
from casework.storage.judgements import split_topic
from casework.storage.queries.tickets import TICKETS
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import ClockRow, MessageRow, TicketRow


@dataclass(frozen=True, slots=True)
class AnsweredMix:
    """Answers of one department to messages of one kind and first-level topic ("" for none)."""

    department: str
    kind: str
    topic: str
    answered: int
    late: int


def answered_mix(
    work: Work, office: Office, scope: Scope, start: datetime, end: datetime
) -> tuple[AnsweredMix, ...]:
    """Answers given in [start, end) whose reply clock ran; of a ticket that was reopened the first, as
    in `replies_by_department`."""
    late = case((ClockRow.stopped_at > ClockRow.due_at, 1), else_=0)
    rows = work.session.execute(
        select(
            TicketRow.lead_department, TicketRow.kind, TicketRow.topic, func.count(), func.sum(late)
        )
        .select_from(TICKETS)
        .join(
            ClockRow,
            and_(
                ClockRow.ticket_id == TicketRow.id,
                ClockRow.name == ClockName.REPLY,
                ClockRow.voided.is_(False),
                ClockRow.round == 1,
                ClockRow.stopped_at >= start,
                ClockRow.stopped_at < end,
            ),
        )
        .where(
            *tickets_in(scope, office.departments),
            TicketRow.lead_department.is_not(None),
            MessageRow.deleted_at.is_(None),
        )
        .group_by(TicketRow.lead_department, TicketRow.kind, TicketRow.topic)
    )
    found: dict[tuple[str, str, str], list[int]] = {}
    for department, kind, topic, answered, too_late in rows:
        first = (split_topic(topic) or ("",))[0]
        counts = found.setdefault((str(department), kind, first), [0, 0])
        counts[0] += answered
        counts[1] += int(too_late or 0)
    return tuple(AnsweredMix(*key, *counts) for key, counts in sorted(found.items()))
