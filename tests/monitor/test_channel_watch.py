"""A rise that came by one channel: noticed where all channels together hide it, told once, muted alone."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from casework.permissions import Person, Role
from casework.storage.alert_care import mutes_at
from casework.storage.alerts import Alert, all_alerts
from casework.storage.records import Records
from casework.storage.trend_documents import TrendDocument
from monitor import alert_care
from monitor.alerts import messages_behind
from monitor.index.embedded import EmbeddedIndex
from monitor.tallies import ALERT_SCOPE, Series, read_tallies
from monitor.watch import watch
from tests.monitor.documents import ZONE, uuid
from tests.monitor.simulated import DISTRICTS, FIRST, burst, quiet

TOPIC = ("城乡建设", "供水供热")
DAYS = 70
BURST_AT = FIRST + timedelta(days=62, hours=8)
LEADER = Person(uuid(1), "leader", "Leader", frozenset({Role.LEADER}), "CITY", frozenset({"CITY"}))


def city(seed: int) -> list[TrendDocument]:
    """Much on one topic by every channel but one, by which little comes."""
    chance = random.Random(seed)
    usual = [
        replace(one, topic=TOPIC) if chance.random() < 0.3 else one
        for one in quiet(seed, per_day=60, days=DAYS)
    ]
    return usual + by_channel("weibo", quiet(seed + 1, per_day=4, days=DAYS), 2_000_000)


def by_channel(
    channel: str, documents: Iterable[TrendDocument], first: int = 3_000_000
) -> list[TrendDocument]:
    return [
        replace(one, channel=channel, message_id=uuid(first + n)) for n, one in enumerate(documents)
    ]


def posts(seed: int, count: int) -> list[TrendDocument]:
    """So many posts of a day, all over the city."""
    found = by_channel("weibo", burst(seed, BURST_AT, count, timedelta(hours=20), TOPIC, "D1"))
    return [replace(one, district=DISTRICTS[n % 4]) for n, one in enumerate(found)]


def alerts(records: Records, index: EmbeddedIndex, *parts: list[TrendDocument]) -> list[Alert]:
    """What a day and a half of looks every nine hours raised, the earliest first."""
    with index.rebuilding() as build:
        for part in parts:
            build.put(part)
    for hour in range(0, 36, 9):
        watch(records, index, ZONE, at(hour))
    with records.read() as work:
        return list(all_alerts(work)[::-1])


def at(hour: int) -> datetime:
    return (BURST_AT + timedelta(hours=hour)).astimezone(UTC)


def test_many_posts_among_more_calls_are_noticed(records: Records, index: EmbeddedIndex) -> None:
    [alert] = alerts(records, index, city(71), posts(72, 16))
    assert (alert.topic, alert.district, alert.channel) == (TOPIC, "", "weibo")
    behind = messages_behind(alert)
    assert behind.channel == "weibo"
    assert index.count(behind, ALERT_SCOPE) >= 16
    assert all(driver.dimension != "channel" for driver in alert.measured.detail.drivers)
    alert_care.mute(records, alert.id, timedelta(days=1), "活动", LEADER, at(36))
    with records.read() as work:
        [mute] = mutes_at(work, at(37))
    assert mute.covers(TOPIC, "", "weibo")
    assert not mute.covers(TOPIC, "")
    assert not mute.covers(TOPIC, "D1")


def test_what_a_district_told_is_not_told_of_its_channel_too(
    records: Records, index: EmbeddedIndex
) -> None:
    burst_of_one_place = by_channel(
        "weibo", burst(73, BURST_AT, 40, timedelta(hours=20), TOPIC, "D5")
    )
    [alert] = alerts(records, index, city(74), burst_of_one_place)
    assert (alert.topic, alert.district, alert.channel) == (TOPIC, "D5", "")


def test_a_channel_just_set_up_raises_nothing_of_its_own(
    records: Records, index: EmbeddedIndex
) -> None:
    since = (FIRST + timedelta(days=50)).astimezone(UTC)
    late = [one for one in quiet(75, per_day=9, days=DAYS) if one.received_at > since]
    assert alerts(records, index, city(76), by_channel("douyin", late)) == []


def test_the_series_of_a_channel_are_counted_city_wide(index: EmbeddedIndex) -> None:
    with index.rebuilding() as build:
        build.put(posts(77, 8))
    found = read_tallies(index, at(0), at(24))
    assert found[Series(TOPIC, channel="weibo")].count == 8
    assert found[Series(channel="weibo")].negative == 8
    assert found[Series(TOPIC, "D1")].count == 2
    assert not any(series.channel and series.district for series in found)
