"""会办: other units contribute to a ticket, the one that leads answers; who sees what, and by when."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from casework.contributions import ContributionState
from casework.errors import Conflict, MinshengError, NotAllowed, NotFound, Rejected
from casework.events import EventName
from casework.model import ClockName
from casework.office import Office
from casework.permissions import Action, Person, Role, covers, scope_of
from casework.requests import RequestKind
from casework.storage import audit, department_changes, people
from casework.storage.contribution_sweep import sweep_contributions
from casework.storage.people import person_named
from casework.storage.records import Records
from casework.storage.recusals import keep_from
from casework.storage.scopes import facts_of, tickets_in
from casework.storage.tables import (
    AccusationRow,
    AuditEventRow,
    AuditTextRow,
    ContributionRow,
    OutboxRow,
    StaffNoticeRow,
    TicketRow,
)
from casework.storage.trend_documents import read_documents
from casework.taxonomy import REPORT
from monitor.index.conditions import OneOf, scope_conditions
from routing import co_handle, handle, screen
from routing.ask import ask_return
from routing.recuse import Named, recuse
from routing.reopen import reopen
from routing.resume import resume
from tests.builders import RECEIVED, new_case, record_one
from tests.routing.desks import Desk, after, person

PASSWORD = "correct horse battery"
WORDS = "我局核查，四盏路灯的电缆是修路时挖断的，12月前恢复。"
ACTIONS = (Action.READ_TICKET, Action.READ_CONTACT, Action.HANDLE, Action.APPROVE, Action.SCREEN)


@pytest.fixture
def desk(records: Records, office: Office) -> Desk:
    """A complaint of Friday 20 November 15:00, its reply due on 27 November 24:00, signed for."""
    desk = Desk(records, office, record_one(records).ticket_id)
    desk.sign(after(1))
    return desk


def unit(desk: Desk, code: str = "JTJ", role: Role = Role.DEPARTMENT) -> Person:
    return person(desk.office, role, code)


def ask(
    desk: Desk,
    code: str = "JTJ",
    due: datetime | None = None,
    minutes: float = 2,
    who: Person | None = None,
) -> ContributionRow:
    co_handle.ask_contribution(desk.where(who), code, "谁挖断的电缆？", due, after(minutes))
    return desk.row().contributions[-1]


def end(
    desk: Desk, act: Callable[..., None], row: ContributionRow, who: Person, minutes: float = 5
) -> None:
    act(desk.records, desk.office, row.id, who, WORDS, after(minutes))


def state(desk: Desk, row: ContributionRow) -> str:
    return next(one.state for one in desk.row().contributions if one.id == row.id)


def sees(desk: Desk, who: Person, action: Action = Action.READ_TICKET) -> bool:
    """By the plain rule, the where clause and the index's conditions; all agree."""
    scope = scope_of(who, action)
    with desk.records.read() as work:
        ticket = work.session.get_one(TicketRow, desk.id)
        listed = work.session.scalars(
            select(TicketRow.id).where(*tickets_in(scope, desk.office.departments))
        ).all()
        covered = covers(scope, facts_of(ticket, desk.office.departments))
        (document,) = read_documents(work, [ticket.message_id])
    either = [one for one in scope_conditions(scope) if isinstance(one, OneOf)]
    for one in either:
        values = {
            "department_above": document.department_above,
            "asked_above": document.asked_above,
        }
        hidden = bool(scope.not_accused & document.accused) or document.unscreened_report
        found = any(is_.value in values[is_.field] for is_ in one.conditions)
        assert (found and not hidden) == covered
    assert (desk.id in listed) == covered
    return covered


