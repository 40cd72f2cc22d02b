"""What happens to an alert: an urgent message raises one at once; people acknowledge, judge and
close it. Every act is one transaction with its audit event."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.errors import Conflict, NotAllowed, Rejected
from casework.events import OFFICE_CHAIN, PROGRAM, EventName
from casework.permissions import Action, Person
from casework.storage import audit
from casework.storage.alert_detail import AlertDetail
from casework.storage.alert_handings import lock_alert
from casework.storage.alerts import (
    ACKNOWLEDGED,
    CLOSED,
    FALSE,
    JUDGED,
    RAISED,
    TRUE,
    Alert,
    AlertChange,
    AlertId,
    Measured,
    NewAlert,
    add_alert,
    change_alert,
    get_alert,
    is_history,
)
from casework.storage.judgements import split_topic
from casework.storage.locks import lock
from casework.storage.records import Records, Work
from casework.storage.staff_notices import tell_of_alert
from monitor.findings import NEGATIVE_SHARE
from monitor.index.interface import TrendFilter
from monitor.same_matter import told_of_the_same

_SECOND = timedelta(seconds=1)

URGENT = "urgent"
"""The measure of an alert that one message raised."""


def raise_urgent(
    work: Work,
    message_id: UUID,
    ticket_number: str,
    topic: str,
    district: str,
    rule: str,
    now: datetime,
    *,
    zone: ZoneInfo,
) -> None:
    """Alert to one message about danger to life, in the transaction that records it.

    topic: levels joined by "/". district: code or "". rule: the urgency rule that fired. A message
    taken over from an older system never alerts, and no message alerts twice. Who was told of the same
    matter by an alert that is still open is not told again (monitor/same_matter.py).
    """
    if is_history(work, message_id):
        return
    lock(work, ["urgent alerts"])  # two at once about one matter tell once
    told_with = told_of_the_same(work, message_id, rule or URGENT, now)
    detail = AlertDetail(
        count=1, messages=(message_id,), ticket_number=ticket_number, told_with=told_with
    )
    new = NewAlert(
        key=f"{URGENT}|{message_id.hex}",
        rule=rule or URGENT,
        measure=URGENT,
        topic=split_topic(topic),
        district=district,
        since=now,
        measured=Measured("red", 1.0, 0.0, 0.0, now, detail),
        message_id=message_id,
    )
    alert = add_alert(work, new, now, zone)
    if alert is not None:
        text = f"{alert.number} {ticket_number} {told_with}".strip()
        audit.append(work, OFFICE_CHAIN, EventName.ALERT_RAISED, PROGRAM, now, text)
        if not told_with:
            tell_of_alert(work, alert.id, RAISED, now)


def acknowledge(records: Records, alert_id: AlertId, person: Person, now: datetime) -> None:
    """Take an alert on. Raises Conflict("state") when somebody has."""
    _act(
        records,
        alert_id,
        person,
        now,
        (RAISED,),
        EventName.ALERT_ACKNOWLEDGED,
        AlertChange(state=ACKNOWLEDGED, owner=person.username, acknowledged_at=now),
    )


def judge(
    records: Records,
    alert_id: AlertId,
    person: Person,
    verdict: bool,
    reason: str,
    now: datetime,
) -> None:
    """Say whether the alert was true. A false one needs a reason: the rule is to learn from it."""
    reason = reason.strip()
    if not verdict and not reason:
        raise Rejected("required", "reason")
    _act(
        records,
        alert_id,
        person,
        now,
        (RAISED, ACKNOWLEDGED),
        EventName.ALERT_JUDGED,
        AlertChange(
            state=JUDGED, verdict=TRUE if verdict else FALSE, verdict_reason=reason, judged_at=now
        ),
        f"{TRUE if verdict else FALSE} {reason}".strip(),
    )


def close(records: Records, alert_id: AlertId, person: Person, now: datetime) -> None:
    """Close an alert that was judged."""
    change = AlertChange(state=CLOSED, closed_at=now)
    _act(records, alert_id, person, now, (JUDGED,), EventName.ALERT_CLOSED, change)


def messages_behind(alert: Alert) -> TrendFilter:
    """The filter that finds the messages of an alert's series and time. Not for urgent alerts,
    whose one message is `alert.message_id`."""
    return TrendFilter(
        start=alert.since,
        end=alert.measured.until.replace(microsecond=0) + _SECOND,
        topic=alert.topic,
        district=alert.district,
        channel=alert.channel,
        words=alert.word,
        sentiment="negative" if alert.measure == NEGATIVE_SHARE else "",
    )


def _act(
    records: Records,
    alert_id: AlertId,
    person: Person,
    now: datetime,
    states: tuple[str, ...],
    event: EventName,
    change: AlertChange,
    text: str = "",
) -> None:
    if not person.may(Action.JUDGE_ALERTS):
        raise NotAllowed("not_allowed")
    with records.write() as work:
        lock_alert(work, alert_id)  # somebody may be handing it on
        alert = get_alert(work, alert_id)
        if alert.state not in states:
            raise Conflict("state")
        if not alert.owner:
            change["owner"] = person.username
        change_alert(work, alert_id, change)
        audit.append(
            work, OFFICE_CHAIN, event, person.username, now, f"{alert.number} {text}".strip()
        )
        work.commit()
