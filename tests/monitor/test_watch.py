"""What raises an alert, what does not, and that it is raised once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from casework.events import EventName
from casework.permissions import Person, Role
from casework.storage.alerts import (
    ACKNOWLEDGED,
    CLOSED,
    JUDGED,
    Alert,
    alert_by_number,
    all_alerts,
    get_alert,
    open_alerts,
    rule_records,
)
from casework.storage.records import Records
from casework.storage.tables import AuditEventRow
from casework.storage.trend_documents import TrendDocument
from monitor import alerts
from monitor.baseline import back, read_past, read_window
from monitor.index.embedded import EmbeddedIndex
from monitor.tallies import ALERT_SCOPE, Series
from monitor.usual import Usual
from monitor.watch import COOL_DOWN, watch
from tests.monitor.documents import ZONE, make, uuid
from tests.monitor.recorded import record_all
from tests.monitor.simulated import DAYS, FIRST, burst, quiet, rise

TOPIC = ("城乡建设", "供水供热")
END = FIRST + timedelta(days=DAYS)
BURST_AT = FIRST + timedelta(days=80, hours=8)
BURST = burst(50, BURST_AT, 60, timedelta(hours=24), TOPIC, "D2")
LEADER = Person(uuid(1), "leader", "Leader", frozenset({Role.LEADER}), "CITY", frozenset({"CITY"}))


def fill(index: EmbeddedIndex, *parts: Iterable[TrendDocument]) -> EmbeddedIndex:
    with index.rebuilding() as build:
        for part in parts:
            build.put(list(part))
    return index


def hours(start: datetime, end: datetime, step: int) -> Iterator[datetime]:
    while start <= end:
        yield start.astimezone(UTC)
        start += timedelta(hours=step)


def replay(
    records: Records, index: EmbeddedIndex, start: datetime, end: datetime, step: int
) -> tuple[Alert, ...]:
    """Alerts after watching from time to time, the earliest first."""
    for now in hours(start, end, step):
        watch(records, index, ZONE, now)
    with records.read() as work:
        return all_alerts(work)[::-1]


@pytest.mark.parametrize("seed", [11, 12])
def test_quiet_weeks_raise_none(records: Records, index: EmbeddedIndex, seed: int) -> None:
    fill(index, quiet(seed))
    assert replay(records, index, FIRST + timedelta(days=25), END, 30) == ()


def test_a_large_quiet_city_raises_none(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(13, per_day=150, days=64))
    start = FIRST + timedelta(days=50)
    assert replay(records, index, start, start + timedelta(days=14), 24) == ()


def test_a_burst_raises_one_alert_within_hours(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(21), BURST)
    [alert] = replay(
        records, index, BURST_AT - timedelta(hours=12), BURST_AT + timedelta(days=4), 3
    )
    assert (alert.topic, alert.district, alert.measure) == (TOPIC, "D2", "count")
    assert alert.raised_at - BURST_AT <= timedelta(hours=4)
    assert alert.since <= BURST_AT + timedelta(hours=4)
    assert alert.number == "YJ-1108-01"
    assert alert.measured.severity == "orange"
    assert alert.measured.observed >= 60
    assert alert.measured.expected < alert.measured.upper < 20
    assert BURST_AT + timedelta(hours=20) <= alert.measured.until <= BURST_AT + timedelta(days=2)
    with records.read() as work:
        [event] = work.session.query(AuditEventRow).all()
    assert (event.chain, event.name) == ("office", EventName.ALERT_RAISED)


def test_a_stray_message_does_not_hide_what_a_burst_is_about(
    records: Records, index: EmbeddedIndex
) -> None:
    # A small district, from which next to nothing else comes: every message counts there.
    foul = burst(50, BURST_AT, 60, timedelta(hours=24), TOPIC, "D5")
    strays = burst(51, BURST_AT, 2, timedelta(hours=2), ("政法", "户籍与证件管理"), "D5")
    fill(index, quiet(22), foul, strays)
    [alert] = replay(records, index, BURST_AT, BURST_AT + timedelta(hours=9), 3)
    assert (alert.topic, alert.district) == (TOPIC, "D5")


def test_an_alert_shows_its_evidence(records: Records, index: EmbeddedIndex) -> None:
    record_all(records, BURST)
    fill(index, quiet(22), BURST)
    [alert_id] = watch(records, index, ZONE, BURST_AT + timedelta(hours=12))
    with records.read() as work:
        alert = get_alert(work, alert_id)
    detail = alert.measured.detail
    words = [driver for driver in detail.drivers if driver.dimension == "word"]
    assert {words[0].value, words[1].value} == {"停水", "自来水"}
    assert words[0].lift > 10
    assert words[0].count == detail.count == alert.measured.observed
    assert detail.negative == pytest.approx(detail.count, abs=2)
    assert 2 <= len(detail.messages) <= 5
    assert set(detail.messages) <= {document.message_id for document in BURST}
    assert detail.chart_interval == "hour"
    assert len(detail.chart) == 48
    assert all(a.at < b.at for a, b in pairwise(detail.chart))
    assert all(p.lower <= p.expected <= p.upper + 1 for p in detail.chart)
    last_hours = sum(point.observed for point in detail.chart[-12:])
    assert last_hours >= 20 > 10 * sum(point.expected for point in detail.chart[-12:])
    behind = alerts.messages_behind(alert)
    assert index.count(behind, ALERT_SCOPE) == alert.measured.observed


def test_near_duplicates_are_shown_once(records: Records, index: EmbeddedIndex) -> None:
    same = [
        make(9_000_000 + n, received_at=BURST_AT + timedelta(minutes=n), topic=TOPIC, district="D2")
        for n in range(30)
    ]
    record_all(records, same)
    fill(index, quiet(22), same)
    [alert_id] = watch(records, index, ZONE, BURST_AT + timedelta(hours=2))
    with records.read() as work:
        assert len(get_alert(work, alert_id).measured.detail.messages) == 1


def test_a_slow_rise_is_noticed(records: Records, index: EmbeddedIndex) -> None:
    start = FIRST + timedelta(days=60)
    fill(index, quiet(23), rise(61, start, 28, 6, TOPIC, "D2"))
    found = replay(records, index, start, END, 24)
    assert {alert.district for alert in found} == {"D2"}
    assert {alert.topic[0] for alert in found} == {TOPIC[0]}
    [rising] = [alert for alert in found if alert.rule == "rise-7d"]
    assert rising.topic == TOPIC
    assert rising.raised_at <= start + timedelta(days=20)
    assert rising.measured.detail.chart_interval == "day"
    assert len(rising.measured.detail.chart) == 28
    assert rising.measured.until >= start + timedelta(days=27)
    assert len(found) <= 2  # a first strong day may be told by itself


def test_a_burst_of_several_days_is_one_alert(records: Records, index: EmbeddedIndex) -> None:
    days = [
        burst(70 + n, BURST_AT + timedelta(days=n), 40, timedelta(hours=24), TOPIC, "D2")
        for n in range(3)
    ]
    fill(index, quiet(21), *days)
    end = BURST_AT + timedelta(days=8)
    [alert] = replay(records, index, BURST_AT - timedelta(days=1), end, 6)
    assert alert.measured.until >= BURST_AT + timedelta(days=2, hours=20)


def test_two_bursts_at_once_are_two_alerts(records: Records, index: EmbeddedIndex) -> None:
    other = burst(51, BURST_AT, 40, timedelta(hours=24), ("交通运输", "公共交通"), "D3")
    same_topic = burst(52, BURST_AT, 40, timedelta(hours=24), TOPIC, "D4")
    fill(index, quiet(24), BURST, other, same_topic)
    raised = watch(records, index, ZONE, BURST_AT + timedelta(hours=24))
    with records.read() as work:
        found = {(a.topic, a.district) for a in (get_alert(work, one) for one in raised)}
    # The same matter in two districts may be told as two or as one of the whole city.
    assert (("交通运输", "公共交通"), "D3") in found
    assert found - {(("交通运输", "公共交通"), "D3")} in (
        {(TOPIC, "D2"), (TOPIC, "D4")},
        {(TOPIC, "")},
    )


def test_anger_without_more_messages(records: Records, index: EmbeddedIndex) -> None:
    chatter = [
        make(
            5_000_000 + n,
            received_at=FIRST + timedelta(hours=n * 3),
            topic=TOPIC,
            district="D2",
            sentiment="negative" if n % 4 == 0 else "neutral",
        )
        for n in range(80 * 8 + 1)
    ]
    angry = [
        make(
            6_000_000 + n,
            received_at=FIRST + timedelta(days=80, hours=1 + n * 3),
            topic=TOPIC,
            district="D2",
        )
        for n in range(8 * 7)
    ]
    fill(index, quiet(25, per_day=20), chatter, angry)
    found = replay(records, index, FIRST + timedelta(days=78), FIRST + timedelta(days=87), 12)
    assert [(a.measure, a.topic) for a in found] == [("negative_share", TOPIC)]
    assert found[0].raised_at > FIRST + timedelta(days=80)
    assert found[0].measured.observed > 0.7 > 0.4 > found[0].measured.expected
    assert alerts.messages_behind(found[0]).sentiment == "negative"


def test_watching_again_raises_nothing_new(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(21), BURST)
    now = BURST_AT + timedelta(hours=12)
    assert len(watch(records, index, ZONE, now)) == 1
    assert watch(records, index, ZONE, now) == ()


def test_a_closed_alert_comes_back_only_after_the_cool_down(
    records: Records, index: EmbeddedIndex
) -> None:
    later = burst(53, BURST_AT + timedelta(days=5), 60, timedelta(hours=24), TOPIC, "D2")
    fill(index, quiet(21), BURST, later)
    now = BURST_AT + timedelta(hours=6)
    [alert_id] = watch(records, index, ZONE, now)
    alerts.judge(records, alert_id, LEADER, True, "", now)
    alerts.close(records, alert_id, LEADER, now)
    assert watch(records, index, ZONE, now + timedelta(hours=6)) == ()
    [second] = watch(records, index, ZONE, BURST_AT + timedelta(days=5, hours=6))
    with records.read() as work:
        assert get_alert(work, second).topic == TOPIC
        assert get_alert(work, alert_id).state == CLOSED
    assert timedelta(days=5) > COOL_DOWN


def test_a_replay_sees_nothing_that_came_later(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(21), BURST)
    assert watch(records, index, ZONE, BURST_AT) == ()


def test_a_young_city_and_a_history_raise_nothing(records: Records, index: EmbeddedIndex) -> None:
    history = [
        make(7_000_000 + n, received_at=FIRST - timedelta(days=3000 - n)) for n in range(400)
    ]
    fill(index, history, quiet(26, days=20))
    assert replay(records, index, FIRST + timedelta(days=1), FIRST + timedelta(days=20), 12) == ()


def test_hidden_reports_alert_nobody(records: Records, index: EmbeddedIndex) -> None:
    hidden = [
        make(n, received_at=BURST_AT, topic=TOPIC, kind="举报", unscreened_report=True)
        for n in range(8_000_000, 8_000_060)
    ]
    fill(index, quiet(21), hidden)
    assert watch(records, index, ZONE, BURST_AT + timedelta(hours=1)) == ()


def test_people_take_judge_and_close(records: Records, index: EmbeddedIndex) -> None:
    fill(index, quiet(21), BURST)
    now = BURST_AT + timedelta(hours=12)
    [alert_id] = watch(records, index, ZONE, now)
    alerts.acknowledge(records, alert_id, LEADER, now)
    with records.read() as work:
        assert get_alert(work, alert_id).state == ACKNOWLEDGED
    alerts.judge(records, alert_id, LEADER, False, "演练", now)
    with records.read() as work:
        alert = get_alert(work, alert_id)
        assert (alert.state, alert.verdict, alert.owner) == (JUDGED, "false", "leader")
        assert alert_by_number(work, alert.number.lower()) == alert
        [record] = rule_records(work)
        assert (record.raised, record.true, record.false) == (1, 0, 1)
        assert open_alerts(work) == (alert,)
    alerts.close(records, alert_id, LEADER, now)
    with records.read() as work:
        assert open_alerts(work) == ()


def test_past_windows_follow_the_citys_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 4, 1, 8, tzinfo=berlin)
    assert back(now, 1, berlin) == datetime(2026, 3, 25, 8, tzinfo=berlin)
    assert now - back(now, 1, berlin) == timedelta(days=7) - timedelta(hours=1)


def test_series_meet() -> None:
    wide, narrow = Series(TOPIC[:1]), Series(TOPIC, "D1")
    assert wide.meets(narrow) == narrow.meets(wide) == narrow
    assert Series(TOPIC[:1], "D1").meets(Series(TOPIC)) == narrow
    assert Series(TOPIC, "D2").meets(narrow) is None
    assert Series(("交通运输",)).meets(narrow) is None
    assert narrow.wider() == Series(TOPIC)
    assert Series(TOPIC).wider() == wide


def test_a_series_is_tested_against_the_same_hours(index: EmbeddedIndex) -> None:
    fill(index, quiet(27, per_day=100))
    now = FIRST + timedelta(days=80)
    past = read_past(index, now, ZONE)
    assert past is not None
    assert past.ago == tuple(range(1, 9))
    morning = read_window(index, now + timedelta(hours=11), timedelta(hours=3), ZONE, past)
    night = read_window(index, now + timedelta(hours=5), timedelta(hours=3), ZONE, past)
    assert Usual(morning).count(Series()).mean > 10 * Usual(night).count(Series()).mean
