"""The made-up city: the same every time, its burst raises one alert, its quiet weeks none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from casework.office import Office
from casework.storage import audit
from casework.storage.alerts import Alert, all_alerts
from casework.storage.published_answers import (
    AnswersWanted,
    count_published,
    published_answers,
)
from casework.storage.tables import TicketRow
from casework.taxonomy import REPORT
from monitor import relay_turns
from monitor.alerts import URGENT
from monitor.watch import watch
from runtime.demonstration.compose import (
    BURST_BEGAN,
    BURST_DISTRICT,
    DAYS,
    SLOW_RISE_DAYS,
    SLOW_RISE_DISTRICT,
    compose,
)
from runtime.demonstration.load import is_loaded, load_messages, prepare
from runtime.settings import read_settings
from runtime.wiring import City, open_city
from tests.conftest import NOW, ZONE
from tests.databases import Databases, server_of_this_run

pytestmark = pytest.mark.sqlite  # tests/routing and tests/web do on both what its staff does


def test_the_same_city_every_time(office: Office) -> None:
    first = compose(NOW, ZONE, office.calendar)
    assert first == compose(NOW, ZONE, office.calendar)
    assert 2_700 < len(first) < 3_500
    assert all(entry.draft.received_at < NOW for entry in first)
    assert len({entry.draft.source_ref for entry in first}) == len(first)
    assert all("演示" in entry.draft.contact.name for entry in first)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    databases = Databases(server_of_this_run())
    settings = read_settings(databases.home(tmp_path_factory.mktemp("made-up") / "home"))
    new = open_city(settings)
    until = prepare(new.records, NOW)
    new.close()
    city = open_city(settings)
    load_messages(city.intake, until)
    relay_turns.serve(city.records, city.index, city.holder, lambda: NOW, relay_turns.REBUILD)
    yield city
    city.close()
    databases.remove_all()


def test_the_office_has_its_work_in_hand(loaded: City) -> None:
    """Nothing overdue waits for a screener, nothing urgent is left lying, little else is late."""
    late: Counter[tuple[str, str, str]] = Counter()
    states: Counter[str] = Counter()
    with loaded.records.read() as work:
        for ticket in work.session.scalars(
            select(TicketRow).options(selectinload(TicketRow.clocks))
        ):
            states[ticket.state] += 1
            for clock in ticket.clocks:
                if clock.stopped_at is None and not clock.voided and clock.due_at <= NOW:
                    late[ticket.state, ticket.urgency, clock.name] += 1
    assert states["screening"] > 0
    assert not any(state == "screening" for state, _, _ in late), late
    urgent = {name for _, urgency, name in late if urgency == "urgent"}
    assert urgent <= {"reply"}, late
    assert sum(late.values()) < 0.25 * (states["handling"] + states["assigned"]), late


def test_some_answers_can_be_read_by_anybody(loaded: City) -> None:
    with loaded.records.read() as work:
        wanted = AnswersWanted()
        assert count_published(work, wanted) > 20
        shown = published_answers(work, wanted, limit=100)
        lamps = published_answers(work, AnswersWanted(words=("路灯",)))
    assert len({one.topic for one in shown}) == len(shown)
    assert not any(one.kind == REPORT for one in shown)
    assert not any("1380000" in one.question for one in shown)
    assert all(one.published_at <= NOW for one in shown)
    assert lamps


def alerts_after_watching(city: City, start: datetime, end: datetime, step: int) -> list[Alert]:
    """What the watch raised, urgent messages left out, the earliest first."""
    now = start
    while now <= end:
        watch(city.records, city.index, ZONE, now)
        now += timedelta(hours=step)
    with city.records.read() as work:
        return [alert for alert in all_alerts(work, limit=500)[::-1] if alert.measure != URGENT]


@pytest.mark.timeout(600)
def test_quiet_weeks_raise_none_and_the_burst_one(loaded: City) -> None:
    assert is_loaded(loaded.records)
    with loaded.records.read() as work:
        assert list(audit.verify(work)) == []
    quiet = NOW - timedelta(days=DAYS - 28)
    before_rise = NOW - timedelta(days=SLOW_RISE_DAYS)
    assert alerts_after_watching(loaded, quiet, before_rise, 8) == []
    before_burst = NOW - BURST_BEGAN
    found = alerts_after_watching(loaded, before_rise, before_burst, 12)
    # The slow rise may be noticed; nothing else may.
    assert {alert.district for alert in found} <= {SLOW_RISE_DISTRICT, ""}, found
    burst = alerts_after_watching(loaded, before_burst, NOW, 3)[len(found) :]
    assert [alert.district for alert in burst] == [BURST_DISTRICT]
    assert burst[0].topic[:1] == ("城乡建设",)
    assert burst[0].measured.observed > 40 > burst[0].measured.upper
