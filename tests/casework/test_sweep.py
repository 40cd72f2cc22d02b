"""The sweep: warned, escalated and audited once, in order, also after a week down or a cut."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from casework.ladder import Audience, Step, check_ladder, next_step
from casework.model import ClockName, Contact, TicketState
from casework.office import Office
from casework.permissions import Role
from casework.policy import read_policy, read_step, write_step
from casework.requests import RequestKind
from casework.storage import audit
from casework.storage.policies import keep_policy, load_policies
from casework.storage.records import Records
from casework.storage.sweep import BATCH, sweep
from casework.storage.tables import AuditEventRow, AuditTextRow, ClockRow, StaffNoticeRow
from routing import handle, set_aside
from routing.reopen import reopen
from routing.resume import resume
from tests.builders import RECEIVED, draft, new_case, record_one
from tests.routing.desks import Desk, after, person

ZONE = ZoneInfo("Asia/Shanghai")
SWEPT = ("clock_warned", "clock_over")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def desk(records: Records, office: Office) -> Desk:
    """A complaint of Friday 20 November 15:00; signed and contacted at once, so that the reply clock
    alone runs: until 27 November 24:00."""
    desk = Desk(records, office, record_one(records).ticket_id)
    with records.write() as work:
        for clock in desk.row().clocks:
            if clock.name != ClockName.REPLY:
                work.session.get_one(ClockRow, clock.id).stopped_at = RECEIVED
                work.session.get_one(ClockRow, clock.id).next_step_at = None
        work.commit()
    desk.sign(after(1))
    return desk


def steps(desk: Desk) -> list[str]:
    """The steps the reply clock took, as the audit trail tells them."""
    with desk.records.read() as work:
        assert list(audit.verify(work)) == []
        texts = work.session.scalars(
            select(AuditTextRow.text)
            .join(
                AuditEventRow,
                (AuditEventRow.chain == AuditTextRow.chain)
                & (AuditEventRow.sequence == AuditTextRow.sequence),
            )
            .where(AuditEventRow.chain == str(desk.id), AuditEventRow.name.in_(SWEPT))
            .order_by(AuditEventRow.sequence)
        )
        return [json.loads(text)["step"] for text in texts]


def told(records: Records) -> list[tuple[str, str]]:
    with records.read() as work:
        rows = work.session.execute(
            select(StaffNoticeRow.step, StaffNoticeRow.audience).order_by(StaffNoticeRow.id)
        )
        return [(step, audience) for step, audience in rows]


def run(desk: Desk, now: datetime) -> int:
    return sweep(desk.records, desk.office, now).steps


def test_each_step_is_taken_when_its_time_has_come_and_once(desk: Desk) -> None:
    # 24:00 of the 27th is 7 days and 9 hours after the start: half of it is 3 days 16:30 on.
    assert run(desk, at("2026-11-24 07:29")) == 0
    assert run(desk, at("2026-11-24 07:31")) == 1
    assert run(desk, at("2026-11-24 07:31")) == run(desk, at("2026-11-25 09:00")) == 0
    assert run(desk, at("2026-11-27 23:00")) == 1
    assert desk.row().supervision == 0
    assert run(desk, at("2026-11-28 00:01")) == 1
    assert desk.row().supervision == 1
    assert run(desk, at("2026-11-30 23:00")) == 0
    assert run(desk, at("2026-12-01 00:01")) == 1
    assert desk.row().supervision == 2
    # Five working days after Friday 27 November: Friday 4 December.
    assert run(desk, at("2026-12-05 00:01")) == 1
    assert desk.row().supervision == 3
    assert run(desk, at("2027-06-01 00:01")) == 0
    assert steps(desk) == ["half", "last", "over", "next_day", "five_days"]
    assert told(desk.records)[:3] == [("half", "unit"), ("last", "unit"), ("last", "head")]
    assert told(desk.records)[-3:] == [("five_days", who) for who in ("head", "centre", "leader")]


def test_after_a_long_downtime_every_step_is_audited_in_order_and_the_last_is_told(
    desk: Desk,
) -> None:
    assert run(desk, at("2026-12-20 09:00")) == 5
    assert steps(desk) == ["half", "last", "over", "next_day", "five_days"]
    assert {step for step, _ in told(desk.records)} == {"five_days"}
    assert desk.row().supervision == 3


def test_a_sweep_cut_off_goes_on_where_it_stood(
    records: Records, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        record_one(records, new_case(draft(body=f"第{number}盏路灯不亮。")))
    for bound in ("BATCH", "LARGEST"):
        monkeypatch.setattr(f"casework.storage.sweep.{bound}", 5)
    written = []

    def power_cut(*given: object) -> None:
        written.append(given)
        if len(written) == 3:
            raise KeyboardInterrupt
        really(*given)

    from casework.storage import sweep as module

    really = module._write
    monkeypatch.setattr(module, "_write", power_cut)
    late = at("2027-03-01 09:00")
    with pytest.raises(KeyboardInterrupt):
        module.sweep(records, office, late)
    monkeypatch.setattr(module, "_write", really)
    module.sweep(records, office, late)
    module.sweep(records, office, late)
    with records.read() as work:
        assert list(audit.verify(work)) == []
        events = work.session.scalar(
            select(func.count()).select_from(AuditEventRow).where(AuditEventRow.name.in_(SWEPT))
        )
        clocks = work.session.scalars(select(ClockRow.name)).all()
    wanted = sum(
        sum(step.is_for(name) for step in read_policy().steps)
        for name in clocks
        if name != "call_back"
    )
    assert events == wanted


def test_more_than_a_batch_is_swept_in_one_turn(records: Records, office: Office) -> None:
    for number in range(150):
        record_one(records, new_case(draft(body=f"第{number}盏路灯不亮。")))
    swept = sweep(records, office, at("2026-11-28 00:01"))
    assert swept.clocks == 150 * 4 > BATCH
    assert sweep(records, office, at("2026-11-28 00:01")).clocks == 0


def test_nothing_of_a_screened_ticket_is_lost_on_the_unit_that_is_not_there(
    records: Records, office: Office
) -> None:
    record_one(records, new_case(lead=""))
    sweep(records, office, at("2026-12-20 09:00"))
    with records.read() as work:
        rows = work.session.execute(select(StaffNoticeRow.audience, StaffNoticeRow.department))
        assert {(audience, unit) for audience, unit in rows} == {("centre", None), ("leader", None)}


def test_an_extension_begins_the_ladder_anew(desk: Desk) -> None:
    desk.ask_extension(at("2026-11-27 09:00"))
    run(desk, at("2026-11-28 09:00"))
    assert steps(desk) == ["half", "last", "over"]
    desk.decide(RequestKind.EXTEND, True, at("2026-11-30 09:00"))
    # Due on 4 December 24:00 now, 80 % of it on the 2nd: half is past and not told again.
    assert run(desk, at("2026-11-30 10:00")) == 0
    assert run(desk, at("2026-12-05 00:01")) == 2
    assert steps(desk)[3:] == ["last", "over"]


def test_the_ladder_in_the_file_is_in_order_and_ends() -> None:
    ladder = read_policy().steps
    names = [step.name for step in ladder]
    assert names == ["half", "last", "over", "last", "over", "next_day", "five_days"]
    assert all(step.is_for("call_back") != step.is_for("sign") for step in ladder[1:5])
    assert next_step(ladder, len(names), "reply", RECEIVED, RECEIVED, None, ZONE) is None  # type: ignore[arg-type]
    assert tuple(read_step(write_step(step)) for step in ladder) == ladder


def test_a_ladder_out_of_order_or_without_an_end_is_refused() -> None:
    half, last, over, *_ = read_policy().steps
    for wrong, said in (((last, half, over), "out of order"), ((half, last), "over")):
        with pytest.raises(ValueError, match=said):
            check_ladder(wrong)


def test_a_ticket_climbs_the_ladder_it_began_with(records: Records, office: Office) -> None:
    """The file's next version tells the leader at once; what is open goes on as it began."""
    told_at_once = Step("over", 1.0, 0, 3, (Audience.LEADER,), (), "云府发〔2026〕1号")
    first, second = (
        replace(read_policy(), version="first"),
        replace(read_policy(), version="second", steps=(told_at_once,)),
    )
    with records.write() as work:
        for number, policy in enumerate((first, second)):
            keep_policy(work, policy, date(2026, 11, 20 + number), "program", RECEIVED)
        work.commit()
        office = replace(office, policies=load_policies(work))
    old, new = (
        Desk(records, office, record_one(records, replace(case, policy_version=name)).ticket_id)
        for case, name in (
            (new_case(draft(body="老的那盏灯不亮。")), "first"),
            (new_case(draft(body="新的那盏灯不亮。"), policy=second), "second"),
        )
    )
    old.sign(after(1))
    new.sign(after(1))
    old.ask_extension(at("2026-11-27 09:00"))
    sweep(records, office, at("2026-11-28 00:01"))
    assert "half" in steps(old)
    # Of the old one the dispatch clock is more than a day over as well.
    assert (old.row().supervision, new.row().supervision) == (2, 3)
    assert "half" not in steps(new)
    # An extension looks for the first step of the ticket's own ladder, not of the newest.
    old.decide(RequestKind.EXTEND, True, at("2026-11-30 09:00"))
    run(old, at("2026-12-05 00:01"))
    assert steps(old)[-2:] == ["last", "over"]


