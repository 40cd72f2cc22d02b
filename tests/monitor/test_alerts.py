"""Urgent messages, and who may do what with an alert."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.permissions import Person, Role
from casework.storage import audit
from casework.storage.alerts import all_alerts, count_alerts, open_alerts
from casework.storage.records import Records, Work
from casework.storage.tables import MessageRow
from monitor import alerts
from tests.monitor.documents import ZONE, make, uuid
from tests.monitor.recorded import record

NOW = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # the 21st in the city
LEADER = Person(uuid(1), "leader", "Leader", frozenset({Role.LEADER}))
CLERK = Person(uuid(2), "clerk", "Clerk", frozenset({Role.DEPARTMENT, Role.SCREENER}))


def urgent(work: Work, number: int) -> None:
    record(work, make(number, urgency="urgent"))
    alerts.raise_urgent(
        work,
        uuid(number),
        f"T{number}",
        "城乡建设/安全生产/事故处理",
        "D1",
        "life.gas",
        NOW,
        zone=ZONE,
    )


def test_an_urgent_message_alerts_in_its_own_transaction(records: Records) -> None:
    with records.write() as work:
        urgent(work, 1)
        urgent(work, 2)
        work.commit()
    with records.read() as work:
        second, first = open_alerts(work)
        assert list(audit.verify(work)) == []
    assert (first.number, second.number) == ("YJ-1121-01", "YJ-1121-02")
    assert (first.measure, first.rule, first.measured.severity) == ("urgent", "life.gas", "red")
    assert first.topic == ("城乡建设", "安全生产", "事故处理")
    assert first.message_id == uuid(1)
    assert first.measured.detail.ticket_number == "T1"


def test_a_message_that_is_rolled_back_alerts_nobody(records: Records) -> None:
    with records.write() as work:
        urgent(work, 1)
    with records.read() as work:
        assert count_alerts(work) == 0


def test_no_message_alerts_twice(records: Records) -> None:
    with records.write() as work:
        urgent(work, 1)
        alerts.raise_urgent(work, uuid(1), "T1", "", "", "life.gas", NOW, zone=ZONE)
        work.commit()
    with records.read() as work:
        assert len(all_alerts(work)) == 1


def test_history_never_alerts(records: Records) -> None:
    with records.write() as work:
        record(work, make(1))
        work.session.get_one(MessageRow, uuid(1)).mode = "history"
        alerts.raise_urgent(work, uuid(1), "T1", "", "", "life.gas", NOW, zone=ZONE)
        work.commit()
    with records.read() as work:
        assert count_alerts(work) == 0


@pytest.fixture
def raised(records: Records) -> Records:
    with records.write() as work:
        urgent(work, 1)
        work.commit()
    return records


def only(records: Records) -> alerts.Alert:
    with records.read() as work:
        [alert] = all_alerts(work)
    return alert


def test_only_leaders_judge(raised: Records) -> None:
    alert_id = only(raised).id
    with pytest.raises(NotAllowed):
        alerts.acknowledge(raised, alert_id, CLERK, NOW)
    with pytest.raises(NotAllowed):
        alerts.judge(raised, alert_id, CLERK, True, "", NOW)
    with pytest.raises(NotAllowed):
        alerts.close(raised, alert_id, CLERK, NOW)
    assert only(raised).state == "raised"


def test_the_order_of_acts(raised: Records) -> None:
    alert_id = only(raised).id
    with pytest.raises(Conflict):
        alerts.close(raised, alert_id, LEADER, NOW)
    alerts.acknowledge(raised, alert_id, LEADER, NOW)
    with pytest.raises(Conflict):
        alerts.acknowledge(raised, alert_id, LEADER, NOW)
    alerts.judge(raised, alert_id, LEADER, True, "", NOW)
    with pytest.raises(Conflict):
        alerts.judge(raised, alert_id, LEADER, False, "误报", NOW)
    alerts.close(raised, alert_id, LEADER, NOW)
    closed = only(raised)
    assert (closed.state, closed.verdict, closed.closed_at) == ("closed", "true", NOW)
    with raised.read() as work:
        assert list(audit.verify(work)) == []


def test_a_false_alarm_needs_a_reason(raised: Records) -> None:
    with pytest.raises(Rejected):
        alerts.judge(raised, only(raised).id, LEADER, False, "  ", NOW)


def test_no_such_alert(records: Records) -> None:
    with pytest.raises(NotFound):
        alerts.acknowledge(records, uuid(404), LEADER, NOW)
