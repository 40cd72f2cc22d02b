"""Responses, mutes, levels and known causes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest

from casework.alert_levels import LEVELS, RULES, Response, owed, response_clock, severity_of
from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.permissions import Person, Role
from casework.storage.alert_care import (
    KnownCause,
    Mute,
    causes_between,
    load_levels,
    mutes_at,
    responses_of,
)
from casework.storage.alert_detail import AlertDetail
from casework.storage.alerts import Measured, NewAlert, add_alert, all_alerts
from casework.storage.records import Records
from casework.storage.tables import AuditEventRow
from monitor import alert_care as acts
from monitor.index.embedded import EmbeddedIndex
from monitor.watch import watch
from tests.monitor.documents import ZONE, uuid
from tests.monitor.simulated import FIRST, burst, quiet

NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)
TOPIC = ("城乡建设", "供水供热")
LEADER = Person(uuid(1), "leader", "Leader", frozenset({Role.LEADER}), "CITY", frozenset({"CITY"}))
CLERK = replace(LEADER, roles=frozenset({Role.DEPARTMENT}))
PLANNED = tuple(replace(level, plan="市舆情预案") for level in LEVELS)
STORM = KnownCause("storm", date(2026, 11, 17), date(2026, 11, 19), "", "大风降温")


def an_alert(records: Records, severity: str, measure: str = "count") -> object:
    detail = AlertDetail(window_hours=3.0)
    measured = Measured(severity, 30, 3, 9, NOW, detail)
    new = NewAlert("k", "surge-3h", measure, TOPIC, "D2", NOW - timedelta(hours=3), measured)
    with records.write() as work:
        made = add_alert(work, new, NOW, ZONE)
        work.commit()
    assert made is not None
    return made.id


@pytest.mark.parametrize(
    ("excess", "severity"),
    [(-3, "blue"), (0, "blue"), (19.9, "blue"), (20, "yellow"), (99, "orange"), (5000, "red")],
)
def test_a_severity_is_by_messages_beyond_expectation(excess: float, severity: str) -> None:
    assert severity_of(excess, LEVELS) == severity


def test_what_is_owed_and_by_when() -> None:
    red, blue = LEVELS[-1], LEVELS[0]
    assert [RULES[one] for one in owed(red)] == [("YQ-01", 5), ("YQ-02", 24)]
    assert [RULES[one] for one in owed(blue)] == [("YQ-03", 48)]
    saturday = datetime(2026, 11, 21, 23, tzinfo=UTC)
    clock = response_clock(Response.INFORMATION, saturday, None)
    assert clock.due_at == saturday + timedelta(hours=5)
    assert clock.running
    assert response_clock(Response.REPLY, saturday, saturday + timedelta(hours=48)).met()


def test_a_response_is_given_once_and_leaves_a_trace(records: Records) -> None:
    alert = an_alert(records, "red")
    acts.respond(records, alert, Response.INFORMATION, " 已发通报 ", LEADER, NOW)
    with pytest.raises(Conflict):
        acts.respond(records, alert, Response.INFORMATION, "再发", LEADER, NOW)
    with pytest.raises(Conflict):  # of a red alert it is not owed
        acts.respond(records, alert, Response.REPLY, "答复", LEADER, NOW)
    with records.read() as work:
        assert responses_of(work, alert)[Response.INFORMATION].text == "已发通报"
        events = work.session.query(AuditEventRow).filter_by(name="alert_responded").all()
        assert [event.actor for event in events] == ["leader"]


def test_two_respond_at_once(records: Records) -> None:
    alert, start = an_alert(records, "red"), Barrier(2)
    told: list[str] = []

    def give() -> None:
        start.wait()
        try:
            acts.respond(records, alert, Response.INFORMATION, "通报", LEADER, NOW)
            told.append("given")
        except Conflict:
            told.append("too late")

    both = [Thread(target=give) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(told) == ["given", "too late"]


def test_what_is_refused(records: Records) -> None:
    alert = an_alert(records, "blue")
    day = timedelta(days=1)
    refused = [
        lambda: acts.respond(records, alert, Response.REPLY, "  ", LEADER, NOW),
        lambda: acts.mute(records, alert, day, "", LEADER, NOW),
        lambda: acts.mute(records, alert, timedelta(), "演练", LEADER, NOW),
        lambda: acts.mute(records, alert, -day, "演练", LEADER, NOW),
        lambda: acts.mute(records, alert, 31 * day, "演练", LEADER, NOW),
        lambda: acts.set_levels(records, LEVELS, LEADER, NOW),  # names no plan
        lambda: acts.set_levels(records, PLANNED[::-1], LEADER, NOW),
        lambda: acts.set_levels(
            records, (*PLANNED[:3], replace(PLANNED[3], beyond=50)), LEADER, NOW
        ),
        lambda: acts.set_levels(
            records, (replace(PLANNED[0], beyond=5), *PLANNED[1:]), LEADER, NOW
        ),
        lambda: acts.note_cause(records, replace(STORM, text=" "), LEADER, NOW),
        lambda: acts.note_cause(records, replace(STORM, last=date(2026, 11, 1)), LEADER, NOW),
        lambda: acts.note_cause(records, replace(STORM, last=date(2028, 1, 1)), LEADER, NOW),
        lambda: acts.note_cause(records, replace(STORM, kind="holiday"), LEADER, NOW),
        lambda: acts.mute(records, alert, day, "演练", CLERK, NOW),
        lambda: acts.set_levels(records, PLANNED, CLERK, NOW),
        lambda: acts.note_cause(records, STORM, CLERK, NOW),
    ]
    for act in refused:
        with pytest.raises((Rejected, NotAllowed)):
            act()
    with pytest.raises(NotFound):
        acts.end_mute(records, uuid(99), LEADER, NOW)
    with records.read() as work:
        assert mutes_at(work, NOW) == ()
        assert load_levels(work) == LEVELS


@pytest.mark.parametrize("measure", ["urgent", "word", "watched"])
def test_what_has_no_series_cannot_be_muted(records: Records, measure: str) -> None:
    alert = an_alert(records, "red", measure=measure)
    with pytest.raises(Conflict):
        acts.mute(records, alert, timedelta(days=1), "演练", LEADER, NOW)


def test_a_mute_of_the_total_leaves_its_topics_to_be_heard() -> None:
    total = Mute(uuid(1), (), "D2", NOW, "演练", "leader")
    topic = replace(total, topic=("环境保护",), district="")
    assert total.covers((), "D2")
    assert not total.covers((), "D1")
    assert not total.covers(("环境保护",), "D2")
    assert topic.covers(("环境保护", "噪声污染"), "D1")
    assert not topic.covers((), "D1")


def test_levels_are_the_citys_own(records: Records) -> None:
    own = (*PLANNED[:3], replace(PLANNED[3], beyond=60, grave=False))
    acts.set_levels(records, own, LEADER, NOW)
    acts.set_levels(records, own, LEADER, NOW)
    with records.read() as work:
        assert load_levels(work) == own
        assert severity_of(70, load_levels(work)) == "red"


def test_known_causes_are_found_by_their_days(records: Records) -> None:
    acts.note_cause(records, STORM, LEADER, NOW)
    with records.read() as work:
        assert causes_between(work, date(2026, 11, 19), date(2026, 11, 30)) == (
            replace(STORM, by="leader"),
        )
        assert causes_between(work, date(2026, 11, 20), date(2026, 11, 30)) == ()


def test_a_muted_series_is_silent_until_its_end(records: Records, index: EmbeddedIndex) -> None:
    begins = FIRST + timedelta(days=60, hours=8)
    with index.rebuilding() as build:
        build.put(quiet(31, days=70) + burst(32, begins, 60, timedelta(hours=48), TOPIC, "D2"))
    now = (begins + timedelta(hours=12)).astimezone(UTC)
    alert = an_alert(records, "blue")
    acts.mute(
        records, alert, timedelta(hours=20), "停水通知已经发了", LEADER, now - timedelta(hours=1)
    )
    assert watch(records, index, ZONE, now) == ()
    assert watch(records, index, ZONE, now + timedelta(hours=10)) == ()
    [loud] = watch(records, index, ZONE, now + timedelta(hours=20))
    with records.read() as work:
        assert loud in {one.id for one in all_alerts(work)}


def test_a_mute_covers_what_lies_within(records: Records) -> None:
    alert = an_alert(records, "blue")
    acts.mute(records, alert, timedelta(days=1), "演练", LEADER, NOW)
    with records.read() as work:
        [mute] = mutes_at(work, NOW)
        assert mutes_at(work, NOW + timedelta(days=1)) == ()
    assert mute.covers(TOPIC, "D2")
    assert mute.covers((*TOPIC, "供水"), "D2")
    assert not mute.covers(TOPIC[:1], "D2")
    assert not mute.covers(TOPIC, "")
    acts.end_mute(records, mute.id, LEADER, NOW + timedelta(hours=1))
    acts.end_mute(records, mute.id, LEADER, NOW + timedelta(hours=5))
    with records.read() as work:
        assert mutes_at(work, NOW + timedelta(hours=1)) == ()
