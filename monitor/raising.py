"""Recording what the watch found: each alert once, with its audit event and its notice to staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.events import OFFICE_CHAIN, PROGRAM, EventName
from casework.storage import audit
from casework.storage.alerts import AlertId, NewAlert, add_alert
from casework.storage.judgements import join_topic
from casework.storage.records import Records
from casework.storage.staff_notices import RAISED, tell_of_alert

COOL_DOWN = timedelta(hours=48)
"""An episode is over when nothing was beyond its bound for this long; then it may alert again."""


def record_alerts(
    records: Records, new: Sequence[NewAlert], now: datetime, zone: ZoneInfo
) -> tuple[AlertId, ...]:
    """Record alerts in one transaction; the ids of those that were not there yet."""
    if not new:
        return ()
    with records.write() as work:
        added = [alert for one in new if (alert := add_alert(work, one, now, zone))]
        for alert in added:
            where = (join_topic(alert.topic), alert.district, alert.channel)
            parts = (alert.number, alert.rule, *where, alert.word)
            text = " ".join(part for part in parts if part)
            audit.append(work, OFFICE_CHAIN, EventName.ALERT_RAISED, PROGRAM, now, text)
            tell_of_alert(work, alert.id, RAISED, now)
        work.commit()
    return tuple(alert.id for alert in added)