# --- what went wrong elsewhere -----------------------------------------------------------------
# The pitfalls that have to do with counting alone stand in test_counting_pitfalls.py.


def test_zammad_188_after_a_reopening_the_old_clock_escalates(desk: Desk) -> None:
    desk.answer(at("2026-11-24 10:00"))
    desk.do(reopen, "还是不亮", at("2026-12-07 10:00"), who=desk.screener)
    assert run(desk, at("2026-12-07 11:00")) == 0
    assert desk.clock(turn=1).next_step_at is None
    run(desk, at("2026-12-15 00:01"))
    assert "over" in steps(desk)
    assert desk.clock(turn=1).step < 3, "the first round took no step after its answer"


def test_zammad_904_a_merged_ticket_still_escalates(records: Records, office: Office) -> None:
    into = record_one(records)
    case = record_one(records, new_case(lead="", of=draft(body="同一件事，路灯不亮。")))
    desk = Desk(records, office, case.ticket_id)
    set_aside.merge(records, office, desk.id, desk.screener, into.number, 1, after(5))
    sweep(records, office, at("2027-01-20 09:00"))
    assert steps(desk) == []
    assert desk.row().supervision == 0


def test_zammad_3140_it_escalates_although_the_agent_has_answered(
    records: Records, office: Office
) -> None:
    unreachable = new_case(draft(contact=Contact()))  # so that the centre need not call back
    desk = Desk(records, office, record_one(records, unreachable).ticket_id)
    desk.sign(after(1))
    desk.answer(after(60))  # never noted as contacted: who has the answer has been
    assert run(desk, at("2027-01-20 09:00")) == 0
    assert desk.row().next_due_at is None


