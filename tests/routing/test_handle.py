"""A ticket's road from the screening queue to its close, and what is refused on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.model import ClockName, TicketState
from casework.office import Office
from casework.permissions import Person, Role
from casework.storage import audit, outbox
from casework.storage.records import Records
from casework.storage.tables import AuditEventRow, MessageRow, NoticeRow, TicketRow
from routing import handle, screen
from routing.handle import ReplyParts
from routing.screen import ScreeningDecision
from tests.builders import RECEIVED, TOPIC, draft, judgement, new_case, record_one

PARTS = ReplyParts("四盏灯的电缆被挖断。", "", "已换新缆。", "30日内可申请复查。", "市政科")


def person(office: Office, role: Role, department: str = "") -> Person:
    above = office.departments.above(department)
    return Person(uuid7(), f"{role}-{department}", "某人", frozenset({role}), department, above)


def after(minutes: int) -> datetime:
    return RECEIVED + timedelta(minutes=minutes)


def ticket(records: Records, ticket_id: UUID) -> TicketRow:
    with records.read() as work:
        found = work.session.get_one(TicketRow, ticket_id)
        _ = found.clocks, found.replies, found.accusations
        return found


def version(records: Records, ticket_id: UUID) -> int:
    return ticket(records, ticket_id).version


def clock(row: TicketRow, name: ClockName) -> datetime | None:
    return next(clock.stopped_at for clock in row.clocks if clock.name == name)


def test_signed_contacted_answered_closed(records: Records, office: Office) -> None:
    case = record_one(records)
    one = person(office, Role.DEPARTMENT, "CGJ")
    handle.sign(records, office, case.ticket_id, one, 1, after(10))
    handle.contact(
        records, office, case.ticket_id, one, version(records, case.ticket_id), "已约好", after(20)
    )
    handle.answer(
        records, office, case.ticket_id, one, version(records, case.ticket_id), PARTS, after(60)
    )
    row = ticket(records, case.ticket_id)
    assert row.state == TicketState.ANSWERED
    assert row.answered_at == after(60)
    assert row.replies[0].result == "已换新缆。"
    handle.close(records, office, case.ticket_id, one, version(records, case.ticket_id), after(70))
    row = ticket(records, case.ticket_id)
    assert row.state == TicketState.CLOSED
    assert row.next_due_at is None
    assert clock(row, ClockName.SIGN) == after(10)
    assert clock(row, ClockName.CONTACT) == after(20)
    assert clock(row, ClockName.REPLY) == after(60)
    with records.read() as work:
        names = work.session.scalars(
            select(AuditEventRow.name)
            .where(AuditEventRow.chain == str(case.ticket_id))
            .order_by(AuditEventRow.sequence)
        ).all()
        assert list(audit.verify(work)) == []
        assert outbox.backlog(work).rows == 5
        assert work.session.scalar(select(MessageRow.version)) == 5
        # The citizen left a telephone number, so a notice waits for it.
        assert work.session.scalars(select(NoticeRow.kind)).all() == ["answered"]
    assert names == ["received", "judged", "signed", "contacted", "answered", "closed"]


@pytest.mark.parametrize("missing", ["facts", "result", "remedy", "contact"])
def test_an_answer_needs_its_elements(records: Records, office: Office, missing: str) -> None:
    case = record_one(records)
    one = person(office, Role.DEPARTMENT, "CGJ")
    handle.sign(records, office, case.ticket_id, one, 1, after(1))
    with pytest.raises(Rejected) as caught:
        handle.answer(
            records,
            office,
            case.ticket_id,
            one,
            version(records, case.ticket_id),
            replace(PARTS, **{missing: " "}),
            after(2),
        )
    assert (caught.value.reason, caught.value.field) == ("empty", missing)
    assert ticket(records, case.ticket_id).state == TicketState.HANDLING


def test_nothing_happens_out_of_turn(records: Records, office: Office) -> None:
    case = record_one(records)
    one = person(office, Role.DEPARTMENT, "CGJ")
    with pytest.raises(Conflict, match="state"):
        handle.close(records, office, case.ticket_id, one, 1, after(1))
    with pytest.raises(Conflict, match="state"):
        handle.answer(records, office, case.ticket_id, one, 1, PARTS, after(1))
    handle.sign(records, office, case.ticket_id, one, 1, after(1))
    with pytest.raises(Conflict, match="changed"):
        handle.sign(records, office, case.ticket_id, one, 1, after(2))
    with pytest.raises(Conflict, match="state"):
        handle.sign(
            records, office, case.ticket_id, one, version(records, case.ticket_id), after(2)
        )
    with records.read() as work:
        events = select(func.count()).select_from(AuditEventRow)
        assert work.session.scalar(events) == 3


def test_a_ticket_of_another_department_does_not_exist(records: Records, office: Office) -> None:
    case = record_one(records)
    for stranger in ("JTJ", "WHQ", "WHQ01"):
        with pytest.raises(NotFound):
            handle.sign(
                records,
                office,
                case.ticket_id,
                person(office, Role.DEPARTMENT, stranger),
                1,
                after(1),
            )
    with pytest.raises(NotFound):
        handle.sign(records, office, uuid7(), person(office, Role.DEPARTMENT, "CGJ"), 1, after(1))


@pytest.mark.parametrize("role", [Role.SCREENER, Role.LEADER, Role.ADMINISTRATOR])
def test_only_departments_handle(records: Records, office: Office, role: Role) -> None:
    case = record_one(records)
    with pytest.raises(NotAllowed):
        handle.sign(records, office, case.ticket_id, person(office, role, "CGJ"), 1, after(1))


def test_screening_assigns_and_stops_the_dispatch_clock(records: Records, office: Office) -> None:
    case = record_one(records, new_case(lead=""))
    screener = person(office, Role.SCREENER)
    decision = ScreeningDecision("CGJ", "投诉", "normal", TOPIC)
    screen.assign(records, office, case.ticket_id, screener, decision, 1, after(30))
    row = ticket(records, case.ticket_id)
    assert (row.state, row.lead_department) == (TicketState.ASSIGNED, "CGJ")
    assert row.assigned_by == screener.username
    assert clock(row, ClockName.DISPATCH) == after(30)


def test_a_corrected_urgency_starts_other_clocks_from_the_submission(
    records: Records, office: Office
) -> None:
    case = record_one(records, new_case(lead=""))
    screener = person(office, Role.SCREENER)
    decision = ScreeningDecision("YJJ", "求助", "urgent", TOPIC)
    screen.assign(records, office, case.ticket_id, screener, decision, 1, after(5))
    row = ticket(records, case.ticket_id)
    due = {each.name: each.due_at for each in row.clocks}
    assert due[ClockName.REPLY] == RECEIVED + timedelta(hours=24)
    assert due[ClockName.REPORT] == RECEIVED + timedelta(hours=2)
    assert row.urgency_stated
    assert row.next_due_at == RECEIVED + timedelta(minutes=30)


def test_a_correction_back_voids_the_clock_that_no_longer_applies(
    records: Records, office: Office
) -> None:
    case = record_one(records, new_case(lead="", judged=judgement(urgency="urgent")))
    screener = person(office, Role.SCREENER)
    decision = ScreeningDecision("CGJ", "投诉", "normal", TOPIC)
    screen.assign(records, office, case.ticket_id, screener, decision, 1, after(5))
    row = ticket(records, case.ticket_id)
    assert [each.voided for each in row.clocks if each.name == ClockName.REPORT] == [True]
    assert not any(each.voided for each in row.clocks if each.name != ClockName.REPORT)


def test_a_report_is_never_given_to_whom_it_accuses(records: Records, office: Office) -> None:
    case = record_one(records, new_case(lead="", kind="举报"))
    screener = person(office, Role.SCREENER)
    for department in ("WHQ", "WHQ01"):
        decision = ScreeningDecision(department, "举报", "normal", TOPIC, accused=("WHQ",))
        with pytest.raises(Rejected) as caught:
            screen.assign(records, office, case.ticket_id, screener, decision, 1, after(5))
        assert caught.value.reason == "accused"
    decision = ScreeningDecision("JWJ", "举报", "normal", TOPIC, accused=("WHQ",))
    screen.assign(records, office, case.ticket_id, screener, decision, 1, after(5))
    row = ticket(records, case.ticket_id)
    assert [accusation.department for accusation in row.accusations] == ["WHQ"]
    assert not row.unscreened_report
    with pytest.raises(Rejected):
        screen.reassign(
            records, office, case.ticket_id, screener, "WHQ01", "属地", row.version, after(6)
        )


def test_the_accused_cannot_act_even_if_they_lead(records: Records, office: Office) -> None:
    """Should a ticket ever stand with an accused unit, it does not exist for them."""
    case = record_one(records, new_case(lead="", kind="举报"))
    screener = person(office, Role.SCREENER)
    decision = ScreeningDecision("JWJ", "举报", "normal", TOPIC, accused=("WHQ",))
    screen.assign(records, office, case.ticket_id, screener, decision, 1, after(5))
    with records.write() as work:
        work.session.get_one(TicketRow, case.ticket_id).lead_department = "WHQ01"
        work.commit()
    one = person(office, Role.DEPARTMENT, "WHQ01")
    with pytest.raises(NotFound):
        handle.sign(
            records, office, case.ticket_id, one, version(records, case.ticket_id), after(6)
        )


def test_reassigning_keeps_the_clocks_running_from_the_submission(
    records: Records, office: Office
) -> None:
    case = record_one(records)
    before = {each.name: each.due_at for each in ticket(records, case.ticket_id).clocks}
    screener = person(office, Role.SCREENER)
    screen.reassign(records, office, case.ticket_id, screener, "JTJ", "公路归交通", 1, after(9))
    row = ticket(records, case.ticket_id)
    assert row.lead_department == "JTJ"
    assert {each.name: each.due_at for each in row.clocks} == before
    with pytest.raises(Conflict, match="same_department"):
        screen.reassign(
            records, office, case.ticket_id, screener, "JTJ", "再试", row.version, after(9)
        )
    with pytest.raises(Rejected):
        screen.reassign(
            records, office, case.ticket_id, screener, "CGJ", " ", row.version, after(9)
        )


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (ScreeningDecision("NONE", "投诉", "normal"), "department"),
        (ScreeningDecision("CGJ", "别的", "normal"), "kind"),
        (ScreeningDecision("CGJ", "投诉", "soon"), "urgency"),
        (ScreeningDecision("CGJ", "举报", "normal", accused=("NONE",)), "accused"),
    ],
)
def test_what_does_not_exist_is_refused(
    records: Records, office: Office, decision: ScreeningDecision, field: str
) -> None:
    case = record_one(records, new_case(draft(), lead=""))
    with pytest.raises(Rejected) as caught:
        screen.assign(
            records, office, case.ticket_id, person(office, Role.SCREENER), decision, 1, after(1)
        )
    assert (caught.value.reason, caught.value.field) == ("unknown", field)
