"""The supervisor's board: how many clocks run and are over, by unit, and the tickets that need a hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from casework.life import OPEN_STATES, TicketState
from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.ticket_lines import TicketLine, ticket_line
from casework.storage.queries.tickets import TICKETS
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import MessageRow, StaffNoticeRow, TicketRow

MOST = 50
MOVES_TOLD = 3


@dataclass(frozen=True, slots=True)
class UnitClocks:
    """Open tickets of one unit ("" for those nobody has yet): running, over, and standing still."""

    department: str
    open: int
    over: int
    paused: int


@dataclass(frozen=True, slots=True)
class Supervised:
    """A ticket under supervision, or sent from unit to unit too often. level: of 督办."""

    line: TicketLine
    level: int
    moves: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the sweep told staff last."""

    number: str
    clock: str
    step: str
    audience: str
    department: str
    at: datetime


def clocks_by_unit(
    work: Work, office: Office, scope: Scope, now: datetime
) -> tuple[UnitClocks, ...]:
    """Units with open tickets in the scope, those with most over first."""
    over = func.count().filter(TicketRow.next_due_at < now)
    rows = work.session.execute(
        select(
            TicketRow.lead_department,
            func.count(),
            over,
            func.count().filter(TicketRow.state == TicketState.SUSPENDED),
        )
        .select_from(TICKETS)
        .where(
            *tickets_in(scope, office.departments),
            TicketRow.state.in_(OPEN_STATES),
            MessageRow.deleted_at.is_(None),
        )
        .group_by(TicketRow.lead_department)
    )
    found = [UnitClocks(unit or "", running, late, still) for unit, running, late, still in rows]
    return tuple(sorted(found, key=lambda one: (-one.over, -one.open, one.department)))


def supervised(work: Work, office: Office, scope: Scope, level: int = 0) -> tuple[Supervised, ...]:
    """Open tickets of at least this level (0: any, also those moved too often), the highest first;
    MOST at most."""
    wanted = (
        TicketRow.supervision >= level
        if level
        else or_(TicketRow.supervision > 0, TicketRow.moves >= MOVES_TOLD)
    )
    rows = work.session.scalars(
        select(TicketRow)
        .select_from(TICKETS)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(
            *tickets_in(scope, office.departments),
            TicketRow.state.in_(OPEN_STATES),
            MessageRow.deleted_at.is_(None),
            wanted,
        )
        .order_by(TicketRow.supervision.desc(), TicketRow.next_due_at, TicketRow.id)
        .limit(MOST)
    ).unique()
    return tuple(Supervised(ticket_line(row), row.supervision, row.moves) for row in rows)


def count_levels(work: Work, office: Office, scope: Scope) -> dict[int, int]:
    """Open tickets by level of supervision, from 1 on."""
    rows = work.session.execute(
        select(TicketRow.supervision, func.count())
        .select_from(TICKETS)
        .where(
            *tickets_in(scope, office.departments),
            TicketRow.state.in_(OPEN_STATES),
            TicketRow.supervision > 0,
            MessageRow.deleted_at.is_(None),
        )
        .group_by(TicketRow.supervision)
    )
    return {int(level): many for level, many in rows}


def told_lately(
    work: Work, office: Office, scope: Scope, units: Sequence[str] = ()
) -> tuple[Told, ...]:
    """The newest notices to staff about tickets in the scope; of these units only, when any is named."""
    rows = work.session.execute(
        select(StaffNoticeRow, TicketRow.number)
        .join(TicketRow, TicketRow.id == StaffNoticeRow.ticket_id)
        .where(
            *tickets_in(scope, office.departments),
            *([StaffNoticeRow.department.in_(units)] if units else []),
        )
        .order_by(StaffNoticeRow.id.desc())
        .limit(MOST)
    )
    seen: set[tuple[UUID | None, str, str]] = set()
    found = []
    for row, number in rows:
        key = (row.contribution_id or row.ticket_id, row.clock, row.step)
        if key not in seen:
            seen.add(key)
            found.append(
                Told(
                    number, row.clock, row.step, row.audience, row.department or "", row.created_at
                )
            )
    return tuple(found)
