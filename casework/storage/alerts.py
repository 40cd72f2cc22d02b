"""Alerts as they lie in the record, and back: what was noticed, why, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from uuid_utils.compat import uuid7

from casework.alert_levels import BREAK_THE_QUIET
from casework.errors import NotFound
from casework.judgement import TopicPath
from casework.model import IntakeMode
from casework.storage import staff_notices
from casework.storage.alert_detail import AlertDetail, read_detail, write_detail
from casework.storage.judgements import join_topic, split_topic
from casework.storage.records import Work
from casework.storage.tables import AlertRow, MessageRow

AlertId = UUID

RAISED, ACKNOWLEDGED, JUDGED, CLOSED = "raised", "acknowledged", "judged", "closed"
TRUE, FALSE = "true", "false"


@dataclass(frozen=True, slots=True)
class Measured:
    """What an alert says of its series, at one time. observed, expected, upper: messages, or for
    the measure "negative_share" shares in [0, 1]. until: when its last message came."""

    severity: str
    observed: float
    expected: float
    upper: float
    until: datetime
    detail: AlertDetail


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert to be raised. See AlertRow for key and measure."""

    key: str
    rule: str
    measure: str
    topic: TopicPath
    district: str
    since: datetime
    measured: Measured
    message_id: UUID | None = None
    word: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert with all that a page shows."""

    id: AlertId
    number: str
    rule: str
    measure: str
    topic: TopicPath
    district: str
    since: datetime
    measured: Measured
    message_id: UUID | None
    state: str
    raised_at: datetime
    owner: str
    acknowledged_at: datetime | None
    verdict: str
    verdict_reason: str
    judged_at: datetime | None
    closed_at: datetime | None
    word: str = ""
    channel: str = ""


class AlertChange(TypedDict, total=False):
    """What people change on an alert."""

    state: str
    owner: str
    acknowledged_at: datetime
    verdict: str
    verdict_reason: str
    judged_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """How a rule has done: alerts raised, and those judged true and false."""

    rule: str
    raised: int
    true: int
    false: int


def add_alert(work: Work, new: NewAlert, now: datetime, zone: ZoneInfo) -> Alert | None:
    """Record an alert; None, and nothing recorded, when there is one with this key."""
    work.session.flush()
    if work.session.scalar(select(AlertRow.id).where(AlertRow.key == new.key)) is not None:
        return None
    row = AlertRow(
        id=uuid7(),
        number=_next_number(work, now, zone),
        key=new.key,
        rule=new.rule,
        measure=new.measure,
        topic=join_topic(new.topic),
        district=new.district or None,
        since=new.since,
        message_id=new.message_id,
        word=new.word,
        channel=new.channel,
        state=RAISED,
        raised_at=now,
    )
    _write_measured(row, new.measured)
    work.session.add(row)
    work.session.flush()
    return _alert(row)


def update_measured(work: Work, alert_id: AlertId, measured: Measured) -> None:
    """Bring an alert up to date; of one that was judged or closed only when it last showed."""
    row = _row(work, alert_id)
    if row.state in (RAISED, ACKNOWLEDGED):
        if measured.severity in BREAK_THE_QUIET and row.severity not in BREAK_THE_QUIET:
            # Who wants to know of grave ones only was not told, and who was may still sleep.
            staff_notices.tell_of_alert(work, row.id, staff_notices.RAISED, measured.until)
        _write_measured(row, measured)
    else:
        row.until = measured.until


def change_alert(work: Work, alert_id: AlertId, change: AlertChange) -> None:
    """Set the given fields."""
    row = _row(work, alert_id)
    for field, value in change.items():
        setattr(row, field, value)


def open_alerts(work: Work) -> tuple[Alert, ...]:
    """Alerts that are not closed, the latest first."""
    return _find(work, AlertRow.state != CLOSED)


def all_alerts(work: Work, offset: int = 0, limit: int = 50) -> tuple[Alert, ...]:
    """Alerts of any state, the latest first, a page at a time."""
    return _find(work, offset=offset, limit=limit)


def alerts_between(work: Work, start: datetime, end: datetime) -> tuple[Alert, ...]:
    """Alerts that lasted until `start` or longer and were raised by `end`, the latest first."""
    return _find(work, AlertRow.until >= start, AlertRow.raised_at <= end)


def get_alert(work: Work, alert_id: AlertId) -> Alert:
    """Raises NotFound."""
    return _alert(_row(work, alert_id))


def alert_by_number(work: Work, number: str) -> Alert:
    """Raises NotFound."""
    found = _find(work, AlertRow.number == number.strip().upper())
    if not found:
        raise NotFound("alert", number)
    return found[0]


def count_alerts(work: Work) -> int:
    """All alerts there ever were."""
    return work.session.scalar(select(func.count()).select_from(AlertRow)) or 0


def rule_records(work: Work) -> tuple[RuleRecord, ...]:
    """Every rule that ever raised an alert, by name."""
    rows = work.session.execute(
        select(
            AlertRow.rule,
            func.count(),
            func.count().filter(AlertRow.verdict == TRUE),
            func.count().filter(AlertRow.verdict == FALSE),
        )
        .group_by(AlertRow.rule)
        .order_by(AlertRow.rule)
    )
    return tuple(RuleRecord(*row) for row in rows)


def is_history(work: Work, message_id: UUID) -> bool:
    """Whether the message was taken over from an older system."""
    work.session.flush()
    mode = work.session.scalar(select(MessageRow.mode).where(MessageRow.id == message_id))
    return mode == IntakeMode.HISTORY


def _next_number(work: Work, now: datetime, zone: ZoneInfo) -> str:
    """YJ, the city's date, and a running number of that date (over all years)."""
    prefix = f"YJ-{now.astimezone(zone):%m%d}-"
    taken = work.session.scalars(select(AlertRow.number).where(AlertRow.number.startswith(prefix)))
    last = max((int(number.removeprefix(prefix)) for number in taken), default=0)
    return f"{prefix}{last + 1:02d}"


def _find(
    work: Work, *conditions: ColumnElement[bool], offset: int = 0, limit: int | None = None
) -> tuple[Alert, ...]:
    rows = work.session.scalars(
        select(AlertRow)
        .where(*conditions)
        .order_by(AlertRow.raised_at.desc(), AlertRow.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return tuple(_alert(row) for row in rows)


def _row(work: Work, alert_id: AlertId) -> AlertRow:
    row = work.session.get(AlertRow, alert_id)
    if row is None:
        raise NotFound("alert", str(alert_id))
    return row


def _alert(row: AlertRow) -> Alert:
    return Alert(
        id=row.id,
        number=row.number,
        rule=row.rule,
        measure=row.measure,
        topic=split_topic(row.topic),
        district=row.district or "",
        since=row.since,
        measured=Measured(
            row.severity, row.observed, row.expected, row.upper, row.until, read_detail(row.detail)
        ),
        message_id=row.message_id,
        state=row.state,
        raised_at=row.raised_at,
        owner=row.owner or "",
        acknowledged_at=row.acknowledged_at,
        verdict=row.verdict or "",
        verdict_reason=row.verdict_reason or "",
        judged_at=row.judged_at,
        closed_at=row.closed_at,
        word=row.word,
        channel=row.channel,
    )


def _write_measured(row: AlertRow, measured: Measured) -> None:
    row.severity = measured.severity
    row.observed = measured.observed
    row.expected = measured.expected
    row.upper = measured.upper
    row.until = measured.until
    row.detail = write_detail(measured.detail)
