"""Alerts handed on in the record: to whom, why, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.departments import DepartmentTree
from casework.errors import NotFound
from casework.permissions import Action, Person, TicketFacts, covers, kept_from, scope_of
from casework.storage.alert_notices import ticket_behind
from casework.storage.people import person_of
from casework.storage.records import Work
from casework.storage.tables import AlertHandingRow, AlertRow, UserRow

TAKEN_BACK, HANDED_ON, ANSWERED = "taken_back", "handed_on", "answered"


@dataclass(frozen=True, slots=True)
class Handing:
    """One handing. to_user: username, or department: code. how: "" while it holds."""

    id: UUID
    alert_id: UUID
    to_user: str
    department: str
    reason: str
    by: str
    at: datetime
    how: str
    ended_by: str
    ended_at: datetime | None
    answer: str


def lock_alert(work: Work, alert_id: UUID) -> None:
    """Let nobody else hand this alert on until this unit of work has ended. Raises NotFound."""
    row = work.session.get(AlertRow, alert_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("alert", str(alert_id))


def add_handing(
    work: Work,
    alert_id: UUID,
    to_user: str,
    department: str,
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Record that an alert was handed on; whoever calls has ended the one that held."""
    work.session.add(
        AlertHandingRow(
            id=uuid7(),
            alert_id=alert_id,
            to_user=to_user,
            department=department or None,
            reason=reason,
            handed_by=by,
            handed_at=now,
        )
    )
    work.session.flush()


def holding(work: Work, alert_id: UUID, *, unit: bool) -> Handing | None:
    """The handing to a department (unit), or to a person, that holds, if one does."""
    to_unit = AlertHandingRow.department.is_not(None)
    row = work.session.scalar(
        select(AlertHandingRow).where(
            AlertHandingRow.alert_id == alert_id,
            AlertHandingRow.ended_at.is_(None),
            to_unit if unit else ~to_unit,
        )
    )
    return _read(row) if row is not None else None


def get_handing(work: Work, alert_id: UUID, handing_id: UUID) -> Handing:
    """One of this alert's. Raises NotFound."""
    row = work.session.get(AlertHandingRow, handing_id, populate_existing=True)
    if row is None or row.alert_id != alert_id:
        raise NotFound("handing", str(handing_id))
    return _read(row)


def end_handing(
    work: Work, handing_id: UUID, how: str, by: str, now: datetime, answer: str = ""
) -> None:
    """End a handing that holds; whoever calls has locked the alert."""
    row = work.session.get_one(AlertHandingRow, handing_id)
    row.how, row.ended_by, row.ended_at, row.answer = how, by, now, answer
    work.session.flush()


def handings_of(work: Work, alert_id: UUID) -> tuple[Handing, ...]:
    """All of an alert, the first first."""
    rows = work.session.scalars(
        select(AlertHandingRow)
        .where(AlertHandingRow.alert_id == alert_id)
        .order_by(AlertHandingRow.handed_at, AlertHandingRow.id)
    )
    return tuple(_read(row) for row in rows)


def handed_to(work: Work, department: str, limit: int) -> tuple[Handing, ...]:
    """What was handed to a department, what still holds first, then the latest."""
    rows = work.session.scalars(
        select(AlertHandingRow)
        .where(AlertHandingRow.department == department)
        .order_by(
            AlertHandingRow.ended_at.is_not(None),
            AlertHandingRow.handed_at.desc(),
            AlertHandingRow.id.desc(),
        )
        .limit(limit)
    )
    return tuple(_read(row) for row in rows)


def who_may_take(work: Work, tree: DepartmentTree, alert_id: UUID) -> tuple[Person, ...]:
    """Those who may judge alerts and see the ticket that is behind this one, if one is."""
    ticket = facts_behind(work, tree, alert_id)
    users = work.session.scalars(
        select(UserRow).where(UserRow.active).order_by(UserRow.display_name, UserRow.id)
    )
    return tuple(
        person
        for person in (person_of(user, tree) for user in users)
        if person.may(Action.JUDGE_ALERTS)
        and (ticket is None or covers(scope_of(person, Action.READ_TICKET), ticket))
    )


def facts_behind(work: Work, tree: DepartmentTree, alert_id: UUID) -> TicketFacts | None:
    """What decides who sees the message that raised the alert; None where no one message did."""
    return ticket_behind(work, work.session.get_one(AlertRow, alert_id), tree)


def open_to(
    work: Work, tree: DepartmentTree, person: Person, found: Iterable[Handing]
) -> tuple[Handing, ...]:
    """Of these handings to their department, those of whose alerts the person may know."""
    return tuple(
        one
        for one in found
        if (ticket := facts_behind(work, tree, one.alert_id)) is None
        or not kept_from(person, ticket)
    )


def _read(row: AlertHandingRow) -> Handing:
    return Handing(
        row.id,
        row.alert_id,
        row.to_user,
        row.department or "",
        row.reason,
        row.handed_by,
        row.handed_at,
        row.how or "",
        row.ended_by or "",
        row.ended_at,
        row.answer or "",
    )
