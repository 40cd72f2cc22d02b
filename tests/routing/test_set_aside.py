"""Merging, refusing and undoing, by several people at one moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.errors import Conflict, MinshengError, NotAllowed, NotFound, Rejected
from casework.model import RefusalReason
from casework.office import Office
from casework.permissions import Person, Role
from casework.storage.audit import verify
from casework.storage.cases import RecordedCase
from casework.storage.records import Records
from casework.storage.tables import AuditEventRow, NoticeRow, TicketRow
from routing.screen import ScreeningDecision, assign
from routing.set_aside import Refusal, merge, refuse, take_up
from routing.undo import undo
from tests.builders import draft, new_case, record_one
from tests.casework.test_two_at_once import HANDS, at_once
from tests.conftest import NOW

SCREENER = Person(uuid7(), "s", "s", frozenset({Role.SCREENER}))
REFUSAL = Refusal(RefusalReason.SPAM, "本市热线受理范围的规定")


def waiting(records: Records, body: str = "路灯不亮") -> RecordedCase:
    return record_one(records, new_case(of=draft(body=body), lead=""))


def state(records: Records, case: RecordedCase) -> tuple[str, bool]:
    with records.read() as work:
        row = work.session.get_one(TicketRow, case.ticket_id)
        return row.state, row.merged_into is not None


def told(act: Callable[[], None]) -> str:
    """ "" when it was done, else the reason it was not."""
    try:
        act()
    except Conflict as error:
        return error.reason
    return ""


def test_many_decide_at_once_and_one_wins(records: Records, office: Office) -> None:
    case, other = waiting(records), waiting(records, "别的事")

    def decide(hand: int) -> str:
        if hand % 3 == 0:
            return told(lambda: refuse(records, office, case.ticket_id, SCREENER, REFUSAL, 1, NOW))
        if hand % 3 == 1:
            return told(
                lambda: merge(records, office, case.ticket_id, SCREENER, other.number, 1, NOW)
            )
        decision = ScreeningDecision("CGJ", "投诉", "normal")
        return told(lambda: assign(records, office, case.ticket_id, SCREENER, decision, 1, NOW))

    outcomes = at_once(decide)
    assert outcomes.count("") == 1
    assert set(outcomes) - {""} <= {"changed", "duplicate", "state"}
    with records.read() as work:
        names = work.session.scalars(
            select(AuditEventRow.name).where(AuditEventRow.chain == str(case.ticket_id))
        ).all()
        assert len([n for n in names if n in ("refused", "merged", "assigned")]) == 1
        assert list(verify(work)) == []


def test_two_tickets_never_carry_each_other(records: Records, office: Office) -> None:
    one, two = waiting(records), waiting(records, "路灯又不亮")

    def into_each_other(hand: int) -> str:
        mine, other = (one, two) if hand % 2 else (two, one)
        return told(lambda: merge(records, office, mine.ticket_id, SCREENER, other.number, 1, NOW))

    outcomes = at_once(into_each_other)
    assert outcomes.count("") == 1
    assert len(outcomes) == HANDS
    assert sorted([state(records, one), state(records, two)]) == [
        ("merged", True),
        ("screening", False),
    ]


def test_undone_from_many_hands_once(records: Records, office: Office) -> None:
    case = waiting(records)
    refuse(records, office, case.ticket_id, SCREENER, REFUSAL, 1, NOW)
    outcomes = at_once(lambda _: told(lambda: undo(records, office, case.ticket_id, SCREENER, NOW)))
    assert outcomes.count("") == 1
    assert state(records, case) == ("screening", False)


def test_only_the_person_who_decided_takes_it_back(records: Records, office: Office) -> None:
    case = waiting(records)
    refuse(records, office, case.ticket_id, SCREENER, REFUSAL, 1, NOW)
    other = Person(uuid7(), "other", "other", frozenset({Role.SCREENER}))
    with pytest.raises(Conflict, match="acted_on"):
        undo(records, office, case.ticket_id, other, NOW)


def test_the_citizen_is_told(records: Records, office: Office) -> None:
    case, carrying = waiting(records), waiting(records, "同一件")
    merge(records, office, case.ticket_id, SCREENER, carrying.number, 1, NOW)
    with records.read() as work:
        assert work.session.execute(select(NoticeRow.kind, NoticeRow.text)).all() == [
            ("merged", case.number)
        ]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DEPARTMENT, Role.LEADER])
def test_nobody_else_sets_aside(records: Records, office: Office, role: Role) -> None:
    case = waiting(records)
    person = Person(uuid7(), "p", "p", frozenset({role}), "CGJ")
    acts: list[Callable[[], None]] = [
        lambda: refuse(records, office, case.ticket_id, person, REFUSAL, 1, NOW),
        lambda: merge(records, office, case.ticket_id, person, case.number, 1, NOW),
        lambda: take_up(records, office, case.ticket_id, person, 1, NOW),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_what_is_not_there(records: Records, office: Office) -> None:
    case = waiting(records)
    with pytest.raises(NotFound):
        merge(records, office, case.ticket_id, SCREENER, "2026-1120-99999", 1, NOW)
    with pytest.raises(Rejected, match="same_ticket"):
        merge(records, office, case.ticket_id, SCREENER, case.number, 1, NOW)
    with pytest.raises(Conflict, match="state"):
        take_up(records, office, case.ticket_id, SCREENER, 1, NOW)
    with pytest.raises(MinshengError):
        undo(records, office, case.ticket_id, SCREENER, NOW)
