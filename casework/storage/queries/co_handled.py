"""Lists of contributions: those a unit was asked for, and those that are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from casework.contributions import Contribution, ContributionState
from casework.office import Office
from casework.permissions import Action, Person, Scope, scope_of
from casework.storage.contributions import read_contribution
from casework.storage.queries.ticket_lines import TicketLine, ticket_line
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import ContributionRow, MessageRow, TicketRow

MOST = 200


@dataclass(frozen=True, slots=True)
class CoHandled:
    """A contribution and the ticket it is for; the line's department is the one that leads."""

    contribution: Contribution
    line: TicketLine


def co_handled(
    work: Work, office: Office, person: Person, state: ContributionState
) -> tuple[CoHandled, ...]:
    """What the person's unit and those below it were asked for: the nearest day first, of what was
    given the newest; MOST at most."""
    order: ColumnElement[Any] = (
        ContributionRow.due_at.asc()
        if state is ContributionState.OPEN
        else ContributionRow.ended_at.desc()
    )
    return _listed(work, office, _theirs(office, person, state), [order])


def count_open(work: Work, office: Office, person: Person) -> int:
    """How many contributions the person's unit and those below it are waited for."""
    conditions = _theirs(office, person, ContributionState.OPEN)
    return (
        work.session.scalar(
            select(func.count())
            .select_from(ContributionRow)
            .join(TicketRow, TicketRow.id == ContributionRow.ticket_id)
            .join(MessageRow, MessageRow.id == TicketRow.message_id)
            .where(*conditions)
        )
        or 0
    )


def overdue_contributions(
    work: Work, office: Office, scope: Scope, now: datetime
) -> tuple[CoHandled, ...]:
    """What is waited for beyond its day, of tickets in the scope, the longest over first."""
    conditions = [
        *tickets_in(scope, office.departments),
        ContributionRow.state == ContributionState.OPEN,
        ContributionRow.due_at < now,
        MessageRow.deleted_at.is_(None),
    ]
    return _listed(work, office, conditions, [ContributionRow.due_at.asc()])


def _theirs(office: Office, person: Person, state: ContributionState) -> list[ColumnElement[bool]]:
    scope = scope_of(person, Action.CONTRIBUTE)
    return [
        *tickets_in(scope, office.departments),
        ContributionRow.department.in_(sorted(office.departments.below(scope.asked_under))),
        ContributionRow.state == state,
        MessageRow.deleted_at.is_(None),
    ]


def _listed(
    work: Work,
    office: Office,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
) -> tuple[CoHandled, ...]:
    rows = work.session.execute(
        select(ContributionRow, TicketRow)
        .join(TicketRow, TicketRow.id == ContributionRow.ticket_id)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(*conditions)
        .order_by(*order, ContributionRow.id)
        .limit(MOST)
    ).unique()
    return tuple(
        CoHandled(read_contribution(work, one), ticket_line(ticket)) for one, ticket in rows.all()
    )
