"""Contributions in and out of the records: asked for, given, ended, or overtaken by the ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from casework.contributions import Contribution, ContributionState, overtaken
from casework.departments import DepartmentTree
from casework.errors import Conflict, NotFound
from casework.ladder import Audience, first_step
from casework.life import TicketState
from casework.model import ClockName
from casework.permissions import Person, TicketFacts
from casework.storage.outside import read_body
from casework.storage.policies import policy_kept
from casework.storage.records import Work
from casework.storage.scopes import facts_of
from casework.storage.tables import ContributionRow, StaffNoticeRow, TicketRow

ASKED, GIVEN, DECLINED, LET_OFF = "co_asked", "co_given", "co_declined", "co_withdrawn"
EXPIRED = "co_expired"
"""The steps under which staff are told, beside those of the ladder."""


def ask_unit(
    work: Work,
    ticket: TicketRow,
    department: str,
    person: Person,
    question: str,
    due_at: datetime,
    now: datetime,
) -> ContributionRow:
    """Ask a department. Raises Conflict("co_asked") while it is asked already."""
    if any(row.department == department and _is_open(row) for row in ticket.contributions):
        raise Conflict("co_asked")
    return new_contribution(work, ticket, department, person, question, due_at, now)


def new_contribution(
    work: Work,
    ticket: TicketRow,
    department: str | None,
    person: Person,
    question: str,
    due_at: datetime,
    now: datetime,
) -> ContributionRow:
    """An open contribution of the ticket. department: None for a body outside."""
    row = ContributionRow(
        id=uuid7(),
        ticket_id=ticket.id,
        department=department,
        state=ContributionState.OPEN,
        asked_by=person.username,
        asked_at=now,
        question=question,
        words="",
        ended_by="",
        reason="",
    )
    set_due(work, ticket, row, due_at, now)
    ticket.contributions.append(row)
    return row


def set_due(
    work: Work, ticket: TicketRow, row: ContributionRow, due_at: datetime, now: datetime
) -> None:
    """Give it its day, and the first step it has still before it on the ticket's ladder."""
    row.due_at = due_at
    row.step, row.next_step_at = first_step(
        policy_kept(work, ticket.policy_version).steps,
        ClockName.CO_HANDLE,
        row.asked_at,
        due_at,
        now,
    )


def ticket_of(work: Work, contribution_id: UUID) -> UUID:
    """The ticket a contribution belongs to. Raises NotFound."""
    row = work.session.get(ContributionRow, contribution_id)
    if row is None:
        raise NotFound("contribution", str(contribution_id))
    return row.ticket_id


def open_one(ticket: TicketRow, contribution_id: UUID) -> ContributionRow:
    """The contribution, which must still be waited for. Raises NotFound, Conflict("co_ended")."""
    row = next((each for each in ticket.contributions if each.id == contribution_id), None)
    if row is None:
        raise NotFound("contribution", str(contribution_id))
    if not _is_open(row):
        raise Conflict("co_ended")
    return row


def end(row: ContributionRow, state: ContributionState, by: str, now: datetime) -> None:
    """Nobody waits for it any longer."""
    row.state, row.ended_by, row.ended_at, row.next_step_at = state, by, now, None


def settle(work: Work, ticket: TicketRow, now: datetime) -> None:
    """After every act: end what the ticket has overtaken, and keep the days of the others within that
    of the reply while that lies ahead."""
    with work.session.no_autoflush:  # half an act is not to be written
        waiting = [row for row in ticket.contributions if _is_open(row)]
    for row in waiting:
        if overtaken(TicketState(ticket.state), ticket.lead_department or "", row.department or ""):
            end(row, ContributionState.NEEDLESS, "", now)
            continue
        latest = reply_due(ticket)
        if latest is not None and now < latest < row.due_at:
            set_due(work, ticket, row, latest, now)


def let_off(ticket: TicketRow, departments: frozenset[str], now: datetime) -> list[str]:
    """Wait no longer for units that may no longer see the ticket; returns the contributions."""
    gone = [row for row in ticket.contributions if _is_open(row) and row.department in departments]
    for row in gone:
        end(row, ContributionState.NEEDLESS, "", now)
    return [str(row.id) for row in gone]


def reply_due(ticket: TicketRow) -> datetime | None:
    """When the running reply clock is due; None when none runs."""
    return next(
        (
            clock.due_at
            for clock in ticket.clocks
            if clock.name == ClockName.REPLY and clock.stopped_at is None and not clock.voided
        ),
        None,
    )


def tell(
    work: Work,
    row: ContributionRow,
    step: str,
    audience: Audience,
    department: str | None,
    now: datetime,
) -> None:
    """Tell staff of it; department: whose unit or head, None for the others."""
    work.session.add(
        StaffNoticeRow(
            id=uuid7(),
            ticket_id=row.ticket_id,
            contribution=row,
            clock=ClockName.CO_HANDLE,
            step=step,
            audience=audience,
            department=department,
            created_at=now,
        )
    )


def facts_told(ticket: TicketRow, notice: StaffNoticeRow, tree: DepartmentTree) -> TicketFacts:
    """What decides who is told. A unit that was let off sees the ticket no longer and is told so all the
    same; one that is accused by it is told nothing."""
    facts = facts_of(ticket, tree)
    if notice.step != LET_OFF:
        return facts
    return replace(facts, asked_above=facts.asked_above | tree.above(notice.department or ""))


def read_contribution(work: Work, row: ContributionRow) -> Contribution:
    """A contribution as the model knows it."""
    return Contribution(
        id=row.id,
        department=row.department or "",
        state=ContributionState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        question=row.question,
        due_at=row.due_at,
        words=row.words,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        reason=row.reason,
        outside=read_body(work, row),
    )


def _is_open(row: ContributionRow) -> bool:
    return row.state == ContributionState.OPEN
