"""回避: who is kept from a ticket. They neither see nor act on it; permissions.py alone says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casework.departments import DepartmentTree
from casework.permissions import Action, Person, Role, covers, scope_of
from casework.storage.people import person_of
from casework.storage.records import Work
from casework.storage.scopes import facts_of
from casework.storage.tables import RecusalRow, TicketRow, UserRow


@dataclass(frozen=True, slots=True)
class Recusal:
    """by: display name of whoever decided it."""

    username: str
    name: str
    reason: str
    by: str
    at: datetime


def recusals_of(work: Work, ticket_id: UUID) -> tuple[Recusal, ...]:
    """Everybody who is kept from a ticket."""
    rows = work.session.execute(
        select(RecusalRow, UserRow)
        .join(UserRow, UserRow.id == RecusalRow.user_id)
        .where(RecusalRow.ticket_id == ticket_id)
        .order_by(RecusalRow.named_at)
    )
    return tuple(
        Recusal(user.username, user.display_name, row.reason, row.named_by, row.named_at)
        for row, user in rows
    )


def whom_may_recuse(
    work: Work, tree: DepartmentTree, ticket: TicketRow, by: Person
) -> tuple[Person, ...]:
    """Those who see the ticket and whom this person may keep from it: anybody for the centre, for the
    head of a department its own people; nobody can hide a ticket from those above them."""
    found = _seeing(work, tree, ticket, Action.READ_TICKET)
    if Role.SCREENER in by.roles:
        return tuple(found)
    own = (each for each in found if by.department and by.department in each.above)
    return tuple(each for each in own if each.roles <= {Role.DEPARTMENT, Role.HEAD})


def choices_for(
    work: Work, tree: DepartmentTree, ticket_id: UUID, by: Person
) -> tuple[Person, ...]:
    """As `whom_may_recuse`, of a ticket by its id."""
    return whom_may_recuse(work, tree, work.session.get_one(TicketRow, ticket_id), by)


def somebody_else(work: Work, tree: DepartmentTree, ticket: TicketRow, username: str) -> bool:
    """Whether somebody could still act on the ticket without this person, as far as they could."""
    action = Action.HANDLE if ticket.lead_department else Action.SCREEN
    acting = {person.username for person in _seeing(work, tree, ticket, action)}
    return username not in acting or len(acting) > 1


def all_kept_from(work: Work, tree: DepartmentTree, ticket: TicketRow, department: str) -> bool:
    """Whether a department has people who could contribute, and every one of them is kept from the
    ticket: nobody there could be asked."""
    rows = work.session.scalars(
        select(UserRow).where(UserRow.active, UserRow.department == department)
    )
    found = [each for row in rows if (each := person_of(row, tree)).may(Action.CONTRIBUTE)]
    kept = {row.user_id for row in ticket.recusals}
    return bool(found) and all(person.id in kept for person in found)


def _seeing(
    work: Work, tree: DepartmentTree, ticket: TicketRow, action: Action
) -> Iterator[Person]:
    facts = facts_of(ticket, tree)
    for row in work.session.scalars(
        select(UserRow).where(UserRow.active).order_by(UserRow.department, UserRow.username)
    ):
        person = person_of(row, tree)
        if covers(scope_of(person, action), facts):
            yield person


def keep_from(
    work: Work, ticket: TicketRow, person: Person, reason: str, by: str, now: datetime
) -> None:
    """Keep somebody from the ticket; whoever is already is left alone."""
    if person.id not in {row.user_id for row in ticket.recusals}:
        ticket.recusals.append(
            RecusalRow(
                ticket_id=ticket.id, user_id=person.id, named_by=by, named_at=now, reason=reason
            )
        )


def let_back(work: Work, ticket: TicketRow, username: str) -> bool:
    """Let somebody see the ticket again; False when they were not kept from it."""
    user_id = work.session.scalar(select(UserRow.id).where(UserRow.username == username))
    row = next((row for row in ticket.recusals if row.user_id == user_id), None)
    if row is None:
        return False
    ticket.recusals.remove(row)
    work.session.delete(row)
    return True
