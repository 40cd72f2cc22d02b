"""Keeping a named person from a ticket (回避), and letting them back; both with a reason in its chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.errors import Rejected
from casework.events import EventName
from casework.office import Office
from casework.permissions import Action, Person
from casework.storage.acts import begin, finish
from casework.storage.records import Records
from casework.storage.recusals import keep_from, let_back, somebody_else, whom_may_recuse
from casework.written import written

MAX_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Named:
    """Who is to be kept from a ticket, or let back, and why."""

    username: str
    reason: str


def recuse(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    named: Named,
    now: datetime,
) -> None:
    """Keep somebody from the ticket from now on; one may name oneself.

    Raises Rejected("empty" | "too_long", "reason"), ("unknown", "username") for somebody who does not
    see it or whom the person may not name, ("nobody_left", "username") for the last who could act on
    it, and what acts.begin raises.
    """
    reason = written(named.reason, "reason", MAX_REASON)
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.APPROVE, version)
        tree = office.departments
        found = whom_may_recuse(work, tree, ticket, person)
        kept = next((each for each in found if each.username == named.username), None)
        if kept is None:
            raise Rejected("unknown", "username")
        if not somebody_else(work, tree, ticket, kept.username):
            raise Rejected("nobody_left", "username")
        keep_from(work, ticket, kept, reason, person.username, now)
        told = {"username": kept.username, "reason": f"{kept.display_name}：{reason}"}
        finish(work, ticket, EventName.RECUSED, person, now, told)
        work.commit()


def let_in(
    records: Records,
    office: Office,
    ticket_id: UUID,
    person: Person,
    version: int,
    named: Named,
    now: datetime,
) -> None:
    """Let somebody back; nobody lets in themselves, for they do not see the ticket.

    Raises Rejected("empty" | "too_long", "reason"), ("unknown", "username"), and what acts.begin
    raises.
    """
    reason = written(named.reason, "reason", MAX_REASON)
    with records.write() as work:
        ticket = begin(work, office, ticket_id, person, Action.APPROVE, version)
        if not let_back(work, ticket, named.username):
            raise Rejected("unknown", "username")
        told = {"username": named.username, "reason": f"{named.username}：{reason}"}
        finish(work, ticket, EventName.RECUSAL_LIFTED, person, now, told)
        work.commit()
