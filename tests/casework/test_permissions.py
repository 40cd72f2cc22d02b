"""Scopes: the plain rule and the where clause say the same of every ticket and everybody."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.office import Office
from casework.permissions import (
    EVERYTHING,
    GRANTS,
    NOTHING,
    Action,
    Person,
    Role,
    Scope,
    covers,
    scope_of,
)
from casework.storage.records import Records
from casework.storage.scopes import facts_of, tickets_in
from casework.storage.tables import AccusationRow, ContributionRow, TicketRow
from tests.builders import RECEIVED, new_case, record_one

PLACES = ("", "CITY", "RXZ", "CGJ", "JWJ", "WHQ", "WHQ01", "SLX")


def person(office: Office, role: Role, department: str) -> Person:
    above = office.departments.above(department)
    return Person(uuid7(), "p", "p", frozenset({role}), department, above)


ASKED = (("", ""), ("WHQ01", "open"), ("CGJ", "given"), ("WHQ", "declined"))


def contribution(ticket_id: UUID, department: str, state: str) -> ContributionRow:
    return ContributionRow(
        id=uuid7(),
        ticket_id=ticket_id,
        department=department,
        state=state,
        asked_by="s",
        asked_at=RECEIVED,
        question="",
        due_at=RECEIVED,
    )


@pytest.fixture(scope="module")
def records(records_to_read: Records) -> Records:
    return records_to_read


@pytest.fixture(scope="module")
def tickets(records: Records) -> dict[str, TicketRow]:
    """Every combination that matters, by name."""
    made: dict[str, TicketRow] = {}
    wanted = product(
        ("", "CGJ", "WHQ", "WHQ01", "JWJ"), ("投诉", "举报"), ((), ("WHQ",), ("CITY",)), ASKED
    )
    for lead, kind, accused, (asked, stands) in wanted:
        recorded = record_one(records, new_case(lead=lead, kind=kind))
        with records.write() as work:
            row = work.session.get_one(TicketRow, recorded.ticket_id)
            row.unscreened_report = kind == "举报" and not accused
            for code in accused:
                row.accusations.append(
                    AccusationRow(department=code, named_by="s", named_at=RECEIVED)
                )
            if asked:
                row.contributions.append(contribution(row.id, asked, stands))
            work.commit()
            _ = row.accusations, row.recusals, row.contributions
        name = f"{lead}/{kind}/{','.join(accused)}"
        made[name + (f"/{asked} {stands}" if asked else "")] = row
    return made


def seen(records: Records, office: Office, scope: Scope) -> set[str]:
    with records.read() as work:
        conditions = tickets_in(scope, office.departments)
        return set(work.session.scalars(select(TicketRow.number).where(*conditions)))


@pytest.mark.parametrize("role", list(Role))
def test_the_rule_and_the_where_clause_agree(
    records: Records, office: Office, tickets: dict[str, TicketRow], role: Role
) -> None:
    for department, action in product(PLACES, Action):
        scope = scope_of(person(office, role, department), action)
        expected = {
            row.number
            for row in tickets.values()
            if covers(scope, facts_of(row, office.departments))
        }
        assert seen(records, office, scope) == expected, (role, department, action)


def test_an_unscreened_report_is_seen_by_screeners_only(
    records: Records, office: Office, tickets: dict[str, TicketRow]
) -> None:
    hidden = {row.number for name, row in tickets.items() if name.endswith("/举报/")}
    for role, department in product(Role, PLACES):
        shown = seen(
            records, office, scope_of(person(office, role, department), Action.READ_TICKET)
        )
        assert bool(hidden & shown) == (role is Role.SCREENER)


def test_the_accused_and_everything_below_them_never_see_it(
    records: Records, office: Office, tickets: dict[str, TicketRow]
) -> None:
    against_district = {row.number for name, row in tickets.items() if name.endswith("/WHQ")}
    against_city = {row.number for name, row in tickets.items() if name.endswith("/CITY")}
    for role, action in product(Role, Action):
        for department in ("WHQ", "WHQ01"):
            shown = seen(records, office, scope_of(person(office, role, department), action))
            assert not shown & against_district
        for department in ("CITY", "CGJ", "WHQ01", "RXZ"):
            shown = seen(records, office, scope_of(person(office, role, department), action))
            assert not shown & against_city


def test_a_department_sees_its_own_and_what_lies_below_it(
    records: Records, office: Office, tickets: dict[str, TicketRow]
) -> None:
    worker = person(office, Role.DEPARTMENT, "WHQ")
    unaccused = {name: row.number for name, row in tickets.items() if name.split("/")[2] == ""}
    own = {
        number for name, number in unaccused.items() if name.startswith(("WHQ/投诉", "WHQ01/投诉"))
    }
    asked = {
        number for name, number in unaccused.items() if "投诉" in name and "WHQ01 open" in name
    }
    assert seen(records, office, scope_of(worker, Action.HANDLE)) == own
    assert seen(records, office, scope_of(worker, Action.CONTRIBUTE)) == asked
    assert seen(records, office, scope_of(worker, Action.READ_TICKET)) == own | asked


def test_nothing_and_everything(
    records: Records, office: Office, tickets: dict[str, TicketRow]
) -> None:
    assert seen(records, office, NOTHING) == set()
    assert len(seen(records, office, EVERYTHING)) == len(tickets)


def test_nobody_both_administers_and_reads_tickets() -> None:
    assert GRANTS[Role.ADMINISTRATOR] == {
        Action.ADMINISTER,
        Action.WRITE_KNOWLEDGE,
        Action.READ_CLASSIFIER,
    }
    administrator = Person(uuid7(), "a", "a", frozenset({Role.ADMINISTRATOR}))
    assert all(scope_of(administrator, action).nothing for action in GRANTS[Role.ADMINISTRATOR])
    assert all(Action.ADMINISTER not in GRANTS[role] for role in Role if role != "administrator")
