"""回避: a named person neither sees nor acts on a ticket, nor is told of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from casework.errors import NotAllowed, NotFound, Rejected
from casework.events import EventName
from casework.office import Office
from casework.permissions import Action, Person, Role, covers, scope_of
from casework.storage import audit, people
from casework.storage.people import person_named
from casework.storage.records import Records
from casework.storage.scopes import facts_of, tickets_in
from casework.storage.tables import MessageRow, OutboxRow, TicketRow
from casework.storage.trend_documents import read_documents
from monitor.index.conditions import scope_conditions
from routing import handle
from routing.recuse import Named, let_in, recuse
from tests.builders import RECEIVED, record_one
from tests.routing.desks import Desk, after

PASSWORD = "correct horse battery"
STAFF = {
    "he": (Role.DEPARTMENT, "CGJ"),
    "li": (Role.DEPARTMENT, "CGJ"),
    "tou": (Role.HEAD, "CGJ"),
    "shai": (Role.SCREENER, ""),
    "chen": (Role.SCREENER, ""),
    "shi": (Role.LEADER, ""),
    "jia": (Role.DEPARTMENT, "JTJ"),
}
BECAUSE = "被反映的是其近亲属"


@pytest.fixture
def desk(records: Records, office: Office) -> Desk:
    with records.write() as work:
        for name, (role, unit) in STAFF.items():
            people.add_user(work, name, name, [role], unit, PASSWORD, RECEIVED)
        work.commit()
    return Desk(records, office, record_one(records).ticket_id)


def who(desk: Desk, name: str) -> Person:
    with desk.records.read() as work:
        return person_named(work, desk.office.departments, name)


def sees(desk: Desk, name: str) -> bool:
    """By the plain rule and by the where clause, for every action; they agree."""
    person, said = who(desk, name), set()
    with desk.records.read() as work:
        ticket = work.session.get_one(TicketRow, desk.id)
        for action in (Action.READ_TICKET, Action.HANDLE, Action.SCREEN, Action.APPROVE):
            scope = scope_of(person, action)
            listed = work.session.scalars(
                select(TicketRow.id).where(*tickets_in(scope, desk.office.departments))
            ).all()
            covered = covers(scope, facts_of(ticket, desk.office.departments))
            assert covered == (desk.id in listed), (name, action)
            said.add(covered)
    return True in said


def name(desk: Desk, whom: str, by: str = "tou", minutes: float = 1) -> None:
    desk.do(recuse, Named(whom, BECAUSE), after(minutes), who=who(desk, by))


def test_who_is_kept_from_a_ticket_neither_sees_nor_acts_on_it(desk: Desk) -> None:
    he = who(desk, "he")
    assert sees(desk, "he")
    name(desk, "he")
    assert not sees(desk, "he")
    assert sees(desk, "li")
    with pytest.raises(NotFound):
        desk.do(handle.sign, after(2), who=he)
    desk.do(handle.sign, after(2), who=who(desk, "li"))
    assert EventName.RECUSED in desk.events()
    with desk.records.read() as work:
        assert list(audit.verify(work)) == []


def test_the_index_hides_it_too_and_is_told_so(desk: Desk) -> None:
    name(desk, "he")
    with desk.records.read() as work:
        message_id = desk.row().message_id
        (document,) = read_documents(work, [message_id])
        waiting = work.session.scalars(select(OutboxRow.message_id)).all()
        version = work.session.get_one(MessageRow, message_id).version
    assert message_id in waiting
    assert version > 1
    hidden = scope_conditions(scope_of(who(desk, "he"), Action.READ_TICKET))
    shown = scope_conditions(scope_of(who(desk, "li"), Action.READ_TICKET))
    assert any(document.accused & set(getattr(each, "values", ())) for each in hidden)
    assert not any(document.accused & set(getattr(each, "values", ())) for each in shown)


def test_somebody_may_be_let_back_by_somebody_else(desk: Desk) -> None:
    name(desk, "he")
    with pytest.raises(NotAllowed):
        desk.do(let_in, Named("he", "查明不是亲属"), after(2), who=who(desk, "jia"))
    desk.do(let_in, Named("he", "查明不是亲属"), after(3), who=who(desk, "tou"))
    assert sees(desk, "he")
    with pytest.raises(Rejected, match="unknown"):
        desk.do(let_in, Named("he", "再来一次"), after(4), who=who(desk, "tou"))


def test_a_head_names_their_own_people_and_cannot_hide_it_from_those_above(desk: Desk) -> None:
    for other in ("shai", "shi", "jia", "nobody"):
        with pytest.raises(Rejected, match="unknown"):
            name(desk, other)
    name(desk, "shi", by="shai")
    assert not sees(desk, "shi")


def test_one_may_name_oneself_and_is_out(desk: Desk) -> None:
    name(desk, "tou")
    assert not sees(desk, "tou")
    with pytest.raises(NotFound):
        desk.do(let_in, Named("tou", "又想看"), after(2), who=who(desk, "tou"))


def test_the_last_who_could_act_on_it_stays(desk: Desk) -> None:
    name(desk, "he")
    name(desk, "li")
    with pytest.raises(Rejected, match="nobody_left"):
        name(desk, "tou")
    assert sees(desk, "tou")


@pytest.mark.parametrize("reason", ["", "  ", "因" * 1001])
def test_a_reason_is_needed(desk: Desk, reason: str) -> None:
    with pytest.raises(Rejected):
        desk.do(recuse, Named("he", reason), after(1), who=who(desk, "tou"))
    assert sees(desk, "he")


def test_who_handles_decides_on_no_recusal(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        name(desk, "he", by="li")
