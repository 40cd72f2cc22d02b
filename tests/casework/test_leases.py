"""One holder at a time, and wishes that reach it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from casework.errors import LeaseHeld
from casework.storage import leases
from casework.storage.records import Records, Work

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LENGTH = timedelta(minutes=1)


@pytest.fixture
def work(records: Records) -> Iterator[Work]:
    with records.write() as opened:
        yield opened


def test_a_lease_has_one_holder_until_it_ends(work: Work) -> None:
    assert leases.take(work, "index", "one", NOW, LENGTH).expires_at == NOW + LENGTH
    with pytest.raises(LeaseHeld) as held:
        leases.take(work, "index", "two", NOW + LENGTH - timedelta(seconds=1), LENGTH)
    assert held.value.holder == "one"
    assert leases.take(work, "index", "two", NOW + LENGTH, LENGTH).holder == "two"


def test_the_holder_renews(work: Work) -> None:
    leases.take(work, "index", "one", NOW, LENGTH)
    leases.take(work, "index", "one", NOW + timedelta(seconds=50), LENGTH)
    with pytest.raises(LeaseHeld):
        leases.take(work, "index", "two", NOW + timedelta(seconds=90), LENGTH)


def test_a_released_lease_is_free_at_once(work: Work) -> None:
    leases.take(work, "index", "one", NOW, LENGTH)
    leases.release(work, "index", "one", NOW)
    leases.take(work, "index", "two", NOW, LENGTH)
    leases.release(work, "index", "one", NOW)  # too late: it is not theirs any more
    lease = leases.look(work, "index")
    assert lease is not None
    assert lease.holder == "two"


def test_a_wish_reaches_the_holder_and_is_cleared(work: Work) -> None:
    leases.take(work, "index", "one", NOW, LENGTH)
    assert leases.ask(work, "index", "rebuild", NOW) == "one"
    assert leases.take(work, "index", "one", NOW, LENGTH).request == "rebuild"
    leases.answered(work, "index", "one", "rebuild")
    assert leases.take(work, "index", "one", NOW, LENGTH).request == ""


def test_a_newer_wish_outlives_the_answer_to_an_older(work: Work) -> None:
    leases.take(work, "index", "one", NOW, LENGTH)
    leases.ask(work, "index", "rebuild", NOW)
    leases.answered(work, "index", "one", "relay")
    lease = leases.look(work, "index")
    assert lease is not None
    assert lease.request == "rebuild"


def test_nobody_is_asked_when_nobody_is_there(work: Work) -> None:
    assert leases.look(work, "index") is None
    assert leases.ask(work, "index", "rebuild", NOW) == ""
    leases.take(work, "index", "one", NOW, LENGTH)
    assert leases.ask(work, "index", "rebuild", NOW + LENGTH) == ""
    lease = leases.look(work, "index")
    assert lease is not None
    assert lease.request == ""
