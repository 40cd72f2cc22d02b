"""The stages of a clock, in Python and in the database, say the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from casework.model import Clock, ClockName, ClockUnit
from casework.office import Office
from casework.permissions import EVERYTHING
from casework.stages import RUNNING_STAGES, Stage, stage_of
from casework.storage.queries.clock_stages import in_stage
from casework.storage.queries.ticket_lines import read_clocks
from casework.storage.queries.tickets import (
    TicketFilter,
    count_stages,
    list_tickets,
)
from casework.storage.records import Records
from casework.storage.tables import ClockRow, TicketRow
from tests.builders import new_case, record_one
from tests.conftest import NOW, ZONE

MOMENTS = [NOW + timedelta(hours=h) for h in (0, 1, 5, 12, 17, 20, 23, 24, 30, 60, 90, 170, 200)]


def a_clock(**changes: object) -> Clock:
    usual = {
        "name": ClockName.REPLY,
        "rule_id": "r",
        "amount": 5,
        "unit": ClockUnit.WORKING_DAY,
        "started_at": NOW,
        "due_at": NOW + timedelta(days=7),
        "provisional": False,
    }
    return Clock(**{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clock", "after", "stage"),
    [
        (a_clock(), timedelta(days=1), Stage.PLENTY),
        (a_clock(), timedelta(days=4), Stage.SOON),
        (a_clock(), timedelta(days=6, hours=20), Stage.TODAY),
        (a_clock(), timedelta(days=7, seconds=1), Stage.OVERDUE),
        (a_clock(stopped_at=NOW), timedelta(days=9), Stage.MET),
        (a_clock(stopped_at=NOW + timedelta(days=8)), timedelta(days=9), Stage.MISSED),
        (a_clock(voided=True), timedelta(days=9), Stage.VOID),
        (
            a_clock(unit=ClockUnit.MINUTE, due_at=NOW + timedelta(minutes=60)),
            timedelta(minutes=20),
            Stage.PLENTY,
        ),
        (
            a_clock(unit=ClockUnit.MINUTE, due_at=NOW + timedelta(minutes=60)),
            timedelta(minutes=48),
            Stage.TODAY,
        ),
    ],
)
def test_stages(clock: Clock, after: timedelta, stage: Stage) -> None:
    assert stage_of(clock, NOW + after, ZONE) is stage


@pytest.mark.parametrize("now", MOMENTS)
def test_the_database_agrees(records: Records, office: Office, now: datetime) -> None:
    record_one(records)
    with records.read() as work:
        clocks = read_clocks(work.session.scalars(select(ClockRow)).all())
        nearest = min(clocks, key=lambda clock: clock.due_at)
        found = [
            stage
            for stage in RUNNING_STAGES
            if work.session.scalars(select(TicketRow).where(in_stage(stage, now, ZONE))).all()
        ]
        counts = count_stages(work, office, EVERYTHING, TicketFilter(), now)
    assert found == [stage_of(nearest, now, ZONE)]
    assert [stage for stage, count in counts.items() if count] == found


def test_the_nearest_clock_orders_the_list(records: Records, office: Office) -> None:
    for _ in range(3):
        record_one(records, new_case())
    with records.read() as work:
        page = list_tickets(work, office, EVERYTHING, TicketFilter(open_only=True), NOW)
    dues = [line.clock.due_at for line in page.lines if line.clock]
    assert dues == sorted(dues)
    assert page.total == 3
