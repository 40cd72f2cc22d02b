"""认领: who deals with a ticket is read by whoever else opens it; taken over knowingly, never silently."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from casework.errors import Conflict, NotFound
from casework.permissions import Person
from casework.storage import audit
from casework.storage.claims import claims_of
from casework.storage.people import person_named
from casework.storage.tables import AuditEventRow, TicketRow
from routing.claim import claim, release
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser, Page
from tests.web.cases import assigned
from tests.web.test_department import act

Signer = Callable[[str], Browser]


def press(browser: Browser, number: str, page: Page, status: int = 303, **fields: str) -> Page:
    sent = {"seen": page.field("seen"), **fields}
    return browser.post(f"/tickets/{number}/claim", sent, status=status)


def person(city: City, username: str) -> Person:
    with city.records.read() as work:
        return person_named(work, city.office().departments, username)


def holder(city: City, case: object) -> str:
    with city.records.read() as work:
        found = claims_of(work, [case.ticket_id])  # type: ignore[attr-defined]
    return next((one.username for one in found.values()), "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_colleague_reads_whose_it_is_and_takes_it_over(
    sign_in: Signer, city: City, language: str
) -> None:
    case = assigned(city)
    first, second = sign_in("department"), sign_in("head")
    for one in (first, second):
        one.choose(lang=language)
    path = f"/tickets/{case.number}"
    before = first.get(path)
    unclaimed = second.get(path)
    press(first, case.number, before)
    press(first, case.number, before)  # sent twice
    assert holder(city, case) == "department"
    name = person(city, "department").display_name
    for seen in (path, "/department/"):
        assert name in second.get(seen).words()
    late = press(second, case.number, unclaimed, 409)  # had not seen it
    assert name in late.words()
    press(second, case.number, second.get(path))
    assert holder(city, case) == "head"
    press(first, case.number, first.get(path), do="release")  # of somebody else's nothing changes
    assert holder(city, case) == "head"
    press(second, case.number, second.get(path), do="release")
    assert holder(city, case) == ""
    with city.records.read() as work:
        names = work.session.scalars(
            select(AuditEventRow.name).where(AuditEventRow.chain == str(case.ticket_id))
        ).all()
        assert next(audit.verify(work), None) is None
    assert names.count("claimed") == 2
    assert names.count("claim_ended") == 1


def test_what_somebody_else_writes_stays_valid(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    writing, colleague = sign_in("department"), sign_in("head")
    press(colleague, case.number, colleague.get(f"/tickets/{case.number}"))
    assert act(writing, case.number, "sign", 1).status_code == 303


def test_it_ends_with_the_unit_and_with_the_ticket(city: City) -> None:
    case = assigned(city)
    mine = (city.records, city.office(), case.ticket_id, person(city, "department"))
    claim(*mine, "", NOW)
    with city.records.write() as work:
        work.session.get_one(TicketRow, case.ticket_id).lead_department = "ZJJ"
        work.commit()
    assert holder(city, case) == ""
    theirs = (city.records, city.office(), case.ticket_id, person(city, "neighbour"))
    claim(*theirs, "", NOW)
    assert holder(city, case) == "neighbour"
    with pytest.raises(NotFound):
        claim(*mine, "neighbour", NOW)
    with city.records.write() as work:
        work.session.get_one(TicketRow, case.ticket_id).state = "closed"
        work.commit()
    assert holder(city, case) == ""
    with pytest.raises(Conflict, match="state"):
        claim(*theirs, "", NOW)
    release(city.records, case.ticket_id, theirs[3], NOW)


def test_of_two_at_once_one_has_it(city: City) -> None:
    case = assigned(city)

    def take(username: str) -> bool:
        try:
            claim(
                city.records,
                city.office(),
                case.ticket_id,
                person(city, username),
                "",
                NOW + timedelta(minutes=1),
            )
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(3) as hands:
        won = list(hands.map(take, ("department", "head", "screener")))
    assert sum(won) == 1


@pytest.mark.parametrize("role", ["neighbour", "leader"])
def test_nobody_claims_what_they_do_not_act_on(sign_in: Signer, city: City, role: str) -> None:
    case = assigned(city)
    sent = {"seen": ""}
    assert sign_in(role).send(f"/tickets/{case.number}/claim", sent).status_code in (403, 404)
    assert holder(city, case) == ""
