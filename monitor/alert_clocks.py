"""The response clocks of alerts: who has it in hand, and the department it was handed to, is told when one
is nearly over, all leaders when it is over. Each step once, with its audit event and its notices in one
transaction."""

from __future__ import annotations

from datetime import datetime

from casework.errors import NotFound
from casework.events import OFFICE_CHAIN, PROGRAM, EventName
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage import audit
from casework.storage.alert_notices import Moment, new_moments
from casework.storage.locks import lock
from casework.storage.people import person_named
from casework.storage.records import Records, Work
from casework.storage.staff_notices import OVER, tell_of_alert


def warn_of_responses(records: Records, office: Office, now: datetime) -> int:
    """Note every step that a response clock has come to; how many there were.

    May be run at any time and by several processes. What a downtime left out is made up for: of the
    steps one clock has missed only the last is told.
    """
    with records.read() as work:
        if not new_moments(work, now):
            return 0  # nearly always: nobody has to wait for a lock
    with records.write() as work:
        lock(work, ["alert clocks"])
        moments = new_moments(work, now)
        for moment in moments:
            _note(work, office, moment, now)
        work.commit()
    return len(moments)


def _note(work: Work, office: Office, moment: Moment, now: datetime) -> None:
    over = moment.step == OVER
    event = EventName.ALERT_CLOCK_OVER if over else EventName.ALERT_CLOCK_WARNED
    text = f"{moment.number} {moment.response} {moment.due_at.isoformat(timespec='seconds')}"
    audit.append(work, OFFICE_CHAIN, event, PROGRAM, now, text)
    owner = _owner(work, office, moment.owner)
    if owner is not None:
        tell_of_alert(
            work, moment.alert_id, moment.step, now, clock=moment.response, user_id=owner.id
        )
    if moment.department:
        tell_of_alert(
            work,
            moment.alert_id,
            moment.step,
            now,
            clock=moment.response,
            department=moment.department,
        )
    if over or owner is None:
        tell_of_alert(work, moment.alert_id, moment.step, now, clock=moment.response)


def _owner(work: Work, office: Office, username: str) -> Person | None:
    """Who has the alert in hand, if they may still see it."""
    if not username:
        return None
    try:
        person = person_named(work, office.departments, username)
    except NotFound:
        return None
    return person if person.may(Action.READ_TRENDS) else None
