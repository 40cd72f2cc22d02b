"""公开回应: what the city says to everybody about the matter of an alert (舆情引导、回应关切).

Written by who is responsible for alerts, public at once, never changed: what was wrong is withdrawn with
a reason that is public, too. Every act is one transaction with its audit event.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from casework.errors import NotAllowed, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.permissions import Action, Person
from casework.storage import audit
from casework.storage.alert_handings import lock_alert
from casework.storage.alerts import AlertId, get_alert
from casework.storage.records import Records
from casework.storage.statements import add_statement, withdraw_statement
from casework.written import written

MAX_TITLE, MAX_BODY, MAX_REASON = 60, 5_000, 200


def publish(
    records: Records,
    alert_id: AlertId,
    title: str,
    body: str,
    names_a_person: Callable[[str], bool],
    person: Person,
    now: datetime,
) -> None:
    """Say it to everybody; the same words are said once. names_a_person: whether a text holds what belongs to one person alone.

    Raises Rejected("empty" | "too_long") of title and body, Rejected("personal") where one of them holds
    such a detail, NotFound without the alert.
    """
    title = written(" ".join(title.split()), "title", MAX_TITLE)
    body = written(body, "body", MAX_BODY)
    for field, text in (("title", title), ("body", body)):
        if names_a_person(text):
            raise Rejected("personal", field)
    _allow(person)
    with records.write() as work:
        alert = get_alert(work, alert_id)
        lock_alert(work, alert_id)  # a form that was sent twice
        statement = add_statement(work, alert_id, title, body, person.username, now)
        if statement is not None:
            told = f"{alert.number} {statement.id} {title}"
            audit.append(work, OFFICE_CHAIN, EventName.STATEMENT_MADE, person.username, now, told)
        work.commit()


def withdraw(
    records: Records, statement_id: UUID, reason: str, person: Person, now: datetime
) -> None:
    """Take it back. Raises Rejected("empty" | "too_long", "reason"), NotFound, Conflict("state")."""
    reason = written(reason, "reason", MAX_REASON)
    _allow(person)
    with records.write() as work:
        statement = withdraw_statement(work, statement_id, reason, person.username, now)
        told = f"{statement.id} {reason}"
        audit.append(work, OFFICE_CHAIN, EventName.STATEMENT_WITHDRAWN, person.username, now, told)
        work.commit()


def _allow(person: Person) -> None:
    if not person.may(Action.JUDGE_ALERTS):
        raise NotAllowed("not_allowed")
