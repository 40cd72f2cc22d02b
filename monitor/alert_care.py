"""What people do around alerts: respond, silence a series for a while, set levels, note causes.
Every act is one transaction with its audit event."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from casework.alert_levels import LARGEST_STEP, SEVERITIES, AlertLevel, Response, owed
from casework.errors import Conflict, NotAllowed, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.judgement import TopicPath
from casework.permissions import Action, Person
from casework.storage import alert_care, audit
from casework.storage.alerts import CLOSED, AlertId, get_alert
from casework.storage.judgements import join_topic
from casework.storage.records import Records, Work

LONGEST_MUTE = timedelta(days=30)
LONGEST_CAUSE = timedelta(days=366)


def respond(
    records: Records,
    alert_id: AlertId,
    response: Response,
    text: str,
    person: Person,
    now: datetime,
) -> None:
    """Note that the city has responded. Raises Rejected("required", "text"), and Conflict when it
    is not owed, was given already, or the alert is closed."""
    text = text.strip()
    if not text:
        raise Rejected("required", "text")
    _allow(person)
    with records.write() as work:
        alert = get_alert(work, alert_id)
        levels = {level.severity: level for level in alert_care.load_levels(work)}
        given = alert_care.responses_of(work, alert_id)
        if alert.state == CLOSED or response in given:
            raise Conflict("state")
        if response not in owed(levels[alert.measured.severity]):
            raise Conflict("state")
        alert_care.add_response(work, alert_id, response, text, person.username, now)
        _audit(work, EventName.ALERT_RESPONDED, person, now, f"{alert.number} {response}")
        work.commit()


def mute(
    records: Records,
    alert_id: AlertId,
    length: timedelta,
    reason: str,
    person: Person,
    now: datetime,
) -> None:
    """Let the alert's series be silent for a while. Raises Rejected for one without reason or end,
    and Conflict for an alert that has no series: an urgent message, which is never silenced, a word
    or a watched topic, which can be put out of use instead."""
    reason = reason.strip()
    if not reason:
        raise Rejected("required", "mute_reason")
    _allow(person)
    if not timedelta() < length <= LONGEST_MUTE:
        raise Rejected("amount", "days", most=LONGEST_MUTE.days)
    with records.write() as work:
        alert = get_alert(work, alert_id)
        if alert.measure not in alert_care.SERIES:
            raise Conflict("state")
        until = now + length
        series = (alert.topic, alert.district, alert.channel)
        alert_care.add_mute(work, series, until, reason, person.username, now)
        told = _named(series)
        _audit(work, EventName.ALERTS_MUTED, person, now, f"{told} {until.isoformat()} {reason}")
        work.commit()


def end_mute(records: Records, mute_id: UUID, person: Person, now: datetime) -> None:
    """Let the series be heard again. Raises NotFound."""
    _allow(person)
    with records.write() as work:
        ended = alert_care.end_mute(work, mute_id, now)
        told = _named((ended.topic, ended.district, ended.channel))
        _audit(work, EventName.ALERTS_UNMUTED, person, now, told)
        work.commit()


def set_levels(
    records: Records, levels: tuple[AlertLevel, ...], person: Person, now: datetime
) -> None:
    """Define the severities. Raises Rejected when they do not rise, or name no plan."""
    _allow(person)
    if tuple(level.severity for level in levels) != SEVERITIES:
        raise Rejected("required", "level")
    steps = [level.beyond for level in levels]
    if steps[0] != 0 or steps != sorted(set(steps)) or steps[-1] > LARGEST_STEP:
        raise Rejected("levels_rise", "")
    if any(not level.plan.strip() for level in levels):
        raise Rejected("required", "plan")
    with records.write() as work:
        for level in levels:
            alert_care.set_level(work, level, person.username, now)
        told = ", ".join(f"{one.severity} {one.beyond} {one.grave:d}" for one in levels)
        _audit(work, EventName.ALERT_LEVEL_SET, person, now, f"{told}; {levels[0].plan}")
        work.commit()


def note_cause(
    records: Records, cause: alert_care.KnownCause, person: Person, now: datetime
) -> None:
    """Note a cause that everybody knows of. Raises Rejected for one without words or with days that
    run backwards or for more than a year."""
    _allow(person)
    if cause.kind not in alert_care.CAUSES:
        raise Rejected("required", "cause")
    if not cause.text.strip():
        raise Rejected("required", "text")
    if not cause.first <= cause.last <= cause.first + LONGEST_CAUSE:
        raise Rejected("days_in_order", "last")
    with records.write() as work:
        alert_care.add_cause(work, cause, person.username, now)
        told = f"{cause.kind} {cause.first}—{cause.last} {cause.district} {cause.text}"
        _audit(work, EventName.KNOWN_CAUSE_NOTED, person, now, told)
        work.commit()


def _named(series: tuple[TopicPath, str, str]) -> str:
    topic, district, channel = series
    return " ".join(part for part in (join_topic(topic), district, channel) if part)


def _allow(person: Person) -> None:
    if not person.may(Action.JUDGE_ALERTS):
        raise NotAllowed("not_allowed")


def _audit(work: Work, event: EventName, person: Person, now: datetime, text: str) -> None:
    audit.append(work, OFFICE_CHAIN, event, person.username, now, text)
