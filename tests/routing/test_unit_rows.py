"""Which unit people gave tickets to: the rows the model of units learns from."""

from __future__ import annotations

from datetime import datetime

from casework.departments import DISTRICT_GOVERNMENTS, Department
from casework.events import PROGRAM
from casework.office import Office
from casework.requests import RequestKind
from casework.storage import department_changes
from casework.storage.corrections import UNIT
from casework.storage.labelled_rows import (
    correction_counts,
    corrections_since,
    judged_counts,
    labelled_rows,
    said_and_held,
)
from casework.storage.office import load_departments
from casework.storage.records import Records
from routing import screen
from routing.screen import ScreeningDecision
from routing.undo import undo
from tests.builders import RECEIVED, draft, new_case, record_one
from tests.routing.desks import Desk, after

SUGGESTED = "CGJ"


def waiting(records: Records, office: Office, number: int, **changes: str) -> Desk:
    """A ticket at the screening desk, for which the program suggests CGJ."""
    of = draft(subject="", body=f"第{number}号路灯不亮，请来人看看")
    return Desk(records, office, record_one(records, new_case(of=of, lead="", **changes)).ticket_id)


def give(desk: Desk, unit: str, at: datetime, **changes: tuple[str, ...] | str) -> None:
    kind = str(changes.pop("kind", "投诉"))
    decision = ScreeningDecision(unit, kind, "normal", **changes)  # type: ignore[arg-type]
    screen.assign(
        desk.records, desk.office, desk.id, desk.screener, decision, desk.row().version, at
    )


def move(desk: Desk, unit: str, reason: str, at: datetime) -> None:
    screen.reassign(
        desk.records, desk.office, desk.id, desk.screener, unit, reason, desk.row().version, at
    )


def rows_of(records: Records) -> list[tuple[str, bool]]:
    with records.read() as work:
        return sorted((row.label, row.corrected) for row in labelled_rows(work, UNIT))


def test_what_people_dispatch_and_move_is_labelled(records: Records, office: Office) -> None:
    record_one(records)  # the program assigned it, and nobody looked
    confirmed, against, moved, returned, back = (waiting(records, office, n) for n in range(5))
    for desk in (confirmed, moved, returned):
        give(desk, SUGGESTED, after(1))
    give(against, "JTJ", after(2))
    move(moved, "SLJ", "是水利的事", after(4))
    returned.ask_return(after(3), "NYJ")
    returned.decide(RequestKind.RETURN, True, after(5))
    give(back, "JTJ", after(6))
    move(back, SUGGESTED, "还是城管", after(7))
    given = [(SUGGESTED, False), (SUGGESTED, False), ("JTJ", True), ("NYJ", True), ("SLJ", True)]
    assert rows_of(records) == given
    with records.read() as work:
        moves = {(SUGGESTED, unit): 1 for unit in ("JTJ", "NYJ", "SLJ")}
        assert correction_counts(work)[UNIT] == moves
        assert said_and_held(work, UNIT)[SUGGESTED, SUGGESTED] == 2
        assert corrections_since(work, UNIT, None) == 3
        assert corrections_since(work, UNIT, after(3)) == 2
        assert corrections_since(work, UNIT, after(60)) == 0
        assert judged_counts(work, UNIT, RECEIVED, after(1)) == {SUGGESTED: 6}
        assert judged_counts(work, UNIT, after(1), after(2)) == {}
        text = labelled_rows(work, UNIT)[0].text
    assert text == "第4号路灯不亮，请来人看看"


def test_what_was_undone_is_no_row(records: Records, office: Office) -> None:
    desk = waiting(records, office, 1)
    give(desk, "JTJ", after(1))
    undo(records, office, desk.id, desk.screener, after(2))
    assert rows_of(records) == []


def test_a_report_that_accuses_a_unit_is_no_row(records: Records, office: Office) -> None:
    """It goes to who can look into the unit, not to who answers such matters."""
    give(waiting(records, office, 1), "JTJ", after(1), kind="举报", accused=(SUGGESTED,))
    give(waiting(records, office, 2), "SCJ", after(1), kind="举报")
    assert rows_of(records) == [("SCJ", True)]


def test_a_closed_unit_counts_for_its_heir(records: Records, office: Office) -> None:
    for number, unit in enumerate((SUGGESTED, "SLJ", "LYJ")):
        give(waiting(records, office, number), unit, after(1))
    with records.write() as work:
        department_changes.close_department(work, "SLJ", "NYJ", "guan", after(2))
        department_changes.close_department(work, SUGGESTED, "ZJJ", "guan", after(2))
        department_changes.close_department(work, "LYJ", "CITY", "guan", after(2))
        work.commit()
    # The city itself answers nothing: what passed to it is left out.
    assert rows_of(records) == [("NYJ", True), ("ZJJ", False)]
    with records.read() as work:
        assert correction_counts(work)[UNIT] == {("ZJJ", "NYJ"): 1}
        assert judged_counts(work, UNIT, RECEIVED, after(1)) == {"ZJJ": 3}


def test_districts_and_streets_are_one_label(records: Records, office: Office) -> None:
    """Which of them it is the place says, not the words of the matter."""
    with records.write() as work:
        for code, level, parent in (("D1", "district", "CITY"), ("S1", "street", "D1")):
            new = Department(code, f"第{code}号", level, parent)
            department_changes.add_department(work, new, "guan", after(0))
        work.commit()
    with records.read() as work:
        tree = load_departments(work)
    changed = Office(office.zone, tree, office.policy, office.calendar, office.leads)
    for number, code in enumerate(("D1", "S1")):
        give(waiting(records, changed, number), code, after(1))
    assert rows_of(records) == [(DISTRICT_GOVERNMENTS, True)] * 2
    assert tree.dispatched_as("S1") == DISTRICT_GOVERNMENTS
    assert tree.dispatched_as("CITY") == tree.dispatched_as("no such") == ""
    assert tree.dispatched_as(SUGGESTED) == SUGGESTED


def test_deleted_messages_teach_nothing(records: Records, office: Office) -> None:
    desk = waiting(records, office, 1)
    give(desk, "JTJ", after(1))
    with records.write() as work:
        row = work.session.get_one(type(desk.row()), desk.id)
        assert row.assigned_by not in ("", PROGRAM)
        row.message.deleted_at = after(2)
        work.commit()
    assert rows_of(records) == []
