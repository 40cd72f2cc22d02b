"""Lists, counts and single tickets keep within a scope, as permissions.covers decides."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from casework.departments import DepartmentTree
from casework.errors import NotFound
from casework.model import Contact
from casework.office import Office
from casework.permissions import EVERYTHING, Action, Person, Role, covers, scope_of
from casework.storage.contacts import mask, may_read_contact
from casework.storage.queries.ticket_page import ticket_detail
from casework.storage.queries.tickets import (
    TicketFilter,
    count_states,
    count_tickets,
    lines_of_messages,
    list_tickets,
)
from casework.storage.records import Records
from casework.storage.scopes import facts_of
from casework.storage.tables import AccusationRow, TicketRow
from tests.builders import new_case, record_one
from tests.conftest import NOW


def person(tree: DepartmentTree, role: Role, department: str = "") -> Person:
    return Person(uuid4(), "x", "某", frozenset({role}), department, tree.above(department))


@pytest.fixture
def filled(records: Records, departments: DepartmentTree) -> Records:
    """A complaint with each of two departments, one waiting, and reports screened and not."""
    record_one(records, new_case(lead="CGJ"))
    record_one(records, new_case(lead="ZJJ"))
    record_one(records, new_case(lead=""))
    record_one(records, new_case(lead="", kind="举报"))
    screened = record_one(records, new_case(lead="CGJ", kind="举报"))
    with records.write() as work:
        row = work.session.get_one(TicketRow, screened.ticket_id)
        row.unscreened_report = False
        row.accusations.append(
            AccusationRow(ticket_id=row.id, department="ZJJ", named_by="x", named_at=NOW)
        )
        work.commit()
    return records


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("department", ["", "CGJ", "ZJJ", "CITY"])
def test_lists_counts_and_pages_agree_with_covers(
    filled: Records, office: Office, role: Role, department: str
) -> None:
    who = person(office.departments, role, department)
    scope = scope_of(who, Action.READ_TICKET)
    with filled.read() as work:
        rows = work.session.scalars(
            select(TicketRow).options(selectinload(TicketRow.accusations))
        ).all()
        allowed = {r.number for r in rows if covers(scope, facts_of(r, office.departments))}
        page = list_tickets(work, office, scope, TicketFilter(), NOW)
        counted = count_tickets(work, office, scope, TicketFilter(), NOW)
        states = count_states(work, office, scope, TicketFilter(), NOW)
        by_message = lines_of_messages(work, office, scope, [r.message_id for r in rows])
        opened = set()
        for row in rows:
            try:
                opened.add(ticket_detail(work, office, row.number, who).number)
            except NotFound:
                continue
    assert {line.number for line in page.lines} == allowed
    assert {line.number for line in by_message} == allowed
    assert counted == page.total == sum(states.values()) == len(allowed)
    assert opened == allowed


def test_filters_narrow(filled: Records, office: Office) -> None:
    def count(**wanted: object) -> int:
        with filled.read() as work:
            return count_tickets(
                work,
                office,
                EVERYTHING,
                TicketFilter(**wanted),  # type: ignore[arg-type]
                NOW,
            )

    assert count() == 5
    assert count(kind="举报") == 2
    assert count(department="CGJ") == 2
    assert count(department="CITY") == 3
    assert count(topic="城乡建设") == 5
    assert count(topic="城乡") == 0
    assert count(district="unknown") == 5
    assert count(sentiment="positive") == 0
    assert count(reply="missed") == 0
    assert count(received_to=NOW) == 0


def test_contact_data_is_masked() -> None:
    masked = mask(Contact("周女士", "13812346621", "zhou@example.org"))
    assert (masked.name, masked.phone, masked.email) == (
        "周**",
        "138****6621",
        "z****@example.org",
    )
    assert not mask(Contact()).given


def test_who_may_read_contact_data(departments: DepartmentTree) -> None:
    assert may_read_contact(person(departments, Role.DEPARTMENT, "CGJ"), "投诉")
    assert not may_read_contact(person(departments, Role.DEPARTMENT, "CGJ"), "举报")
    assert may_read_contact(person(departments, Role.SCREENER), "举报")
    assert not may_read_contact(person(departments, Role.LEADER), "投诉")
