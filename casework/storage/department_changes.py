"""What an administrator does with the tree of departments: add, change, move, merge and close.

A closed department stays on record below its heir: whoever sees the heir's tickets sees its old ones
too, and what the catalogue sends to it goes to the heir.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from casework.departments import Department, DepartmentTree
from casework.errors import NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.model import OPEN_STATES
from casework.storage import outbox
from casework.storage.audit import append
from casework.storage.contributions import let_off, settle
from casework.storage.office import announce_change, load_departments
from casework.storage.records import Work
from casework.storage.tables import (
    AccusationRow,
    DepartmentRow,
    LeadRow,
    MessageRow,
    TicketRow,
    UserRow,
)

LEVELS = ("city", "bureau", "district", "street")
LONGEST_CODE = 20


@dataclass(frozen=True, slots=True)
class Estate:
    """What a department would leave: open tickets, people, departments below it, catalogue leaves
    the city gave it, and tickets that accuse it."""

    tickets: int
    people: int
    below: int
    leads: int
    accusations: int


def add_department(work: Work, new: Department, by: str, now: datetime) -> None:
    """Add a department below another. Raises Rejected naming the field."""
    tree = load_departments(work)
    plain = new.code.isalnum() and new.code.isascii() and new.code == new.code.upper()
    if not plain or len(new.code) > LONGEST_CODE:
        raise Rejected("department_code", "code")
    if new.code in tree:
        raise Rejected("taken", "code")
    _check(tree, new)
    last = work.session.scalar(select(func.max(DepartmentRow.position))) or 0
    row = DepartmentRow(code=new.code, position=last + 1)
    _fill(row, new)
    work.session.add(row)
    append(work, OFFICE_CHAIN, EventName.DEPARTMENT_ADDED, by, now, _told(new))
    announce_change(work)


def change_department(work: Work, changed: Department, by: str, now: datetime) -> None:
    """Change names, level or place in the tree. Raises Rejected: "required", "unknown", "taken",
    "circle" when it would come to lie below itself."""
    row = _row(work, changed.code)
    tree = load_departments(work)
    if changed.parent in tree.below(changed.code):
        raise Rejected("circle", "parent")
    _check(tree, changed)
    _fill(row, changed)
    append(work, OFFICE_CHAIN, EventName.DEPARTMENT_CHANGED, by, now, _told(changed))
    announce_change(work)


def estate(work: Work, code: str) -> Estate:
    """What would pass to an heir."""
    count, session = func.count(), work.session
    return Estate(
        tickets=len(_open_tickets(work, code)),
        people=session.scalar(select(count).where(UserRow.department == code, UserRow.active)) or 0,
        below=session.scalar(select(count).where(DepartmentRow.parent == code)) or 0,
        leads=session.scalar(select(count).where(LeadRow.department == code)) or 0,
        accusations=session.scalar(select(count).where(AccusationRow.department == code)) or 0,
    )


def close_department(work: Work, code: str, heir: str, by: str, now: datetime) -> Estate:
    """Close a department, or merge it into its heir; everything it has passes to the heir.

    Clocks go on from the citizen's submission. Raises Rejected("unknown", "heir"), and
    Rejected("heir_accused", "heir", numbers) when an open ticket that the heir or a department
    below it handles accuses the one that closes: who looks into a report must not become its object.
    """
    row, tree = _row(work, code), load_departments(work)
    if not row.active:
        raise Rejected("closed", "code")
    taker = tree.get(heir)
    if taker is None or not taker.active or heir in tree.below(code):
        raise Rejected("unknown", "heir")
    left = estate(work, code)
    _pass_accusations(work, tree, code, heir, by, now)
    _pass_tickets(work, code, heir, by, now)
    session = work.session
    session.execute(update(UserRow).where(UserRow.department == code).values(department=heir))
    session.execute(update(LeadRow).where(LeadRow.department == code).values(department=heir))
    session.execute(update(DepartmentRow).where(DepartmentRow.parent == code).values(parent=heir))
    row.active, row.parent = False, heir
    append(work, OFFICE_CHAIN, EventName.DEPARTMENT_CLOSED, by, now, f"{code}, {heir}")
    announce_change(work)
    return left


def _pass_tickets(work: Work, code: str, heir: str, by: str, now: datetime) -> None:
    for ticket in _open_tickets(work, code):
        ticket.lead_department = heir
        told = {"from": code, "department": heir, "reason": "department closed"}
        words = json.dumps(told, ensure_ascii=False)
        append(work, str(ticket.id), EventName.REASSIGNED, by, now, words)
        settle(work, ticket, now)  # the heir may have been asked to contribute to it
        _announce(work, ticket, now)


def _pass_accusations(
    work: Work, tree: DepartmentTree, code: str, heir: str, by: str, now: datetime
) -> None:
    """A report against a department is one against its heir, who must not see it either."""
    rows = work.session.scalars(
        select(TicketRow).join(AccusationRow).where(AccusationRow.department == code)
    ).all()
    below = tree.below(heir)
    own = [t.number for t in rows if t.lead_department in below and t.state in OPEN_STATES]
    if own:
        raise Rejected("heir_accused", "heir", numbers="、".join(own))
    for ticket in rows:
        if heir in {accusation.department for accusation in ticket.accusations}:
            continue
        ticket.accusations.append(AccusationRow(department=heir, named_by=by, named_at=now))
        told = {"accused": [heir], "from": code, "let_off": let_off(ticket, below, now)}
        words = json.dumps(told, ensure_ascii=False)
        append(work, str(ticket.id), EventName.ACCUSED_NAMED, by, now, words)
        _announce(work, ticket, now)


def _announce(work: Work, ticket: TicketRow, now: datetime) -> None:
    work.session.execute(
        update(MessageRow)
        .where(MessageRow.id == ticket.message_id)
        .values(version=MessageRow.version + 1)
    )
    outbox.announce(work, ticket.message_id, now)


def _open_tickets(work: Work, code: str) -> Sequence[TicketRow]:
    return work.session.scalars(
        select(TicketRow).where(TicketRow.lead_department == code, TicketRow.state.in_(OPEN_STATES))
    ).all()


def _check(tree: DepartmentTree, department: Department) -> None:
    if not department.name.strip():
        raise Rejected("required", "name")
    if department.level not in LEVELS:
        raise Rejected("unknown", "level")
    parent = tree.get(department.parent)
    if department.level != "city" and (parent is None or not parent.active):
        raise Rejected("unknown", "parent")
    for name in (department.name, *department.aliases):
        known = tree.by_name(name)
        if known is not None and known.code != department.code:
            raise Rejected("name_taken", "name", value=name, department=known.name)


def _fill(row: DepartmentRow, department: Department) -> None:
    row.name, row.name_en = department.name.strip(), department.name_en.strip()
    row.level, row.parent = department.level, department.parent or None
    row.aliases = list(department.aliases)


def _row(work: Work, code: str) -> DepartmentRow:
    row = work.session.get(DepartmentRow, code)
    if row is None:
        raise NotFound("department", code)
    return row


def _told(department: Department) -> str:
    return f"{department.code}: {department.name}; {department.parent}"
