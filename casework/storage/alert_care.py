"""What surrounds an alert in the record: responses, levels, mutes, and causes that are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.alert_levels import LEVELS, AlertLevel, Response
from casework.errors import NotFound
from casework.judgement import TopicPath
from casework.storage.judgements import join_topic, read_judgement, split_topic
from casework.storage.records import Work
from casework.storage.tables import (
    AlertLevelRow,
    AlertMuteRow,
    AlertResponseRow,
    JudgementRow,
    KnownCauseRow,
)

SERIES = ("count", "negative_share")
"""Measures of a series, which can be silenced; what one message, a word or a named topic raised cannot."""
CAUSES = ("storm", "campaign", "works", "other")
"""Holidays stand in the working calendar."""


@dataclass(frozen=True, slots=True)
class Responded:
    """A response that was given."""

    response: Response
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mute:
    """A topic with all below it, in a district or ("") the whole city; topic (): the total there.
    channel: of that channel alone, "" for any."""

    id: UUID
    topic: TopicPath
    district: str
    until: datetime
    reason: str
    by: str
    channel: str = ""

    def covers(self, topic: TopicPath, district: str, channel: str = "") -> bool:
        """Whether the series is silent. A mute of the total leaves every topic to be heard, and every
        channel."""
        if self.channel and self.channel != channel:
            return False
        if not self.topic:
            return not topic and (self.district, self.channel) == (district, channel)
        inside = topic[: len(self.topic)] == self.topic
        return inside and (not self.district or self.district == district)


@dataclass(frozen=True, slots=True)
class KnownCause:
    """kind: of CAUSES. last: included. district: "" for the whole city."""

    kind: str
    first: date
    last: date
    district: str
    text: str
    by: str = ""


def add_response(
    work: Work, alert_id: UUID, response: Response, text: str, by: str, now: datetime
) -> None:
    """Given once; a second one fails at the commit with Conflict("duplicate")."""
    row = AlertResponseRow(
        id=uuid7(), alert_id=alert_id, response=response.value, text=text, made_by=by, made_at=now
    )
    work.session.add(row)
    work.session.flush()


def responses_of(work: Work, alert_id: UUID) -> dict[Response, Responded]:
    """The responses to an alert."""
    rows = work.session.scalars(
        select(AlertResponseRow).where(AlertResponseRow.alert_id == alert_id)
    )
    return {
        Response(row.response): Responded(
            Response(row.response), row.text, row.made_by, row.made_at
        )
        for row in rows
    }


def load_levels(work: Work) -> tuple[AlertLevel, ...]:
    """The four levels, least first, as the city set them."""
    own = {row.severity: row for row in work.session.scalars(select(AlertLevelRow))}
    return tuple(
        AlertLevel(row.severity, row.beyond, row.grave, row.plan)
        if (row := own.get(level.severity))
        else level
        for level in LEVELS
    )


def set_level(work: Work, level: AlertLevel, by: str, now: datetime) -> None:
    """Define a severity."""
    row = work.session.get(AlertLevelRow, level.severity)
    if row is None:
        row = AlertLevelRow(severity=level.severity)
        work.session.add(row)
    row.beyond, row.grave, row.plan = level.beyond, level.grave, level.plan
    row.changed_by, row.changed_at = by, now


def add_mute(
    work: Work,
    series: tuple[TopicPath, str, str],
    until: datetime,
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Let a series, by topic, district and channel, be silent until a time."""
    topic, district, channel = series
    work.session.add(
        AlertMuteRow(
            id=uuid7(),
            topic=join_topic(topic),
            district=district or None,
            channel=channel,
            until=until,
            reason=reason,
            made_by=by,
            made_at=now,
        )
    )


def mutes_at(work: Work, now: datetime) -> tuple[Mute, ...]:
    """Mutes that were made before `now` and last longer, the next to end first."""
    rows = work.session.scalars(
        select(AlertMuteRow)
        .where(AlertMuteRow.until > now, AlertMuteRow.made_at <= now)
        .order_by(AlertMuteRow.until, AlertMuteRow.id)
    )
    return tuple(_mute(row) for row in rows)


def end_mute(work: Work, mute_id: UUID, now: datetime) -> Mute:
    """End a mute now; one that is over stays as it was. Raises NotFound."""
    row = work.session.get(AlertMuteRow, mute_id, with_for_update=True)
    if row is None:
        raise NotFound("mute", str(mute_id))
    row.until = min(row.until, now)
    return _mute(row)


def add_cause(work: Work, cause: KnownCause, by: str, now: datetime) -> None:
    """Note a known cause."""
    work.session.add(
        KnownCauseRow(
            id=uuid7(),
            kind=cause.kind,
            first=cause.first,
            last=cause.last,
            district=cause.district or None,
            text=cause.text,
            made_by=by,
            made_at=now,
        )
    )


def causes_between(work: Work, first: date, last: date) -> tuple[KnownCause, ...]:
    """Causes that held on some day from first to last, the latest first."""
    rows = work.session.scalars(
        select(KnownCauseRow)
        .where(KnownCauseRow.first <= last, KnownCauseRow.last >= first)
        .order_by(KnownCauseRow.first.desc(), KnownCauseRow.id.desc())
    )
    return tuple(
        KnownCause(row.kind, row.first, row.last, row.district or "", row.text, row.made_by)
        for row in rows
    )


def _mute(row: AlertMuteRow) -> Mute:
    return Mute(
        row.id,
        split_topic(row.topic),
        row.district or "",
        row.until,
        row.reason,
        row.made_by,
        row.channel,
    )


def urgent_words(work: Work, message_id: UUID) -> tuple[str, ...]:
    """The words that made a message urgent, each once, in the order of the text."""
    row = work.session.get(JudgementRow, message_id)
    if row is None:
        return ()
    found = [one for one in read_judgement(row).evidence if one.aspect == "urgency"]
    return tuple(dict.fromkeys(one.text for one in sorted(found, key=lambda one: one.start)))
