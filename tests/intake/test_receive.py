"""Receiving a message, on real records, with the shipped classifier and catalogue."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import func, select

from casework.errors import Rejected
from casework.judgement import Judgement
from casework.model import ClockName, Contact, IntakeMode, Receipt, TicketState
from casework.storage import audit, outbox
from casework.storage.alerts import all_alerts
from casework.storage.records import Records
from casework.storage.tables import ClockRow, MessageRow, ReplyRow, TicketRow
from casework.taxonomy import KINDS, URGENT
from classifier.urgency import BY_MODEL
from intake.check import MAX_BODY
from intake.receive import Duplicate, Intake, preview, receive, receive_many
from tests.builders import RECEIVED, draft

NOW = RECEIVED + timedelta(seconds=1)


def count(records: Records, table: Any) -> int:
    with records.read() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def ticket(records: Records, number: str) -> TicketRow:
    with records.read() as work:
        found = work.session.scalars(select(TicketRow).where(TicketRow.number == number)).one()
        _ = found.clocks, found.message, found.replies, found.accusations
        return found


def clocks(row: TicketRow) -> dict[str, ClockRow]:
    return {clock.name: clock for clock in row.clocks}


def test_a_message_becomes_a_ticket_with_everything_in_one_transaction(intake: Intake) -> None:
    receipt = receive(intake, draft(kind_stated="投诉"), NOW)
    row = ticket(intake.records, receipt.number)
    assert row.state == TicketState.ASSIGNED
    assert row.assigned_by == "program"
    assert row.lead_department == receipt.department == "CGJ"
    assert len(receipt.code) == 16
    assert not receipt.repeated
    by_name = clocks(row)
    assert by_name[ClockName.DISPATCH].stopped_at == NOW
    assert by_name[ClockName.REPLY].due_at == receipt.due_at
    assert by_name[ClockName.REPLY].started_at == RECEIVED
    with intake.records.read() as work:
        assert outbox.backlog(work).rows == 1
        assert list(audit.verify(work)) == []
        assert audit.count(work) == (1, 3)


def test_the_preview_promises_what_the_receipt_promises(intake: Intake) -> None:
    of = draft(kind_stated="投诉", body="电话13800001234，松涛路路灯坏了四盏，请维修。")
    shown = preview(intake, of, NOW)
    assert count(intake.records, MessageRow) == 0
    receipt = receive(intake, of, NOW)
    assert (shown.kind, shown.department, shown.due_at) == (
        receipt.kind,
        receipt.department,
        receipt.due_at,
    )
    assert "138****1234" in shown.shown_body


def test_the_record_keeps_the_original_and_shows_the_masked_text(intake: Intake) -> None:
    receipt = receive(intake, draft(body="请打13800001234，路灯坏了。"), NOW)
    message = ticket(intake.records, receipt.number).message
    assert message.body == "请打13800001234，路灯坏了。"
    assert message.shown_body == "请打138****1234，路灯坏了。"


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"body": ""}, "body", "empty"),
        ({"body": " \n　"}, "body", "empty"),
        ({"body": "字" * (MAX_BODY + 1)}, "body", "too_long"),
        ({"body": "字" * 100_000}, "body", "too_long"),
        ({"body": "路灯\0坏了"}, "body", "characters"),
        ({"body": "路灯\udcff坏了"}, "body", "characters"),
        ({"subject": "长" * 201}, "subject", "too_long"),
        ({"channel": "fax"}, "channel", "channel"),
        ({"kind_stated": "其他"}, "kind", "kind"),
        ({"received_at": NOW + timedelta(hours=2)}, "received_at", "future"),
        ({"received_at": datetime(2026, 11, 20)}, "received_at", "time"),
        ({"reply": "已修好"}, "replied_at", "reply_without_time"),
        ({"contact": Contact(phone="\0")}, "contact_phone", "characters"),
    ],
)
def test_what_cannot_be_accepted_says_why_and_leaves_nothing(
    intake: Intake, changes: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(Rejected) as caught:
        receive(intake, draft(**changes), NOW)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert count(intake.records, MessageRow) == 0


def test_a_form_sent_again_gives_the_first_number_and_no_code(intake: Intake) -> None:
    first = receive(intake, draft(form_token="t" * 32), NOW)
    again = receive(intake, draft(form_token="t" * 32, body="改了字"), NOW)
    assert again.repeated
    assert (again.number, again.code) == (first.number, "")
    assert (again.due_at, again.department) == (first.due_at, first.department)
    assert count(intake.records, MessageRow) == 1


def test_the_same_form_sent_by_many_at_once_is_one_message(intake: Intake) -> None:
    with ThreadPoolExecutor(6) as pool:
        receipts = list(
            pool.map(lambda _: receive(intake, draft(form_token="x" * 32), NOW), range(12))
        )
    assert len({receipt.number for receipt in receipts}) == 1
    assert sum(not receipt.repeated for receipt in receipts) == 1
    assert count(intake.records, MessageRow) == 1


def test_with_a_reference_only_the_reference_decides(intake: Intake) -> None:
    outcomes = receive_many(
        intake,
        [
            draft(source="board", source_ref="1", sender="a"),
            draft(source="board", source_ref="2", sender="a"),  # the same words, another number
            draft(source="board", source_ref="1", sender="b", body="别的话"),
            draft(source="other", source_ref="1", sender="a"),
        ],
        NOW,
    )
    assert [isinstance(outcome, Duplicate) for outcome in outcomes] == [False, False, True, False]
    assert count(intake.records, MessageRow) == 3


def test_without_a_reference_the_same_known_sender_within_a_day(intake: Intake) -> None:
    first = receive(intake, draft(sender="13800000001"), NOW)
    soon = draft(sender="13800000001", received_at=RECEIVED + timedelta(hours=23))
    late = draft(sender="13800000001", received_at=RECEIVED + timedelta(hours=25))
    other = draft(sender="13800000002")
    unknown = draft(sender="")
    now = RECEIVED + timedelta(days=2)
    assert receive(intake, soon, now).number == first.number
    numbers = {receive(intake, each, now).number for each in (late, other, unknown)}
    assert len(numbers | {first.number}) == 4
    with intake.records.read() as work:
        repeats = work.session.scalars(select(MessageRow.repeats_id)).all()
    assert [repeat for repeat in repeats if repeat] == [first.message_id] * 3


def test_a_report_waits_for_a_person_and_nobody_else_sees_it(intake: Intake) -> None:
    receipt = receive(
        intake, draft(kind_stated="举报", body="举报市城市管理和综合执法局的人收钱不办事。"), NOW
    )
    row = ticket(intake.records, receipt.number)
    assert row.state == TicketState.SCREENING
    assert row.unscreened_report
    assert row.lead_department is None
    assert row.screening_reason == "report"
    assert clocks(row)[ClockName.DISPATCH].stopped_at is None


def test_an_urgent_message_alerts_in_the_same_transaction(intake: Intake) -> None:
    text = "云锦苑3栋有人被困电梯，里面有老人和孩子，请马上派人救援。"
    receipt = receive(intake, draft(subject="", body=text, kind_stated="求助"), NOW)
    with intake.records.read() as work:
        (alert,) = all_alerts(work)
    assert alert.message_id == receipt.message_id
    started = set(clocks(ticket(intake.records, receipt.number)))
    assert started == set(ClockName) - {ClockName.CALL_BACK, ClockName.CO_HANDLE}


@pytest.mark.parametrize("rule", BY_MODEL)
def test_what_a_model_made_urgent_calls_no_leader(intake: Intake, rule: str) -> None:
    def judge(text: str) -> Judgement:
        return structs.replace(intake.judge(text), urgency=URGENT, urgency_rule=rule)

    receipt = receive(replace(intake, judge=judge), draft(kind_stated="投诉"), NOW)
    assert isinstance(receipt, Receipt)
    with intake.records.read() as work:
        assert all_alerts(work) == ()
        (urgency,) = work.session.scalars(select(TicketRow.urgency))
    assert urgency == URGENT


def test_an_urgent_report_does_not_alert_whom_it_may_accuse(intake: Intake) -> None:
    text = "举报城管局的人打人，现在还有人被困在里面，快救命。"
    receive(intake, draft(subject="", body=text, kind_stated="举报"), NOW)
    with intake.records.read() as work:
        assert all_alerts(work) == ()


def test_history_keeps_its_times_and_its_clocks_stand_still(intake: Intake) -> None:
    old = RECEIVED - timedelta(days=400)
    unanswered, answered = receive_many(
        intake,
        [
            draft(received_at=old, mode=IntakeMode.HISTORY, source_ref="1"),
            draft(
                received_at=old,
                mode=IntakeMode.HISTORY,
                source_ref="2",
                reply="已修好。",
                replied_at=old + timedelta(days=2),
                department_stated="市城管局",
            ),
        ],
        NOW,
    )
    row = ticket(intake.records, unanswered.number)
    assert row.state == TicketState.UNKNOWN
    assert row.opened_at == old
    assert row.next_due_at is None
    assert row.clocks
    assert all(clock.voided for clock in row.clocks)
    row = ticket(intake.records, answered.number)
    assert row.state == TicketState.CLOSED
    assert (row.answered_at, row.closed_at) == (old + timedelta(days=2),) * 2
    assert clocks(row)[ClockName.REPLY].stopped_at == old + timedelta(days=2)
    assert row.lead_department == "CGJ"
    assert row.replies[0].body == "已修好。"
    assert row.code_digest is None
    with intake.records.read() as work:
        assert all_alerts(work) == ()


def test_an_unknown_department_is_kept_by_name(intake: Intake) -> None:
    receipt = receive(
        intake,
        draft(reply="好。", replied_at=NOW, department_stated="市信息办/信息中心(前台)"),
        NOW,
    )
    row = ticket(intake.records, receipt.number)
    assert row.replies[0].department_name == "市信息办/信息中心(前台)"


def test_a_batch_is_all_or_nothing(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the power went off")

    urgent = draft(subject="", body="有人要跳楼，快来人！", source_ref="9", kind_stated="求助")
    with pytest.raises(RuntimeError):
        receive_many(replace(intake, alarm=fail), [draft(source_ref="8"), urgent], NOW)
    for table in (MessageRow, TicketRow, ClockRow, ReplyRow):
        assert count(intake.records, table) == 0


TEXTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("路灯坏了请修。，！？\n\t\0\ud800😀𠀀ａ１"),
    ),
    max_size=200,
)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    subject=TEXTS,
    body=TEXTS,
    name=TEXTS,
    kind=st.sampled_from(["", *KINDS]),
    back=st.integers(0, 10**8),
)
def test_any_message_is_accepted_whole_or_refused_with_a_reason(
    intake: Intake, subject: str, body: str, name: str, kind: str, back: int
) -> None:
    of = draft(
        subject=subject,
        body=body,
        contact=Contact(name=name),
        kind_stated=kind,
        received_at=NOW - timedelta(seconds=back),
        sender="",
    )
    before = count(intake.records, MessageRow)
    (outcome,) = receive_many(intake, [of], NOW)
    if isinstance(outcome, Rejected):
        assert outcome.field in ("subject", "body", "contact_name")
        assert count(intake.records, MessageRow) == before
        return
    assert isinstance(outcome, Receipt)
    row = ticket(intake.records, outcome.number)
    assert row.message.body == body.replace("\r\n", "\n").replace("\r", "\n").strip()
    assert row.message.received_at == of.received_at
    assert row.clocks
    assert row.kind in KINDS
    assert bool(row.lead_department) != (row.state == TicketState.SCREENING)
    assert kind in ("", row.kind)
    assert count(intake.records, MessageRow) == before + 1
