"""Whatever people do in whatever order: nothing is without an owner, without a clock, or lost."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from casework.contributions import ContributionState
from casework.counting import time_passed
from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.events import EventName
from casework.life import OPEN_STATES, TRANSITIONS, TicketAct, drawn, next_state, possible_acts
from casework.model import ClockName, RefusalReason, TicketState
from casework.office import Office
from casework.permissions import Person, Role
from casework.replay import contributions_after, replayed
from casework.requests import RequestKind
from casework.storage import audit
from casework.storage.clocks import counted, pauses_of, running
from casework.storage.contribution_sweep import sweep_contributions
from casework.storage.contributions import reply_due
from casework.storage.records import Records
from casework.storage.requests import requests_of
from casework.storage.tables import AuditEventRow, AuditTextRow, MessageRow, TicketRow
from routing import co_handle, handle, screen, set_aside
from routing.reopen import reopen
from routing.resume import resume, resume_what_is_over
from routing.set_aside import Refusal
from routing.undo import undo
from tests.builders import RECEIVED, new_case, record_one
from tests.routing.desks import Desk, person

Act = Callable[[Desk, datetime], None]


def _screen(desk: Desk, at: datetime) -> None:
    decision = screen.ScreeningDecision("CGJ", "投诉", "normal")
    screen.assign(
        desk.records, desk.office, desk.id, desk.screener, decision, desk.row().version, at
    )


def _reassign(desk: Desk, at: datetime) -> None:
    unit = "JTJ" if desk.row().lead_department == "CGJ" else "CGJ"
    screen.reassign(
        desk.records, desk.office, desk.id, desk.screener, unit, "改派", desk.row().version, at
    )


def _refuse(desk: Desk, at: datetime) -> None:
    refusal = Refusal(RefusalReason.ELSEWHERE, "管辖规定")
    set_aside.refuse(
        desk.records, desk.office, desk.id, desk.screener, refusal, desk.row().version, at
    )


def _decide(kind: RequestKind, granted: bool) -> Act:
    def act(desk: Desk, at: datetime) -> None:
        with desk.records.read() as work:
            waiting = [one for one in requests_of(work, desk.id) if one.kind is kind]
        if not waiting or waiting[-1].state != "open":
            raise Conflict("decided")
        unit = "JTJ" if desk.row().lead_department == "CGJ" else "CGJ"
        desk.decide(kind, granted, at, department=unit if kind is RequestKind.RETURN else "")

    return act


def _end(act: Callable[..., None], asked_unit: bool) -> Act:
    """Of the newest contribution that is waited for, by the unit asked or by who asked."""

    def done(desk: Desk, at: datetime) -> None:
        waiting = [row for row in desk.row().contributions if row.state == ContributionState.OPEN]
        if not waiting:
            raise Conflict("co_ended")
        row = waiting[-1]
        who = in_unit(desk, row.department or "") if asked_unit else desk.screener
        act(desk.records, desk.office, row.id, who, "有话要说", at)

    return done


ACTS: Mapping[str, Act] = {
    "ask_jtj": lambda d, at: co_handle.ask_contribution(d.where(), "JTJ", "占道情况", None, at),
    "ask_sjj": lambda d, at: co_handle.ask_contribution(
        d.where(d.screener), "SJJ", "水表", at + timedelta(hours=1), at
    ),
    "contribute": _end(co_handle.contribute, True),
    "decline": _end(co_handle.decline, True),
    "withdraw": _end(co_handle.withdraw, False),
    "screen": _screen,
    "reassign": _reassign,
    "refuse": _refuse,
    "take_up": lambda d, at: d.do(set_aside.take_up, at, who=d.screener),
    "undo": lambda d, at: undo(d.records, d.office, d.id, d.screener, at),
    "sign": Desk.sign,
    "contact": lambda d, at: d.do(handle.contact, "约好了", at),
    "answer": Desk.answer,
    "close": lambda d, at: d.do(handle.close, at),
    "reopen": lambda d, at: d.do(reopen, "没有办好", at, who=d.screener),
    "ask_return": lambda d, at: d.ask_return(at, ""),
    "ask_extension": Desk.ask_extension,
    "ask_suspension": Desk.ask_suspension,
    "submit": Desk.submit,
    "resume": lambda d, at: d.do(resume, "", at),
    "by_itself": lambda d, at: _by_itself(d, at),
    **{
        f"{'grant' if granted else 'deny'}_{kind}": _decide(kind, granted)
        for kind in RequestKind
        for granted in (True, False)
    },
}


def _by_itself(desk: Desk, at: datetime) -> None:
    if not resume_what_is_over(desk.records, desk.office, at):
        raise Conflict("state")


def _hold(desk: Desk, now: datetime, words: str) -> None:
    """What must be true of a ticket at any time."""
    row = desk.row()
    state = TicketState(row.state)
    runs = running(row)
    lasting = [pause for pause in row.pauses if pause.ended_at is None]
    if state in OPEN_STATES:
        assert state is TicketState.SCREENING or row.lead_department, "without an owner"
        assert runs, "without a clock"
    else:
        left = {clock.name for clock in runs}
        assert left <= ({ClockName.CALL_BACK} if state is TicketState.ANSWERED else set())
    assert len(lasting) == (state is TicketState.SUSPENDED)
    theirs = [clock for clock in runs if clock.name != ClockName.CALL_BACK]
    next_due = min((clock.due_at for clock in theirs), default=None)
    assert row.next_due_at == (None if lasting else next_due)
    pauses = pauses_of(row.pauses)
    for first, second in zip(pauses, pauses[1:], strict=False):
        assert first.ended_at <= second.started_at
    for clock in runs:
        spent, still = time_passed(clock.started_at, now, pauses)
        assert spent + still == now - clock.started_at
        assert clock.due_at == counted(desk.office, row, clock).due_at
        assert (clock.next_step_at is None) == (state is TicketState.SUSPENDED)
    assert row.message.body == words
    latest = reply_due(row)
    for one in row.contributions:
        waited_for = one.state == ContributionState.OPEN
        assert (one.next_step_at is not None) <= waited_for
        if waited_for:
            assert one.department != row.lead_department
            assert latest is not None, "waited for without a reply clock"
            # Of a reply that is late already who is asked has a time of their own.
            assert one.due_at <= latest or latest <= now, "after the day of the reply"


def _trail(desk: Desk) -> list[tuple[EventName, dict[str, object]]]:
    with desk.records.read() as work:
        rows = work.session.execute(
            select(AuditEventRow.name, AuditTextRow.text)
            .outerjoin(
                AuditTextRow,
                (AuditTextRow.chain == AuditEventRow.chain)
                & (AuditTextRow.sequence == AuditEventRow.sequence),
            )
            .where(AuditEventRow.chain == str(desk.id))
            .order_by(AuditEventRow.sequence)
        ).all()
    return [(EventName(name), json.loads(text or "{}")) for name, text in rows]


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a long story does not grow shorter soon
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.randoms(use_true_random=False))
def test_no_sequence_of_acts_loses_owner_clock_or_message(
    records: Records, office: Office, by_chance: random.Random
) -> None:
    case = record_one(records, new_case(lead=""))
    desk = Desk(records, office, case.ticket_id)
    words, now, answers = desk.row().message.body, RECEIVED, 0
    for _ in range(25):
        now += timedelta(minutes=by_chance.choice((1, 30, 300, 3000)))
        before = desk.row().version
        desk.unit = replace_department(desk)
        try:
            ACTS[by_chance.choice(list(ACTS))](desk, now)
        except (Conflict, Rejected, NotAllowed, NotFound):
            assert desk.row().version == before, "a refused act changes nothing"
            continue
        assert desk.row().version > before
        _hold(desk, now, words)
        assert len(desk.row().replies) >= answers
        answers = len(desk.row().replies)
        sweep_contributions(records, office, now)
        assert replayed(_trail(desk)) == desk.row().state
        stand = {str(one.id): one.state for one in desk.row().contributions}
        assert contributions_after(_trail(desk)) == stand
    with records.read() as work:
        assert list(audit.verify(work)) == []
        tickets = work.session.scalar(select(func.count()).select_from(TicketRow))
        messages = work.session.scalar(select(func.count()).select_from(MessageRow))
    assert tickets == messages


def replace_department(desk: Desk) -> Person:
    """Whoever works in the department that has the ticket."""
    return in_unit(desk, desk.row().lead_department or "CGJ")


def in_unit(desk: Desk, unit: str) -> Person:
    return person(desk.office, Role.DEPARTMENT, unit)


@pytest.mark.parametrize("state", list(TicketState))
def test_an_act_that_is_not_possible_is_refused(state: TicketState) -> None:
    for act in TicketAct:
        if act in possible_acts(state):
            assert next_state(state, act) in TicketState
        else:
            with pytest.raises(Conflict, match="state"):
                next_state(state, act)


def test_every_open_state_has_a_way_to_an_answer_or_a_reason() -> None:
    reached = {TicketState.ANSWERED, TicketState.REFUSED, TicketState.MERGED}
    for _ in TicketState:
        reached |= {
            before
            for moves in TRANSITIONS.values()
            for before, to in moves.items()
            if to in reached
        }
    assert reached >= OPEN_STATES


def test_the_picture_in_the_document_is_the_one_the_code_draws() -> None:
    text = Path("docs/architecture.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{drawn()}\n```" in text
