"""Handing an alert on: to another person, who owns it then, or to a department, which is to respond.

Who owns an alert hands it on, with a reason; whose it is not yet takes it on by that. Who handed it on
takes it back. A department that was asked stays asked when the owner changes. Every act is one
transaction with its audit event and its notice.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.office import Office
from casework.permissions import Action, Person, kept_out, may_answer_alert
from casework.storage import alert_handings, alert_tickets, audit, staff_notices
from casework.storage.alert_handings import ANSWERED, HANDED_ON, TAKEN_BACK, Handing
from casework.storage.alerts import (
    ACKNOWLEDGED,
    CLOSED,
    RAISED,
    Alert,
    AlertChange,
    AlertId,
    change_alert,
    get_alert,
)
from casework.storage.people import person_named
from casework.storage.records import Records, Work
from casework.storage.staff_notices import tell_of_alert
from casework.written import written

LONGEST = 1000


def hand_to_person(
    records: Records,
    office: Office,
    alert_id: AlertId,
    username: str,
    reason: str,
    person: Person,
    now: datetime,
) -> None:
    """Make somebody else the owner. Raises Rejected("unknown", "to") for one who may not have it, and
    what `_begin` raises."""
    reason = written(reason, "reason", LONGEST)
    with records.write() as work:
        alert, allowed = _begin(work, office, alert_id, person)
        if username == person.username:
            raise Rejected("yourself", "to")
        taker = next((one for one in allowed if one.username == username), None)
        if taker is None:
            raise Rejected("unknown", "to")
        _take_on(work, alert, username, now)
        held = alert_handings.holding(work, alert_id, unit=False)
        if held is not None:
            alert_handings.end_handing(work, held.id, HANDED_ON, person.username, now)
        alert_handings.add_handing(work, alert_id, username, "", reason, person.username, now)
        _audit(work, EventName.ALERT_HANDED_ON, person, now, f"{alert.number} {username} {reason}")
        tell_of_alert(work, alert_id, staff_notices.HANDED, now, user_id=taker.id)
        work.commit()


def hand_to_department(
    records: Records,
    office: Office,
    alert_id: AlertId,
    code: str,
    reason: str,
    person: Person,
    now: datetime,
) -> None:
    """Ask a department for a response; the owner stays, and one that was asked before is told that it no
    longer is. Raises Rejected("accused", "to") for one that the ticket behind the alert accuses, and
    Rejected("unit_asked", "to") for the one that is asked already."""
    reason = written(reason, "reason", LONGEST)
    department = office.departments.get(code)
    if department is None or not department.active or department.level == "city":
        raise Rejected("unknown", "to")
    with records.write() as work:
        alert, _ = _begin(work, office, alert_id, person)
        ticket = alert_handings.facts_behind(work, office.departments, alert_id)
        if ticket is not None and kept_out(office.departments.above(code), ticket):
            raise Rejected("accused", "to")
        held = alert_handings.holding(work, alert_id, unit=True)
        if held is not None and held.department == code:
            raise Rejected("unit_asked", "to")
        _take_on(work, alert, alert.owner or person.username, now)
        if held is not None:
            alert_handings.end_handing(work, held.id, HANDED_ON, person.username, now)
            _tell_it_is_gone(work, office, held, now)
        alert_handings.add_handing(work, alert_id, "", code, reason, person.username, now)
        _audit(work, EventName.ALERT_HANDED_ON, person, now, f"{alert.number} {code} {reason}")
        tell_of_alert(work, alert_id, staff_notices.HANDED, now, department=code)
        work.commit()


def take_back(
    records: Records,
    office: Office,
    alert_id: AlertId,
    handing_id: UUID,
    person: Person,
    now: datetime,
) -> None:
    """Take back what one has handed on, or, as the owner, ask the department no longer. Raises
    Conflict("state") when it is not with them any more, NotAllowed for who did not hand it on."""
    _allow(person)
    with records.write() as work:
        alert_handings.lock_alert(work, alert_id)
        alert = get_alert(work, alert_id)
        held = alert_handings.get_handing(work, alert_id, handing_id)
        if held.how or alert.state == CLOSED:
            raise Conflict("state")
        if person.username not in (held.by, alert.owner if held.department else ""):
            raise NotAllowed("alert_owner")
        alert_handings.end_handing(work, held.id, TAKEN_BACK, person.username, now)
        if held.to_user:
            change_alert(work, alert_id, AlertChange(owner=person.username))
        whose = held.department or held.to_user
        _audit(work, EventName.ALERT_TAKEN_BACK, person, now, f"{alert.number} {whose}")
        _tell_it_is_gone(work, office, held, now)
        work.commit()


def answer(
    records: Records,
    office: Office,
    alert_id: AlertId,
    text: str,
    person: Person,
    now: datetime,
) -> None:
    """What the department says to an alert it was handed. Raises Conflict("state") when it is not with a
    department any more, NotAllowed for who does not work there."""
    text = written(text, "text", LONGEST)
    with records.write() as work:
        alert_handings.lock_alert(work, alert_id)
        alert = get_alert(work, alert_id)
        held = alert_handings.holding(work, alert_id, unit=True)
        if held is None or alert.state == CLOSED:
            raise Conflict("state")
        if not may_answer_alert(person, held.department) or not alert_handings.open_to(
            work, office.departments, person, [held]
        ):
            raise NotAllowed("not_allowed")
        alert_handings.end_handing(work, held.id, ANSWERED, person.username, now, text)
        told = f"{alert.number} {held.department}"
        _audit(work, EventName.ALERT_UNIT_ANSWERED, person, now, told)
        owner = _owner(work, office, alert)
        tell_of_alert(
            work, alert_id, staff_notices.ANSWERED, now, user_id=owner.id if owner else None
        )
        work.commit()


def link_ticket(
    records: Records,
    office: Office,
    alert_id: AlertId,
    number: str,
    person: Person,
    now: datetime,
) -> None:
    """Say in which ticket the matter is dealt with; while it is open it is under supervision from now
    on. Raises Rejected for one the person may not see or that is linked already."""
    if not number.strip():
        raise Rejected("required", "number")
    with records.write() as work:
        alert, _ = _begin(work, office, alert_id, person)
        alert_tickets.link_ticket(work, office, alert_id, alert.number, number, person, now)
        _take_on(work, alert, alert.owner or person.username, now)
        told = f"{alert.number} {number.strip().upper()}"
        _audit(work, EventName.ALERT_LINKED, person, now, told)
        work.commit()


def _begin(
    work: Work, office: Office, alert_id: AlertId, person: Person
) -> tuple[Alert, tuple[Person, ...]]:
    """The alert, for who may hand it on, and who may have it. Raises NotAllowed for others, also when it
    is somebody else's who still works here, and Conflict("state") for a closed one."""
    _allow(person)
    alert_handings.lock_alert(work, alert_id)
    alert = get_alert(work, alert_id)
    if alert.state == CLOSED:
        raise Conflict("state")
    allowed = alert_handings.who_may_take(work, office.departments, alert_id)
    names = {one.username for one in allowed}
    if person.username not in names:
        raise NotAllowed("not_allowed")
    if alert.owner in names - {person.username}:
        raise NotAllowed("alert_owner")
    return alert, allowed


def _take_on(work: Work, alert: Alert, owner: str, now: datetime) -> None:
    change = AlertChange(owner=owner)
    if alert.state == RAISED:
        change["state"], change["acknowledged_at"] = ACKNOWLEDGED, now
    change_alert(work, alert.id, change)


def _tell_it_is_gone(work: Work, office: Office, held: Handing, now: datetime) -> None:
    gone = staff_notices.TAKEN_BACK
    if held.department:
        tell_of_alert(work, held.alert_id, gone, now, department=held.department)
    else:
        taker = person_named(work, office.departments, held.to_user)
        tell_of_alert(work, held.alert_id, gone, now, user_id=taker.id)


def _owner(work: Work, office: Office, alert: Alert) -> Person | None:
    try:
        return person_named(work, office.departments, alert.owner)
    except NotFound:
        return None


def _allow(person: Person) -> None:
    if not person.may(Action.JUDGE_ALERTS):
        raise NotAllowed("not_allowed")


def _audit(work: Work, event: EventName, person: Person, now: datetime, text: str) -> None:
    audit.append(work, OFFICE_CHAIN, event, person.username, now, text)
