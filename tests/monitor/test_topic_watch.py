"""Topics people named: tried on what has come, told once an episode."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.permissions import Person, Role
from casework.storage import outbox
from casework.storage.alerts import all_alerts
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument
from casework.storage.watched_topics import watched_topics
from casework.watched_topics import WatchedTopic
from monitor.index.embedded import EmbeddedIndex
from monitor.topic_watch import forget_topic, save_topic, try_topic, watch_topics
from monitor.watch_turns import WAIT, look
from tests.monitor.documents import ZONE, make, uuid
from tests.monitor.recorded import record_all
from tests.monitor.simulated import FIRST

NOW = (FIRST + timedelta(days=60)).astimezone(UTC)
LEADER = Person(uuid(1), "leader", "Leader", frozenset({Role.LEADER}), "CITY", frozenset({"CITY"}))
WATER = WatchedTopic("自来水", ("自来水",), exclude=("缴费",), minimum=3, hours=24)


def message(number: int, hours_ago: float, body: str) -> TrendDocument:
    at = NOW - timedelta(hours=hours_ago)
    return make(number, received_at=at, body=body, subject="", keywords=("自来水",), district="D1")


@pytest.fixture
def filled(records: Records, index: EmbeddedIndex) -> EmbeddedIndex:
    """Three on the matter within a day, a month ago and today; two on the same word that are not."""
    documents = [
        *(message(n, 720 + n, f"自来水发黄第{n}次") for n in range(3)),
        *(message(10 + n, 2 + n, f"自来水发黑第{n}次") for n in range(4)),
        *(message(20 + n, 1 + n, f"自来水缴费第{n}次") for n in range(2)),
        message(30, 5, "路灯不亮"),
    ]
    record_all(records, documents)
    with records.write() as work:
        outbox.delivered(work, outbox.waiting(work, 100))
        work.commit()
    with index.rebuilding() as build:
        build.put(documents)
    return index


def test_a_topic_is_tried_on_what_has_come(records: Records, filled: EmbeddedIndex) -> None:
    trial = try_topic(records, filled, WATER, NOW)
    assert (trial.found, trial.read, trial.matching) == (9, 9, 7)
    assert [fired.count for fired in trial.fired] == [3, 3]
    assert trial.fired[1].at == NOW - timedelta(hours=3)
    assert uuid(10) in trial.examples
    assert uuid(20) not in trial.examples
    assert try_topic(records, filled, replace(WATER, minimum=8), NOW).fired == ()
    with pytest.raises(Rejected):
        try_topic(records, filled, replace(WATER, pattern="("), NOW)
    with records.read() as work:
        assert watched_topics(work, NOW) == ()
        assert all_alerts(work) == ()


def test_a_topic_is_told_once_an_episode(records: Records, filled: EmbeddedIndex) -> None:
    save_topic(records, WATER, LEADER, NOW - timedelta(days=1))
    [alert_id] = watch_topics(records, filled, ZONE, NOW)
    assert watch_topics(records, filled, ZONE, NOW) == ()
    assert watch_topics(records, filled, ZONE, NOW + timedelta(hours=5)) == ()
    with records.read() as work:
        [alert] = all_alerts(work)
    assert alert.id == alert_id
    assert (alert.measure, alert.rule, alert.word) == ("watched", "watch:自来水", "自来水")
    assert alert.measured.observed == 4
    assert set(alert.measured.detail.messages) == {uuid(10 + n) for n in range(4)}


def test_it_runs_with_the_turns_of_the_watch(records: Records, filled: EmbeddedIndex) -> None:
    save_topic(records, WATER, LEADER, NOW - timedelta(days=1))
    look(records, filled, ZONE, NOW - timedelta(minutes=5) + WAIT)
    look(records, filled, ZONE, NOW + WAIT)
    with records.read() as work:
        assert [one.rule for one in all_alerts(work)] == ["watch:自来水"]


def test_names_are_taken_once_and_topics_forgotten(records: Records) -> None:
    save_topic(records, WATER, LEADER, NOW)
    with pytest.raises(Conflict):
        save_topic(records, replace(WATER, minimum=9), LEADER, NOW)
    with records.read() as work:
        assert watched_topics(work, NOW) == (WATER,)
        assert watched_topics(work, NOW - timedelta(hours=1)) == ()
    forget_topic(records, WATER.name, LEADER, NOW)
    with pytest.raises(NotFound):
        forget_topic(records, WATER.name, LEADER, NOW)
    clerk = replace(LEADER, roles=frozenset({Role.DEPARTMENT}))
    for act in (
        lambda: save_topic(records, WATER, clerk, NOW),
        lambda: forget_topic(records, "自来水", clerk, NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
