"""The timetable, run for real on a city of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casework.errors import IndexUnavailable
from casework.permissions import EVERYTHING
from casework.storage import jobs, leases, outbox
from intake.receive import receive
from monitor.index.interface import TrendFilter
from runtime.clock import now
from runtime.job_health import JobState, job_health
from runtime.scheduler import TIMETABLE, Job, relay, start_scheduler
from runtime.settings import read_settings
from runtime.turns import DailyAt, Every
from runtime.wiring import City, open_city
from tests.builders import draft
from tests.conftest import ZONE
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
    nightly = [job.when for job in TIMETABLE if isinstance(job.when, DailyAt)]
    assert nightly
    assert all(when.hour >= 3 for when in nightly)
    assert len({job.name for job in TIMETABLE}) == len(TIMETABLE)


def test_of_two_processes_one_leads_and_the_other_follows(city: City) -> None:
    other = replace(city, holder="other")
    stop_first = start_scheduler(city)
    stop_second = start_scheduler(other)
    try:
        assert until(lambda: _runs(city).get("relay", 0) > 1)
        assert _leader(city) == city.holder
        stop_first()
        assert until(lambda: _leader(city) == "other")
        before = _runs(city)["relay"]
        assert until(lambda: _runs(city)["relay"] > before)
    finally:
        stop_second()
    assert _leader(city) == ""


def test_a_job_that_fails_is_told_and_the_others_go_on(city: City) -> None:
    def broken(_city: City) -> None:
        raise OSError("no such server")

    stop = start_scheduler(city, (Job("relay", broken, Every(1)), Job("other", relay, Every(1))))
    try:
        assert until(lambda: _health(city)["relay"] is JobState.FAILING)
    finally:
        stop()
    with city.records.read() as work:
        runs = jobs.last_runs(work)
    assert runs["relay"].error == "OSError: no such server"
    assert runs["other"].error == ""
    assert runs["other"].runs > 1


def test_a_job_that_goes_on_failing_is_told_once_and_once_when_it_is_well(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    away = threading.Event()
    away.set()

    def deliver(_city: City) -> None:
        if away.is_set():
            raise IndexUnavailable("the cluster is away")

    def said() -> list[str]:
        return [line.message for line in caplog.records if line.name == "runtime.scheduler"]

    caplog.set_level("INFO")
    stop = start_scheduler(city, (Job("relay", deliver, Every(1)),))
    try:
        assert until(lambda: _runs(city).get("relay", 0) > 3)
        assert said() == ["relay: the cluster is away"]
        away.clear()
        assert until(lambda: len(said()) > 1)
        runs = _runs(city)["relay"]
        assert until(lambda: _runs(city)["relay"] > runs + 1)
    finally:
        stop()
    assert len(said()) == 2
    assert said()[1].startswith("relay: well again after ")


def test_a_job_that_hangs_or_was_never_run_is_seen(city: City) -> None:
    assert set(_health(city).values()) == {JobState.NEVER}
    with city.records.write() as work:
        term = leases.take(work, leases.TIMETABLE, "one", now(), timedelta(minutes=1)).term
        for job in TIMETABLE:
            assert jobs.claim(work, job.name, job.when.due(now(), ZONE), "one", term, now())
        work.commit()
    assert set(_health(city).values()) == {JobState.RUNNING}
    later = now() + timedelta(hours=7)
    assert {h.state for h in job_health(city, later)} == {JobState.STALLED}
    with city.records.write() as work:
        for run in jobs.last_runs(work).values():
            jobs.mark(work, run.name, run.turn, term, now())
        work.commit()
    assert set(_health(city).values()) == {JobState.WELL}
    two_days = now() + timedelta(days=2)
    assert {h.state for h in job_health(city, two_days)} == {JobState.LATE}


def test_a_nightly_job_of_a_new_city_was_never_run_until_its_night_is_missed(city: City) -> None:
    with city.records.write() as work:
        for job in TIMETABLE:
            jobs.skip_to(work, job.name, job.when.due(now(), ZONE), now())
        work.commit()
    health = {each.name: each for each in job_health(city, now())}
    assert (health["rebuild"].state, health["rebuild"].last) == (JobState.NEVER, None)
    later = {each.name: each.state for each in job_health(city, now() + timedelta(days=2))}
    assert later["rebuild"] is JobState.LATE


def _health(city: City) -> dict[str, JobState]:
    return {health.name: health.state for health in job_health(city, now())}


def _runs(city: City) -> dict[str, int]:
    with city.records.read() as work:
        return {run.name: run.runs for run in jobs.last_runs(work).values()}


def _leader(city: City) -> str:
    with city.records.read() as work:
        lease = leases.look(work, leases.TIMETABLE)
    return lease.holder if lease else ""
