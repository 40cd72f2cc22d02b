"""回访: after the answer the centre calls the citizen; its clock, who is told, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from casework.errors import Conflict, NotAllowed
from casework.model import ClockName, Contact, IntakeMode, MessageDraft, TicketState
from casework.office import Office
from casework.permissions import Action, scope_of
from casework.storage.calendar_changes import recount_open, with_days
from casework.storage.queries.call_backs import waiting_call_backs
from casework.storage.queries.tickets import TicketFilter, count_tickets
from casework.storage.records import Records
from casework.storage.sweep import sweep
from casework.storage.tables import ClockRow, StaffNoticeRow
from casework.workdays import CalendarDay
from routing import handle
from routing.reopen import call_back, reopen
from tests.builders import draft, new_case, record_one
from tests.conftest import ZONE
from tests.routing.desks import Desk, after


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def answered(records: Records, office: Office, of: MessageDraft | None = None) -> Desk:
    """A complaint of Friday 20 November, answered on Thursday 26 at 10:00."""
    desk = Desk(records, office, record_one(records, new_case(of)).ticket_id)
    desk.sign(after(5))
    desk.answer(at("2026-11-26 10:00"))
    return desk


def clocks(desk: Desk) -> list[ClockRow]:
    return [clock for clock in desk.row().clocks if clock.name == ClockName.CALL_BACK]


def waiting(desk: Desk) -> list[str]:
    with desk.records.read() as work:
        scope = scope_of(desk.screener, Action.SCREEN)
        return [line.number for line, _ in waiting_call_backs(work, desk.office, scope)]


def test_the_centre_has_a_working_day_and_the_unit_has_no_deadline_of_it(
    records: Records, office: Office
) -> None:
    desk = answered(records, office)
    (clock,) = clocks(desk)
    # Thursday 26 November, the first day not counted: Friday 27.
    assert clock.due_at == at("2026-11-27 23:59:59")
    assert office.policy.rule(clock.rule_id).verification == "D"  # type: ignore[union-attr]
    row = desk.row()
    assert row.next_due_at is None
    assert waiting(desk) == [row.number]
    late = at("2026-11-30 09:00")
    assert sweep(records, office, late).steps == 2
    with records.read() as work:
        told = work.session.execute(
            select(StaffNoticeRow.clock, StaffNoticeRow.audience, StaffNoticeRow.department)
        ).all()
        theirs = scope_of(desk.unit, Action.READ_TICKET)
        over = TicketFilter(stage="overdue")
        assert count_tickets(work, office, theirs, over, late) == 0
    assert {tuple(one) for one in told} == {("call_back", "centre", None)}
    assert desk.row().supervision == 0


@pytest.mark.parametrize(
    "of",
    [
        draft(contact=Contact(name="周某", email="zhou@example.org")),
        draft(mode=IntakeMode.MENTION),
        draft(mode=IntakeMode.HISTORY),
    ],
)
def test_nobody_to_call_starts_no_clock(records: Records, office: Office, of: MessageDraft) -> None:
    desk = answered(records, office, of)
    assert clocks(desk) == []
    assert waiting(desk) == []


@pytest.mark.parametrize(("reached", "event"), [(True, "called_back"), (False, "not_reached")])
def test_it_ends_with_the_call_and_when_nobody_can_be_reached(
    records: Records, office: Office, reached: bool, event: str
) -> None:
    desk = answered(records, office)
    when, version = at("2026-11-27 10:00"), desk.row().version
    given = (records, office, desk.id)
    with pytest.raises(NotAllowed):
        call_back(*given, desk.unit, version, "单位自己说没人接", when, reached=reached)
    call_back(*given, desk.screener, version, "三次没人接", when, reached=reached)
    assert clocks(desk)[0].stopped_at == when
    assert desk.events()[-1] == event
    assert waiting(desk) == []
    assert sweep(records, office, at("2026-12-30 09:00")).steps == 0
    with pytest.raises(Conflict, match="changed"):
        call_back(*given, desk.screener, version, "另一位也打了", when)


def test_a_changed_day_moves_it(records: Records, office: Office) -> None:
    desk = answered(records, office)
    days = [CalendarDay(at("2026-11-27").date(), False, "停电", "云府发〔2026〕3号", False)]
    assert recount_open(records, with_days(office, days), days, at("2026-11-26 11:00")) == 1
    assert clocks(desk)[0].due_at == at("2026-11-30 23:59:59")  # over the weekend, to Monday
    assert desk.events()[-1] == "recounted"


def test_it_ends_when_the_ticket_is_closed_or_done_again(records: Records, office: Office) -> None:
    closed = answered(records, office)
    closed.do(handle.close, at("2026-11-26 11:00"))
    again = answered(records, office, replace(draft(), body="另一盏灯也坏了。"))
    again.do(reopen, "还是不亮", at("2026-11-26 11:00"), who=again.screener)
    assert [clocks(desk)[0].voided for desk in (closed, again)] == [True, True]
    assert again.row().state == TicketState.ASSIGNED
    assert waiting(again) == []
    again.sign(at("2026-11-26 12:00"))
    again.answer(at("2026-11-26 13:00"))
    assert [clock.round for clock in clocks(again) if not clock.voided] == [2]
