"""The timetable, run for real on a city of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casework.permissions import EVERYTHING
from casework.storage import leases, outbox
from intake.receive import receive
from monitor.index.interface import TrendFilter
from runtime.clock import now
from runtime.scheduler import TIMETABLE, start_scheduler
from runtime.settings import read_settings
from runtime.wiring import City, open_city
from tests.builders import draft
from tests.databases import Databases


@pytest.fixture
def city(tmp_path: Path, databases: Databases) -> Iterator[City]:
    opened = open_city(read_settings(databases.home(tmp_path / "home")))
    yield opened
    opened.close()


def until(condition: object, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


def test_a_message_reaches_the_index_and_the_end_gives_the_lease_back(city: City) -> None:
    stop = start_scheduler(city)
    try:
        receive(city.intake, draft(received_at=now() - timedelta(minutes=1)), now())

        def indexed() -> bool:
            answers = city.index.health().state.answers
            return answers and city.index.count(TrendFilter(), EVERYTHING) == 1

        def delivered() -> bool:
            with city.records.read() as work:
                return outbox.backlog(work).rows == 0

        assert until(indexed)
        assert until(delivered)
    finally:
        stop()
    with city.records.read() as work:
        lease = leases.look(work, leases.INDEX)
    assert lease is not None
    assert lease.holder == ""


def test_every_job_runs_on_an_empty_city(city: City) -> None:
    for job in TIMETABLE:
        job.run(city)


def test_no_job_runs_when_clocks_may_change() -> None:
    assert all(not job.daily_at.startswith(("00", "01", "02")) for job in TIMETABLE)
    assert len({job.name for job in TIMETABLE}) == len(TIMETABLE)
