"""Turns of jobs: each claimed once, by whoever holds the lease, and by nobody whose term is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from casework.storage import jobs, leases
from casework.storage.jobs import DONE, FAILED, RUNNING, UNFINISHED, JobRun
from casework.storage.records import Records
from tests.conftest import NOW

LENGTH = timedelta(seconds=20)
LATER = NOW + timedelta(seconds=21)


def lead(records: Records, holder: str, now: object = NOW) -> int:
    with records.write() as work:
        term = leases.take(work, leases.TIMETABLE, holder, now, LENGTH).term  # type: ignore[arg-type]
        work.commit()
    return term


def claim(records: Records, turn: int, holder: str, term: int, now: object = NOW) -> bool:
    with records.write() as work:
        claimed = jobs.claim(work, "relay", turn, holder, term, now)  # type: ignore[arg-type]
        work.commit()
    return claimed


def mark(records: Records, turn: int, term: int, error: str = "") -> None:
    with records.write() as work:
        jobs.mark(work, "relay", turn, term, LATER, error)
        work.commit()


def last(records: Records) -> JobRun:
    with records.read() as work:
        return jobs.last_runs(work)["relay"]


def test_a_turn_is_claimed_once(records: Records) -> None:
    term = lead(records, "one")
    assert claim(records, 7, "one", term)
    assert not claim(records, 7, "one", term)
    assert not claim(records, 6, "one", term)
    assert claim(records, 8, "one", term)
    assert last(records).runs == 2


def test_only_the_holder_claims(records: Records) -> None:
    term = lead(records, "one")
    assert not claim(records, 7, "two", term)
    assert not claim(records, 7, "one", term + 1)
    assert not claim(records, 7, "one", term, LATER)  # the lease has run out


def test_a_term_grows_with_the_holder_and_not_with_renewal(records: Records) -> None:
    assert lead(records, "one") == 1
    assert lead(records, "one") == 1
    assert lead(records, "two", LATER) == 2
    assert lead(records, "one", LATER + LENGTH * 2) == 3


def test_whoever_comes_back_from_the_dead_changes_nothing(records: Records) -> None:
    """The first leader stands still in the middle of a job; the second takes over and ends it."""
    old = lead(records, "one")
    assert claim(records, 7, "one", old)
    new = lead(records, "two", LATER)
    assert claim(records, 8, "two", new, LATER)
    assert (last(records).error, last(records).failures) == (UNFINISHED, 1)
    mark(records, 7, old, "too late")
    assert (last(records).state, last(records).turn) == (RUNNING, 8)
    assert not claim(records, 9, "one", old, LATER)
    mark(records, 8, new)
    assert (last(records).state, last(records).error, last(records).failures) == (DONE, "", 0)


@pytest.mark.parametrize("times", [1, 3])
def test_failures_in_a_row_are_counted(records: Records, times: int) -> None:
    term = lead(records, "one")
    for turn in range(times):
        assert claim(records, turn, "one", term)
        mark(records, turn, term, "broken")
    assert (last(records).state, last(records).failures) == (FAILED, times)
    assert last(records).seconds == 21


def test_a_turn_that_failed_is_tried_again_after_ever_longer_waits(records: Records) -> None:
    """A nightly job that found the cluster away: its next turn of its own would be a day later."""
    waits = []
    at = NOW
    term = lead(records, "one", at)
    assert claim(records, 7, "one", term, at)
    for _ in range(8):
        mark(records, 7, term, "the cluster is away")
        minutes = next(
            m for m in range(90) if _claimed_after(records, term, LATER + timedelta(minutes=m))
        )
        waits.append(minutes)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    mark(records, 7, term)
    assert not _claimed_after(records, term, LATER + timedelta(days=1))  # it went well


def _claimed_after(records: Records, term: int, at: datetime) -> bool:
    lead(records, "one", at)
    return claim(records, 7, "one", term, at)


def test_a_turn_cut_off_with_its_process_is_run_by_the_next_leader(records: Records) -> None:
    old = lead(records, "one")
    assert claim(records, 7, "one", old)
    new = lead(records, "two", LATER)
    assert not claim(records, 7, "two", new, LATER)  # not before the wait
    after = NOW + timedelta(minutes=1)
    lead(records, "two", after)
    assert claim(records, 7, "two", new, after)
    mark(records, 7, old, "too late")
    assert (last(records).state, last(records).holder) == (RUNNING, "two")
    mark(records, 7, new)
    assert (last(records).state, last(records).failures) == (DONE, 0)


def test_a_job_can_begin_without_a_run(records: Records) -> None:
    with records.write() as work:
        jobs.skip_to(work, "relay", 7, NOW)
        work.commit()
    term = lead(records, "one")
    assert not claim(records, 7, "one", term)
    assert claim(records, 8, "one", term)