def test_osticket_3034_a_status_cannot_pause_the_clock(desk: Desk) -> None:
    desk.ask_suspension(at("2026-11-23 09:00"), amount=10)
    desk.decide(RequestKind.SUSPEND, True, at("2026-11-23 10:00"))
    assert desk.row().state == TicketState.SUSPENDED
    assert run(desk, at("2026-11-28 00:01")) == 0
    assert desk.row().supervision == 0


def test_frappe_1554_a_paused_ticket_still_ticks(desk: Desk) -> None:
    desk.ask_suspension(at("2026-11-23 09:00"), amount=10)
    desk.decide(RequestKind.SUSPEND, True, at("2026-11-23 10:00"))
    desk.do(resume, "", at("2026-11-27 09:00"))
    # Out: 23–26. 27 (1), 30 (2), 1 (3), 2 (4), 3 December (5).
    assert desk.clock().due_at == at("2026-12-03 23:59:59")
    run(desk, at("2026-11-28 00:01"))
    assert "over" not in steps(desk)


def test_zammad_1322_a_note_of_the_citizen_restarts_nothing_by_itself(desk: Desk) -> None:
    """There the clock should have restarted and did not. Here it never does: it runs from the first
    submission, and only 重办, decided by a person, gives a ticket new clocks."""
    due = desk.clock().due_at
    desk.do(handle.contact, "反映人又来电补充", at("2026-11-24 10:00"))
    assert desk.clock().due_at == due


def test_an_accused_unit_is_never_told(records: Records, office: Office) -> None:
    from routing import screen

    case = record_one(records, new_case(lead="", kind="举报"))
    desk = Desk(records, office, case.ticket_id)
    decision = screen.ScreeningDecision("JTJ", "举报", "normal", (), ("CGJ",))
    screen.assign(records, office, case.ticket_id, desk.screener, decision, 1, after(1))
    sweep(records, office, at("2027-03-01 09:00"))
    with records.read() as work:
        units = set(work.session.scalars(select(StaffNoticeRow.department)))
    assert units == {"JTJ", None}
    assert person(office, Role.DEPARTMENT, "CGJ").department not in units
