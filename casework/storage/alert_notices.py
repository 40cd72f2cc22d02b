"""Notices about alerts: which of them are still to be told, and the moments of their response clocks.

A muted series and a false alarm tell nobody; what a person is told of one moment they are told once. An
alert that one message raised is told only to whom may see that message's ticket (docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from casework.alert_levels import AlertLevel, Response, owed, response_clock
from casework.departments import DepartmentTree
from casework.permissions import TicketFacts
from casework.storage.alert_care import SERIES, Mute, load_levels, mutes_at
from casework.storage.alerts import CLOSED, FALSE
from casework.storage.judgements import split_topic
from casework.storage.records import Work
from casework.storage.scopes import facts_of
from casework.storage.staff_notices import HANDED, LAST, OVER, RAISED, TAKEN_BACK
from casework.storage.tables import (
    AlertHandingRow,
    AlertResponseRow,
    AlertRow,
    StaffNoticeRow,
    TicketRow,
    UserRow,
)

NEARLY = 0.8
"""The part of a response's time after which it is nearly over, as with clocks of tickets."""
LET_GO = timedelta(days=7)
"""A moment that passed longer ago calls nobody any more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A response clock that has come to a step. owner: username, "" for nobody. department: that it is
    with, "" for none."""

    alert_id: UUID
    number: str
    owner: str
    department: str
    response: Response
    step: str
    due_at: datetime


def new_moments(work: Work, now: datetime) -> tuple[Moment, ...]:
    """Steps that response clocks have come to and that nobody noted yet, the oldest alert first."""
    levels = {level.severity: level for level in load_levels(work)}
    longest = timedelta(hours=48) + LET_GO
    alerts = work.session.scalars(
        select(AlertRow)
        .where(
            AlertRow.state != CLOSED, AlertRow.verdict != FALSE, AlertRow.raised_at > now - longest
        )
        .order_by(AlertRow.raised_at, AlertRow.id)
    ).all()
    ids, numbers = [alert.id for alert in alerts], {alert.number for alert in alerts}
    given = _responses(work, ids)
    held = work.session.execute(
        select(AlertHandingRow.alert_id, AlertHandingRow.department).where(
            AlertHandingRow.alert_id.in_(ids),
            AlertHandingRow.ended_at.is_(None),
            AlertHandingRow.department.is_not(None),
        )
    ).all()
    units = {alert_id: unit or "" for alert_id, unit in held}
    noted = work.session.execute(
        select(StaffNoticeRow.alert_id, StaffNoticeRow.clock, StaffNoticeRow.step).where(
            StaffNoticeRow.alert_id.in_(ids)
        )
    ).all()
    known = {(alert_id, clock, step) for alert_id, clock, step in noted}
    return tuple(
        moment
        for alert in alerts
        for moment in _moments(alert, levels[alert.severity], given, units, now)
        if alert.detail.get("told_with") not in numbers  # the clocks of one matter run once
        if (alert.id, moment.response, moment.step) not in known
        and (alert.id, moment.response, OVER) not in known
    )


def _moments(
    alert: AlertRow,
    level: AlertLevel,
    given: set[tuple[UUID, str]],
    units: Mapping[UUID, str],
    now: datetime,
) -> Iterator[Moment]:
    """The last step of each clock that still runs."""
    for response in owed(level):
        if (alert.id, response) in given:
            continue
        due_at = response_clock(response, alert.raised_at, None).due_at
        nearly = alert.raised_at + NEARLY * (due_at - alert.raised_at)
        if nearly <= now < due_at + LET_GO:
            step = OVER if due_at <= now else LAST
            unit = units.get(alert.id, "")
            yield Moment(alert.id, alert.number, alert.owner or "", unit, response, step, due_at)


class Hearing:
    """What of notices about alerts is still so, at one time."""

    def __init__(self, work: Work, now: datetime) -> None:
        self._work = work
        self._mutes = mutes_at(work, now)
        self._levels = {level.severity: level for level in load_levels(work)}

    def still_so(self, notice: StaffNoticeRow, alert: AlertRow) -> bool:
        """Whether there is something to tell."""
        if alert.state == CLOSED or alert.verdict == FALSE:
            return False
        if notice.step in (RAISED, LAST, OVER) and _muted(alert, self._mutes):
            return False
        if notice.department and notice.step != TAKEN_BACK and not self._is_with(notice, alert):
            return False
        if notice.step in (HANDED, TAKEN_BACK):
            return (notice.step == HANDED) == self._is_with(notice, alert)
        return not notice.clock or (alert.id, notice.clock) not in _responses(
            self._work, [alert.id]
        )

    def _is_with(self, notice: StaffNoticeRow, alert: AlertRow) -> bool:
        """Whether the alert is with whom the notice is for."""
        if notice.department:
            held = select(AlertHandingRow.id).where(
                AlertHandingRow.alert_id == alert.id,
                AlertHandingRow.department == notice.department,
                AlertHandingRow.ended_at.is_(None),
            )
            return self._work.session.scalar(held) is not None
        owner = select(UserRow.username).where(UserRow.id == notice.user_id)
        return self._work.session.scalar(owner) == alert.owner

    def next_response(self, alert: AlertRow) -> tuple[Response, datetime] | None:
        """What is owed next and by when; None when everything was given."""
        given = _responses(self._work, [alert.id])
        for response in owed(self._levels[alert.severity]):
            if (alert.id, response) not in given:
                return response, response_clock(response, alert.raised_at, None).due_at
        return None


def ticket_behind(work: Work, alert: AlertRow, tree: DepartmentTree) -> TicketFacts | None:
    """What decides who sees the message that raised the alert; None where no one message did, or it
    has no ticket."""
    if alert.message_id is None:
        return None
    ticket = work.session.scalar(
        select(TicketRow)
        .where(TicketRow.message_id == alert.message_id)
        .options(
            selectinload(TicketRow.accusations),
            selectinload(TicketRow.recusals),
            selectinload(TicketRow.contributions),
        )
    )
    return facts_of(ticket, tree) if ticket is not None else None


def _muted(alert: AlertRow, mutes: Sequence[Mute]) -> bool:
    series = split_topic(alert.topic), alert.district or "", alert.channel
    return alert.measure in SERIES and any(mute.covers(*series) for mute in mutes)


def _responses(work: Work, alert_ids: Sequence[UUID]) -> set[tuple[UUID, str]]:
    rows = work.session.execute(
        select(AlertResponseRow.alert_id, AlertResponseRow.response).where(
            AlertResponseRow.alert_id.in_(alert_ids)
        )
    )
    return {(alert_id, response) for alert_id, response in rows}
