"""Asking and deciding: returns, extensions, suspensions, second persons; and doing it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from casework.deadlines import DeadlinePolicy
from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.model import ClockName, RefusalReason, TicketState
from casework.office import Office
from casework.permissions import Role
from casework.policy import read_policy
from casework.requests import PauseReason, RequestKind
from casework.storage import audit
from casework.storage.queries.figures import figures_between
from casework.storage.records import Records
from casework.storage.requests import requests_of
from casework.storage.tables import NoticeRow
from routing import screen, set_aside
from routing.ask import ask_extension
from routing.reopen import call_back, reopen
from routing.resume import resume, resume_what_is_over
from routing.set_aside import Refusal
from tests.builders import new_case, record_one
from tests.routing.desks import Desk, after, person

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def desk(records: Records, office: Office) -> Iterator[Desk]:
    """A complaint of Friday 20 November, 15:00, due on Friday 27; every chain holds afterwards."""
    yield Desk(records, office, record_one(records).ticket_id)
    with records.read() as work:
        assert list(audit.verify(work)) == []


def notices(desk: Desk) -> list[str]:
    with desk.records.read() as work:
        return list(work.session.scalars(select(NoticeRow.kind).order_by(NoticeRow.id)))


# --- returns -----------------------------------------------------------------------------------


def test_a_return_is_decided_and_moves_the_ticket_for_good(desk: Desk) -> None:
    due = desk.clock().due_at
    desk.ask_return(after(10))
    assert desk.row().state == TicketState.RETURNED
    desk.decide(RequestKind.RETURN, True, after(20))
    row = desk.row()
    assert (row.state, row.lead_department, row.bound, row.moves) == ("assigned", "JTJ", True, 1)
    assert desk.clock().due_at == due, "the clock runs on from the citizen's submission"
    desk.unit = person(desk.office, Role.DEPARTMENT, "JTJ")
    with pytest.raises(Conflict, match="bound"):
        desk.ask_return(after(30), "CGJ")


def test_a_return_that_is_refused_binds_too_and_says_why(desk: Desk) -> None:
    desk.sign(after(5))
    desk.ask_return(after(10))
    with pytest.raises(Rejected, match="note"):
        desk.decide(RequestKind.RETURN, False, after(20), note=" ")
    desk.decide(RequestKind.RETURN, False, after(20), note="路灯归城管")
    assert (desk.row().state, desk.row().lead_department) == ("assigned", "CGJ")
    with pytest.raises(Conflict, match="bound"):
        desk.ask_return(after(30))
    assert desk.events()[-2:] == ["return_asked", "return_kept"]


def test_after_five_working_days_it_is_too_late_to_return(desk: Desk) -> None:
    # Given on Friday 20 November: 23–27 are the five working days (XF-04).
    desk.ask_return(at("2026-11-27 23:59"))
    desk.decide(RequestKind.RETURN, True, at("2026-11-28 00:01"))
    other = Desk(desk.records, desk.office, record_one(desk.records).ticket_id)
    with pytest.raises(Conflict, match="return_too_late"):
        other.ask_return(at("2026-11-28 00:01"))


def test_the_common_superior_decides_and_nobody_below(desk: Desk) -> None:
    desk.ask_return(after(10), "JTJ")
    for role, unit in ((Role.HEAD, "CGJ"), (Role.HEAD, "JTJ")):
        with pytest.raises((NotAllowed, NotFound)):
            desk.decide(RequestKind.RETURN, True, after(20), person(desk.office, role, unit))
    with pytest.raises(NotAllowed):
        desk.decide(RequestKind.RETURN, True, after(20), desk.unit)
    top = next(d.code for d in desk.office.departments if d.level == "city")
    mayor = person(desk.office, Role.HEAD, top)
    desk.decide(RequestKind.RETURN, True, after(20), mayor)
    assert desk.row().lead_department == "JTJ"


def test_a_return_never_leads_to_an_accused_unit(records: Records, office: Office) -> None:
    case = record_one(records, new_case(lead="", kind="举报"))
    desk = Desk(records, office, case.ticket_id)
    decision = screen.ScreeningDecision("CGJ", "举报", "normal", (), ("JTJ",))
    screen.assign(records, office, case.ticket_id, desk.screener, decision, 1, after(1))
    desk.ask_return(after(10), "JTJ")
    with pytest.raises(Rejected, match="accused"):
        desk.decide(RequestKind.RETURN, True, after(20))
    assert desk.row().state == TicketState.RETURNED, "nothing of it was written"
    desk.decide(RequestKind.RETURN, True, after(20), department="ZJJ")
    assert desk.row().lead_department == "ZJJ"


def test_from_unit_to_unit_three_times_is_an_alarm(desk: Desk) -> None:
    desk.ask_return(after(1))
    desk.decide(RequestKind.RETURN, True, after(2))
    for minute, unit in ((3, "ZJJ"), (4, "CGJ")):
        desk.do(
            lambda r, o, t, p, v, unit, at: screen.reassign(r, o, t, p, unit, "改派", v, at),
            unit,
            after(minute),
            who=desk.screener,
        )
    assert desk.row().moves == 3
    assert desk.row().supervision == 1
    assert desk.events().count("ping_pong") == 1


# --- extensions --------------------------------------------------------------------------------


def test_an_extension_goes_on_from_the_last_day_and_is_told(desk: Desk) -> None:
    desk.sign(after(5))
    desk.ask_extension(after(10))
    assert desk.clock().due_at == at("2026-11-27 23:59:59"), "asking changes nothing"
    desk.decide(RequestKind.EXTEND, True, after(20), desk.head)
    # 27 November is the 5th working day; 30, 1, 2, 3, 4 December are five more.
    assert desk.clock().due_at == at("2026-12-04 23:59:59")
    assert desk.row().next_due_at is not None
    assert notices(desk) == ["extended"]
    with pytest.raises(Conflict, match="extended"):
        desk.ask_extension(after(30))


def test_an_extension_may_be_granted_after_the_original_day(desk: Desk) -> None:
    desk.sign(after(5))
    desk.ask_extension(at("2026-11-27 17:00"))
    desk.decide(RequestKind.EXTEND, True, at("2026-11-30 09:00"))
    clock = desk.clock()
    assert clock.due_at == at("2026-12-04 23:59:59")
    assert clock.stopped_at is None


def test_an_extension_must_be_asked_for_in_time_and_within_the_rule(desk: Desk) -> None:
    with pytest.raises(Rejected, match="extension"):
        desk.ask_extension(after(10), amount=6)
    with pytest.raises(Rejected, match="extension"):
        desk.ask_extension(after(10), amount=0)
    with pytest.raises(Conflict, match="extend_too_late"):
        desk.ask_extension(at("2026-11-28 00:01"))
    with pytest.raises(Rejected, match="empty"):
        ask_extension(desk.where(), 3, "  ", after(10))


def test_a_refused_extension_leaves_the_day_and_may_be_asked_again(desk: Desk) -> None:
    desk.ask_extension(after(10))
    with pytest.raises(Conflict, match="asked"):
        desk.ask_extension(after(11))
    desk.decide(RequestKind.EXTEND, False, after(20), desk.head)
    assert desk.clock().due_at == at("2026-11-27 23:59:59")
    desk.ask_extension(after(30))


def test_nobody_decides_on_what_they_asked_for(desk: Desk) -> None:
    desk.unit = desk.head
    desk.ask_extension(after(10))
    with pytest.raises(NotAllowed, match="own_request"):
        desk.decide(RequestKind.EXTEND, True, after(20), desk.head)
    desk.decide(RequestKind.EXTEND, True, after(20), person(desk.office, Role.HEAD, "CGJ", "b"))


def test_a_decision_is_made_once(desk: Desk) -> None:
    desk.ask_extension(after(10))
    with desk.records.read() as work:
        (asked,) = requests_of(work, desk.id)
    desk.decide(RequestKind.EXTEND, True, after(20))
    from routing.decide import Decision, decide

    with pytest.raises(Conflict, match="decided"):
        decide(
            desk.records,
            desk.office,
            asked.id,
            desk.screener,
            desk.row().version,
            Decision(True),
            after(21),
        )


def test_what_the_ticket_has_overtaken_is_not_decided_on(desk: Desk) -> None:
    desk.sign(after(5))
    desk.ask_extension(after(10))
    desk.answer(after(20))
    with desk.records.read() as work:
        assert requests_of(work, desk.id) == ()


# --- suspensions -------------------------------------------------------------------------------


def test_clocks_stand_still_until_somebody_resumes_them(desk: Desk) -> None:
    desk.sign(after(5))
    desk.ask_suspension(at("2026-11-23 09:00"))
    desk.decide(RequestKind.SUSPEND, True, at("2026-11-23 10:00"), desk.head)
    row = desk.row()
    assert (row.state, row.next_due_at) == (TicketState.SUSPENDED, None)
    desk.do(resume, "照片收到了", at("2026-11-25 11:00"))
    # Out: 23, 24. Counted: 25 (1), 26 (2), 27 (3), 30 (4), 1 December (5).
    assert desk.clock().due_at == at("2026-12-01 23:59:59")
    assert desk.row().state == TicketState.HANDLING
    assert notices(desk) == ["suspended", "resumed"]


def test_a_pause_ends_by_itself_and_however_late_that_is_noticed(desk: Desk) -> None:
    desk.sign(after(5))
    desk.ask_suspension(at("2026-11-23 09:00"), amount=2)
    desk.decide(RequestKind.SUSPEND, True, at("2026-11-23 10:00"))
    at_most = desk.clock().due_at
    # Two working days: until the end of the 25th. Out: 23, 24.
    assert at_most == at("2026-12-01 23:59:59")
    assert resume_what_is_over(desk.records, desk.office, at("2026-11-25 23:59")) == 0
    assert resume_what_is_over(desk.records, desk.office, at("2026-12-20 09:00")) == 1
    assert resume_what_is_over(desk.records, desk.office, at("2026-12-20 09:01")) == 0
    assert desk.clock().due_at == at_most
    assert desk.row().pauses[0].ended_at == at("2026-11-25 23:59:59")
    assert desk.events()[-1] == "resumed"


def test_a_pause_is_for_a_reason_the_law_knows_and_no_longer_than_it_says(desk: Desk) -> None:
    with pytest.raises(Conflict, match="state"):
        desk.ask_suspension(after(1))
    desk.sign(after(5))
    with pytest.raises(Rejected, match="suspension"):
        desk.ask_suspension(after(10), PauseReason.THIRD_PARTY, amount=16)
    desk.ask_suspension(after(10), PauseReason.THIRD_PARTY, amount=15)
    desk.decide(RequestKind.SUSPEND, False, after(20), note="没有必要")
    assert desk.row().pauses == []


# --- two persons -------------------------------------------------------------------------------


def of_two(office: Office, rule_id: str) -> Office:
    rules = tuple(
        replace(rule, two_persons=True) if rule.id == rule_id else rule
        for rule in read_policy().rules
    )
    return replace(office, policies=(DeadlinePolicy("two", rules, pauses=read_policy().pauses),))


def test_an_answer_of_two_persons(records: Records, office: Office) -> None:
    office = of_two(office, "help-complaint-reply")
    desk = Desk(records, office, record_one(records).ticket_id)
    desk.sign(after(5))
    with pytest.raises(Conflict, match="needs_second"):
        desk.answer(after(10))
    desk.submit(after(10))
    desk.decide(RequestKind.ANSWER, False, after(15), desk.head, note="没有写依据")
    assert desk.row().state == TicketState.HANDLING
    desk.submit(after(20))
    assert desk.row().replies == []
    desk.decide(RequestKind.ANSWER, True, after(30), desk.head)
    row = desk.row()
    assert row.state == TicketState.ANSWERED
    assert (row.replies[0].author, row.replies[0].result) == (desk.unit.username, "已换新缆。")
    assert desk.clock().stopped_at == after(30)


def test_any_answer_may_be_submitted_where_one_person_suffices(desk: Desk) -> None:
    desk.sign(after(5))
    desk.submit(after(10))
    desk.decide(RequestKind.ANSWER, True, after(30))
    assert desk.row().state == TicketState.ANSWERED


def test_not_taking_up_of_two_persons(records: Records, office: Office) -> None:
    office = of_two(office, "dispatch")
    desk = Desk(records, office, record_one(records, new_case(lead="")).ticket_id)
    refusal = Refusal(RefusalReason.ELSEWHERE, "管辖规定", "请找邻市")
    set_aside.refuse(records, office, desk.id, desk.screener, refusal, 1, after(5))
    assert desk.row().state == TicketState.SCREENING
    with pytest.raises(NotAllowed, match="own_request"):
        desk.decide(RequestKind.REFUSE, True, after(10))
    desk.decide(RequestKind.REFUSE, True, after(10), person(office, Role.SCREENER, "", "second"))
    assert desk.row().state == TicketState.REFUSED
    assert desk.row().next_due_at is None
    assert notices(desk) == ["refused"]


# --- again -------------------------------------------------------------------------------------


def test_doing_it_again_has_a_day_of_its_own_and_the_first_result_stays(desk: Desk) -> None:
    desk.sign(after(5))
    desk.answer(at("2026-11-26 10:00"))
    desk.do(call_back, "反映人说还是不亮", at("2026-11-27 10:00"), who=desk.screener)
    desk.do(reopen, "灯还是不亮", at("2026-12-07 10:00"), who=desk.screener)
    row = desk.row()
    assert (row.state, row.round, len(row.replies)) == (TicketState.ASSIGNED, 2, 1)
    # From Monday 7 December: 8, 9, 10, 11, 14.
    assert desk.clock(turn=2).due_at == at("2026-12-14 23:59:59")
    assert desk.clock(turn=1).stopped_at == at("2026-11-26 10:00")
    assert not [c for c in row.clocks if c.round == 2 and c.name == ClockName.DISPATCH]
    desk.sign(at("2026-12-07 11:00"))
    desk.answer(at("2026-12-20 10:00"))
    with desk.records.read() as work:
        november = figures_between(work, at("2026-11-01"), at("2026-12-01"), at("2026-12-21"))
        december = figures_between(work, at("2026-12-01"), at("2027-01-01"), at("2026-12-21"))
    assert (november.answered, november.in_time) == (1, 1)
    assert (december.answered, december.open_now) == (0, 0)
    assert len(desk.row().replies) == 2
