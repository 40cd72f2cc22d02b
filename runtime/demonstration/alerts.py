"""What the leaders of the made-up city made of its older alerts, so that rules have a record."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid5

from casework.permissions import Person, Role
from casework.storage.alerts import RAISED, alerts_between
from casework.storage.records import Records
from monitor import alerts
from runtime.demonstration.load import NAMESPACE

OLD = timedelta(days=2)
KEPT = timedelta(days=120)
LEADER = Person(
    id=uuid5(NAMESPACE, "yanshi-leader"),
    username="yanshi-leader",
    display_name="值班领导（演示）",
    roles=frozenset({Role.LEADER}),
)


def settle_alerts(records: Records, until: datetime) -> int:
    """Acknowledge, judge and close the alerts older than two days; returns how many."""
    with records.read() as work:
        old = [
            alert
            for alert in alerts_between(work, until - KEPT, until - OLD)
            if alert.state == RAISED
        ]
    for alert in old:
        at = alert.raised_at
        alerts.acknowledge(records, alert.id, LEADER, at + timedelta(minutes=6))
        alerts.judge(records, alert.id, LEADER, True, "已到场处置", at + timedelta(hours=1))
        alerts.close(records, alert.id, LEADER, at + timedelta(hours=20))
    return len(old)
