"""SJ-07: the same person reports the same facts again; merged, and with new facts counted anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from casework.errors import Conflict, Rejected
from casework.model import ClockName, Contact
from casework.office import Office
from casework.permissions import Action, Person, Role, covers, scope_of
from casework.requests import RequestKind
from casework.storage import audit
from casework.storage.queries.same_reporter import earlier_reports
from casework.storage.records import Records
from casework.storage.scopes import facts_of
from casework.storage.tables import MessageRow, StaffNoticeRow, TicketRow
from casework.taxonomy import REPORT
from routing.screen import ScreeningDecision, assign
from routing.set_aside import merge, take_up
from routing.undo import undo
from tests.builders import draft, new_case, record_one
from tests.routing.desks import Desk, person

ZONE = ZoneInfo("Asia/Shanghai")
ZHANG = Contact(name="张三", phone="13900001111")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


FIRST, AGAIN = at("2026-11-20 15:00"), at("2026-11-25 09:00")
FIRST_DUE, AGAIN_DUE = at("2026-12-11 23:59:59"), at("2026-12-16 23:59:59")
"""SJ-03, 15 working days: from the 20th, and from the 25th, see tests/casework/test_policy_rules.py."""


def reported(
    records: Records, office: Office, when: datetime, body: str, by: Contact = ZHANG
) -> Desk:
    """A 举报 that waits to be screened."""
    of = draft(body=body, contact=by, sender=by.phone, received_at=when)
    case = record_one(records, new_case(of, lead="", kind=REPORT))
    return Desk(records, office, case.ticket_id)


def screened(desk: Desk, when: datetime) -> Desk:
    decision = ScreeningDecision("CGJ", REPORT, "normal", accused=("JTJ",))
    version = desk.row().version
    assign(desk.records, desk.office, desk.id, desk.screener, decision, version, when)
    return desk


@pytest.fixture
def first(records: Records, office: Office) -> Desk:
    """Against JTJ, with CGJ since a quarter of an hour after it came."""
    return screened(
        reported(records, office, FIRST, "某站收费不入账。"), FIRST + timedelta(minutes=15)
    )


@pytest.fixture
def again(records: Records, office: Office, first: Desk) -> Desk:
    return reported(records, office, AGAIN, "某站收费不入账，还有三张收据。")


def join(again: Desk, first: Desk, new_facts: bool = True, when: datetime = AGAIN) -> None:
    version, into = again.row().version, first.row().number
    merge(
        again.records,
        again.office,
        again.id,
        again.screener,
        into,
        version,
        when + timedelta(hours=1),
        new_facts,
    )


def sees(desk: Desk, who: Person) -> bool:
    with desk.records.read() as work:
        ticket = work.session.get_one(TicketRow, desk.id)
        return covers(scope_of(who, Action.READ_TICKET), facts_of(ticket, desk.office.departments))


def test_new_facts_count_the_term_anew_from_the_last_report(first: Desk, again: Desk) -> None:
    assert first.clock().due_at == FIRST_DUE
    join(again, first)
    clock = first.clock()
    assert (clock.started_at, clock.due_at, clock.step) == (AGAIN, AGAIN_DUE, 0)
    assert first.row().next_due_at <= AGAIN_DUE
    assert again.row().state == "merged"
    assert all(clock.voided or clock.stopped_at for clock in again.row().clocks)
    with first.records.read() as work:
        steps = work.session.scalars(
            select(StaffNoticeRow.step).where(StaffNoticeRow.ticket_id == first.id)
        ).all()
        assert "report_again" in steps
        assert list(audit.verify(work)) == []
        tickets = work.session.scalar(select(func.count()).select_from(TicketRow))
        assert tickets == work.session.scalar(select(func.count()).select_from(MessageRow))
    assert first.events()[-1] == "merged_here"


def test_without_new_facts_it_is_merged_and_the_term_stays(first: Desk, again: Desk) -> None:
    join(again, first, new_facts=False)
    assert (first.clock().started_at, first.clock().due_at) == (FIRST, FIRST_DUE)
    assert again.row().state == "merged"


def test_other_clocks_and_an_extension_are_kept(first: Desk, again: Desk) -> None:
    first.sign(FIRST + timedelta(hours=1))
    first.ask_extension(FIRST + timedelta(hours=2))
    first.decide(RequestKind.EXTEND, True, FIRST + timedelta(hours=3))
    extra, sign = first.clock().extra, first.clock(ClockName.SIGN).due_at
    join(again, first)
    assert first.clock().extra == extra > 0
    assert first.clock().due_at > AGAIN_DUE
    assert first.clock(ClockName.SIGN).due_at == sign


def test_who_sees_it_is_decided_as_of_the_first(first: Desk, again: Desk) -> None:
    unit, accused = first.unit, person(first.office, Role.DEPARTMENT, "JTJ")
    assert not sees(again, unit)
    join(again, first)
    assert sees(again, unit)
    assert not sees(again, accused)
    assert not sees(first, accused)


def test_taken_out_again_the_term_runs_as_before_and_a_person_looks_at_it(
    records: Records, office: Office, first: Desk, again: Desk
) -> None:
    third = reported(records, office, at("2026-11-26 09:00"), "某站收费不入账，第三次说。")
    join(again, first)
    join(third, first, when=at("2026-11-26 09:00"))
    assert first.clock().started_at == at("2026-11-26 09:00")
    undo(records, office, third.id, third.screener, at("2026-11-26 10:05"))
    assert first.clock().due_at == AGAIN_DUE
    assert (third.row().state, third.row().unscreened_report) == ("screening", True)
    assert not sees(third, first.unit)
    take_up(records, office, again.id, again.screener, again.row().version, at("2026-11-27 09:00"))
    assert (first.clock().started_at, first.clock().due_at) == (FIRST, FIRST_DUE)
    assert not sees(again, person(office, Role.DEPARTMENT, "JTJ"))
    with records.read() as work:
        assert list(audit.verify(work)) == []


def test_a_stranger_s_report_or_one_without_a_sender_is_never_joined(
    records: Records, office: Office, first: Desk
) -> None:
    for by in (Contact(name="李四", phone="13700002222"), Contact()):
        other = reported(records, office, AGAIN, "某站收费不入账。我也看见了。", by)
        with pytest.raises(Rejected, match="report_apart"):
            join(other, first)
        with records.read() as work:
            scope = scope_of(other.screener, Action.SCREEN)
            assert earlier_reports(work, office, scope, other.id) == ()
    nobody = screened(reported(records, office, AGAIN, "匿名一", Contact()), AGAIN)
    with pytest.raises(Rejected, match="report_apart"):
        join(reported(records, office, AGAIN, "匿名二", Contact()), nobody)


def test_nothing_else_joins_a_report_and_a_report_nothing_else(
    records: Records, office: Office, first: Desk, again: Desk
) -> None:
    complaint = draft(body="路灯不亮。", contact=ZHANG, sender=ZHANG.phone, received_at=AGAIN)
    case = record_one(records, new_case(complaint, lead=""))
    desk = Desk(records, office, case.ticket_id)
    for one, into in ((desk, first), (again, desk)):
        with pytest.raises(Rejected, match="report_apart"):
            join(one, into)


def test_the_first_must_have_been_screened_and_be_open(
    records: Records, office: Office, first: Desk, again: Desk
) -> None:
    waiting = reported(records, office, AGAIN, "某站收费不入账，第三次。")
    with pytest.raises(Conflict, match="state"):
        join(waiting, again)
    with records.read() as work:
        scope = scope_of(again.screener, Action.SCREEN)
        found = earlier_reports(work, office, scope, again.id)
    assert [line.number for line in found] == [first.row().number]
    first.sign(AGAIN)
    first.answer(AGAIN)
    with pytest.raises(Conflict, match="state"):
        join(again, first)