def told(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.records.read() as work:
        rows = work.session.execute(
            select(StaffNoticeRow.step, StaffNoticeRow.audience, StaffNoticeRow.department)
            .where(StaffNoticeRow.ticket_id == desk.id, StaffNoticeRow.clock == "co_handle")
            .order_by(StaffNoticeRow.id)
        )
        return [(step, audience, department or "") for step, audience, department in rows]


def test_who_was_asked_sees_it_contributes_and_does_nothing_else(desk: Desk) -> None:
    asked = unit(desk)
    assert not sees(desk, asked)
    row = ask(desk)
    assert sees(desk, asked)
    assert sees(desk, unit(desk, "JTJ", Role.HEAD))
    assert not any(sees(desk, asked, action) for action in ACTIONS[1:])
    assert not sees(desk, unit(desk, "SJJ"))
    for act in (handle.answer, handle.contact, handle.close):
        given = {
            handle.answer: (handle.ReplyParts("一", "", "二", "三", "四"),),
            handle.contact: ("好",),
        }
        with pytest.raises(NotFound):
            desk.do(act, *given.get(act, ()), after(3), who=asked)
    with pytest.raises(NotFound):
        ask_return(desk.where(asked), "不归我们", "三定", "", after(3))
    with pytest.raises(NotFound):
        ask(desk, "SJJ", who=asked)
    with pytest.raises(NotFound):
        end(desk, co_handle.withdraw, row, asked)
    with pytest.raises(NotFound):
        end(desk, co_handle.contribute, row, unit(desk, "SJJ"))
    end(desk, co_handle.contribute, row, asked)
    assert state(desk, row) == ContributionState.GIVEN
    assert sees(desk, asked)
    with pytest.raises(Conflict, match="co_ended"):
        end(desk, co_handle.contribute, row, asked)
    desk.answer(after(10))
    assert [reply.department for reply in desk.row().replies] == ["CGJ"]
    assert told(desk) == [("co_asked", "unit", "JTJ"), ("co_given", "unit", "CGJ")]
    assert desk.events()[-3:] == ["contribution_asked", "contributed", "answered"]
    with desk.records.read() as work:
        assert list(audit.verify(work)) == []


def test_every_act_reaches_the_index(desk: Desk) -> None:
    def documents() -> tuple[frozenset[str], int]:
        with desk.records.read() as work:
            (document,) = read_documents(work, [desk.row().message_id])
            waiting = work.session.scalars(select(OutboxRow.message_id)).all()
        assert desk.row().message_id in waiting
        return document.asked_above, document.version

    before = documents()
    row = ask(desk)
    asked = documents()
    assert (asked[0], asked[1] > before[1]) == ({"JTJ", "CITY"}, True)
    end(desk, co_handle.decline, row, unit(desk))
    assert documents()[0] == frozenset()


def test_the_day_is_that_of_the_policy_and_never_after_the_reply(desk: Desk) -> None:
    # Three working days from Friday 20 November 15:02: the 25th, 24:00; the reply is due on the 27th.
    assert ask(desk).due_at.astimezone(desk.office.zone).date() == date(2026, 11, 25)
    reply = desk.clock().due_at
    assert ask(desk, "WJW", reply, 3).due_at == reply
    for wrong in (reply + timedelta(seconds=1), after(3), after(-60)):
        with pytest.raises(Rejected, match="co_due"):
            ask(desk, "GAJ", wrong, 3)
    # Two days before the reply the policy's three are too long.
    assert ask(desk, "GAJ", None, 60 * 24 * 6).due_at == reply


def test_who_is_asked_when_the_reply_is_late_has_a_time_of_their_own(desk: Desk) -> None:
    """The lead's lateness is not theirs: three working days from Sunday 29 November, to Wednesday."""
    minutes = 60 * 24 * 9
    late = ask(desk, "JYJ", None, minutes)
    assert desk.clock().due_at < after(minutes)
    assert late.due_at.astimezone(desk.office.zone).date() == date(2026, 12, 2)
    with pytest.raises(Rejected, match="co_due"):
        ask(desk, "GAJ", late.due_at + timedelta(seconds=1), minutes)
    ask(desk, "GAJ", None, minutes + 1)  # another act does not draw the day back
    assert desk.row().contributions[0].due_at == late.due_at
    assert sweep_contributions(desk.records, desk.office, after(minutes + 2)) == 0


def test_a_day_moves_back_with_the_reply(desk: Desk) -> None:
    """A pause that ends early brings the reply's day back, and with it what was asked for meanwhile."""
    desk.ask_suspension(after(2), amount=5)
    desk.decide(RequestKind.SUSPEND, True, after(3))
    row = ask(desk, due=desk.clock().due_at, minutes=4)
    desk.do(resume, "", after(5))
    now = next(one for one in desk.row().contributions if one.id == row.id)
    assert now.due_at == desk.clock().due_at < row.due_at


def test_an_accused_unit_and_what_lies_below_it_are_never_asked(
    records: Records, office: Office
) -> None:
    case = record_one(records, new_case(lead="", kind=REPORT))
    desk = Desk(records, office, case.ticket_id)
    district = next(d for d in office.departments if d.level == "district")
    street = next(d for d in office.departments if d.parent == district.code)
    decision = screen.ScreeningDecision("CGJ", REPORT, "normal", accused=(district.code,))
    screen.assign(records, office, desk.id, desk.screener, decision, desk.row().version, after(1))
    for code in (district.code, street.code):
        with pytest.raises(Rejected, match="accused"):
            ask(desk, code)
        with pytest.raises(Rejected, match="accused"):
            ask(desk, code, who=desk.screener)
    row = ask(desk)
    assert sees(desk, unit(desk))
    with records.write() as work:  # found out afterwards
        work.session.add(
            AccusationRow(ticket_id=desk.id, department="JTJ", named_by="x", named_at=after(3))
        )
        work.commit()
    assert not sees(desk, unit(desk))
    with pytest.raises(NotFound):
        end(desk, co_handle.contribute, row, unit(desk))


def test_an_heir_that_becomes_accused_is_no_longer_waited_for(desk: Desk) -> None:
    row = ask(desk)
    with desk.records.write() as work:
        work.session.add(
            AccusationRow(ticket_id=desk.id, department="SJJ", named_by="x", named_at=after(3))
        )
        work.commit()
    with desk.records.write() as work:
        department_changes.close_department(work, "SJJ", "JTJ", "guan", after(4))
        work.commit()
    assert state(desk, row) == ContributionState.NEEDLESS
    assert not sees(desk, unit(desk))


def test_a_recused_person_neither_sees_nor_contributes(desk: Desk) -> None:
    with desk.records.write() as work:
        for name in ("jia", "yi"):
            people.add_user(work, name, name, [Role.DEPARTMENT], "JTJ", PASSWORD, RECEIVED)
        work.commit()

    def who(name: str) -> Person:
        with desk.records.read() as work:
            return person_named(work, desk.office.departments, name)

    row = ask(desk)
    desk.do(recuse, Named("jia", "近亲属"), after(3), who=desk.screener)
    assert not sees(desk, who("jia"))
    with pytest.raises(NotFound):
        end(desk, co_handle.contribute, row, who("jia"))
    assert sees(desk, who("yi"))
    end(desk, co_handle.withdraw, row, desk.screener)
    with desk.records.write() as work:
        keep_from(work, work.session.get_one(TicketRow, desk.id), who("yi"), "也是", "x", after(6))
        work.commit()
    with pytest.raises(Rejected, match="all_recused"):
        ask(desk, minutes=7)


def test_who_declined_or_was_let_off_sees_it_no_longer(desk: Desk) -> None:
    declined, withdrawn = ask(desk), ask(desk, "SJJ", minutes=3)
    end(desk, co_handle.decline, declined, unit(desk))
    end(desk, co_handle.withdraw, withdrawn, desk.screener)
    assert (state(desk, declined), state(desk, withdrawn)) == ("declined", "withdrawn")
    assert not sees(desk, unit(desk))
    assert not sees(desk, unit(desk, "SJJ"))
    assert ask(desk, minutes=9).state == ContributionState.OPEN  # it may be asked again
    assert ("co_declined", "unit", "CGJ") in told(desk)


def test_an_answer_and_another_lead_end_what_is_waited_for(desk: Desk) -> None:
    stays, goes = ask(desk, "SJJ"), ask(desk, minutes=3)
    version = desk.row().version
    screen.reassign(
        desk.records, desk.office, desk.id, desk.screener, "JTJ", "归交通", version, after(4)
    )
    assert (state(desk, goes), state(desk, stays)) == ("needless", "open")
    desk.unit = unit(desk)
    desk.sign(after(5))
    desk.answer(after(6))
    assert state(desk, stays) == ContributionState.NEEDLESS
    with pytest.raises(NotFound):
        end(desk, co_handle.contribute, stays, unit(desk, "SJJ"))
    desk.do(reopen, "没有办好", after(7), who=desk.screener)
    assert state(desk, stays) == ContributionState.NEEDLESS


@pytest.mark.parametrize(
    ("code", "reason"), [("CGJ", "same_department"), ("CITY", "unknown"), ("X", "unknown")]
)
def test_whom_nobody_can_ask(desk: Desk, code: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        ask(desk, code)


@pytest.mark.parametrize("words", ["", " \n", "字" * 5001])
def test_words_are_needed_everywhere(desk: Desk, words: str) -> None:
    with pytest.raises(Rejected):
        co_handle.ask_contribution(desk.where(), "JTJ", words, None, after(2))
    row = ask(desk)
    who = {co_handle.withdraw: desk.unit}
    for act in (co_handle.contribute, co_handle.decline, co_handle.withdraw):
        with pytest.raises(Rejected):
            act(desk.records, desk.office, row.id, who.get(act, unit(desk)), words, after(3))
    assert state(desk, row) == ContributionState.OPEN


def test_only_the_lead_and_the_centre_ask(desk: Desk) -> None:
    for role in (Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            ask(desk, who=person(desk.office, role))
    ask(desk, who=desk.screener)
    with pytest.raises(Conflict, match="co_asked"):
        ask(desk, minutes=3)


def test_it_is_warned_of_and_over_once_however_often_it_is_swept(desk: Desk) -> None:
    row = ask(desk)  # until the 25th
    assert sweep_contributions(desk.records, desk.office, after(60)) == 0
    for _ in range(3):
        sweep_contributions(desk.records, desk.office, row.due_at - timedelta(hours=6))
    for _ in range(3):
        sweep_contributions(desk.records, desk.office, row.due_at + timedelta(seconds=1))
    assert told(desk) == [
        ("co_asked", "unit", "JTJ"),
        ("last", "unit", "JTJ"),
        ("last", "head", "JTJ"),
        ("over", "unit", "JTJ"),
        ("over", "head", "JTJ"),
        ("over", "centre", ""),
        ("over", "unit", "CGJ"),
    ]
    assert desk.row().supervision == 0
    assert desk.events()[-2:] == ["clock_warned", "clock_over"]
    end(
        desk, co_handle.contribute, row, unit(desk), minutes=60 * 24 * 6
    )  # late is better than never
    assert state(desk, row) == ContributionState.GIVEN
    with desk.records.read() as work:
        assert list(audit.verify(work)) == []


def test_what_a_downtime_missed_is_written_down_and_the_last_told(desk: Desk) -> None:
    ask(desk)
    sweep_contributions(desk.records, desk.office, after(60 * 24 * 30))
    assert [step for step, _, _ in told(desk)] == ["co_asked", "over", "over", "over", "over"]
    assert desk.events()[-2:] == ["clock_warned", "clock_over"]


def test_the_trail_holds_a_digest_of_what_was_given(desk: Desk) -> None:
    row = ask(desk)
    end(desk, co_handle.contribute, row, unit(desk))
    with desk.records.read() as work:
        text = work.session.scalars(
            select(AuditTextRow.text)
            .join(
                AuditEventRow,
                (AuditEventRow.chain == AuditTextRow.chain)
                & (AuditEventRow.sequence == AuditTextRow.sequence),
            )
            .where(AuditEventRow.name == EventName.CONTRIBUTED)
        ).one()
    said = json.loads(text)
    assert said["contribution"] == str(row.id)
    assert WORDS not in text
    assert len(said["digest"]) == 64


def test_two_at_once_are_one_after_the_other(desk: Desk) -> None:
    """Both ask the same unit, then contribute and withdraw: one is done, the other is told."""
    version = desk.row().version

    def asking(who: Person) -> str:
        where = desk.where(who)
        try:
            co_handle.ask_contribution(where, "JTJ", "谁挖断的？", None, after(2))
        except MinshengError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        came = sorted(pool.map(asking, (desk.unit, desk.screener)))
    assert came[-1] == "done"
    assert came[0] in ("changed", "co_asked")
    (row,) = desk.row().contributions
    assert desk.row().version > version

    def ending(act: Callable[..., None]) -> str:
        who = unit(desk) if act is co_handle.contribute else desk.unit
        try:
            end(desk, act, row, who)
        except MinshengError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(2) as pool:
        came = sorted(pool.map(ending, (co_handle.contribute, co_handle.withdraw)))
    assert "done" in came
    assert set(came) - {"done"} <= {"Conflict", "NotFound"}
    assert came.count("done") == 1
    with desk.records.read() as work:
        assert list(audit.verify(work)) == []


def test_the_default_clock_is_none_of_the_ticket(desk: Desk) -> None:
    assert all(clock.name != ClockName.CO_HANDLE for clock in desk.row().clocks)


def test_an_heir_that_comes_to_lead_is_no_longer_waited_for(desk: Desk) -> None:
    """The unit that leads is merged into the one it asked."""
    row = ask(desk)
    with desk.records.write() as work:
        department_changes.close_department(work, "CGJ", "JTJ", "guan", after(4))
        work.commit()
    assert state(desk, row) == ContributionState.NEEDLESS
    assert desk.row().lead_department == "JTJ"
