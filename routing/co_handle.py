"""会办: the unit that leads asks others for what it needs of them, and they give it. It gives the one
answer (首接负责); what others contribute stays inside.

Each act is one transaction with its audit event and the notice to whoever is to know. Raises as the acts
of routing/handle.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from casework.contributions import ContributionState
from casework.counting import count
from casework.errors import Conflict, Rejected
from casework.events import EventName
from casework.ladder import Audience
from casework.model import ClockName, TicketAct
from casework.office import Office
from casework.permissions import Action, Person, scope_of
from casework.storage.acts import begin, begin_unseen, finish, move
from casework.storage.answer_files import one_at_a_time
from casework.storage.clocks import matter_of
from casework.storage.contributions import (
    ASKED,
    DECLINED,
    GIVEN,
    LET_OFF,
    ask_unit,
    end,
    open_one,
    reply_due,
    tell,
    ticket_of,
)
from casework.storage.notices import OUTSIDE_LET_OFF
from casework.storage.outside import tell_body
from casework.storage.records import Records, Work
from casework.storage.recusals import all_kept_from
from casework.storage.tables import ContributionRow, TicketRow
from casework.written import written
from routing.ask import Where
from routing.screen import check_not_accused

MAX_WORDS, MAX_QUESTION = 5_000, 1_000


def ask_contribution(
    where: Where, department: str, question: str, due: datetime | None, now: datetime
) -> None:
    """Ask another unit for a contribution. due: its day; None for the one the policy gives. Either
    way it is never after that of the reply, nor, once that is over, after the one the policy gives.

    For the unit that leads and for who dispatches. Raises Rejected("unknown" | "accused" |
    "same_department" | "all_recused", "department"), Rejected("empty" | "too_long", "question"),
    Rejected("co_due", "due") for a day that has passed or lies beyond the last,
    Conflict("co_asked") for a unit that is asked already, Conflict("no_clock") without a reply clock.
    """
    question = written(question, "question", MAX_QUESTION)
    office, person = where.office, where.person
    _check_unit(office, department)
    with where.records.write() as work:
        one_at_a_time(work, where.ticket_id)
        ticket = begin(work, office, where.ticket_id, person, asking_action(person), where.version)
        if department == ticket.lead_department:
            raise Rejected("same_department", "department")
        check_not_accused(office, department, [row.department for row in ticket.accusations])
        if all_kept_from(work, office.departments, ticket, department):
            raise Rejected("all_recused", "department")
        move(ticket, TicketAct.CO_HANDLE, now)
        row = ask_unit(
            work, ticket, department, person, question, due_of(office, ticket, due, now), now
        )
        tell(work, row, ASKED, Audience.UNIT, department, now)
        said = {
            **_named(row),
            "reason": question,
            "due": row.due_at.isoformat(timespec="seconds"),
        }
        finish(work, ticket, EventName.CONTRIBUTION_ASKED, person, now, said)
        work.commit()


def asking_action(person: Person) -> Action:
    """Who dispatches may ask about any ticket, a unit about those it leads."""
    return Action.REASSIGN if person.may(Action.REASSIGN) else Action.HANDLE


def contribute(
    records: Records,
    office: Office,
    contribution_id: UUID,
    person: Person,
    words: str,
    now: datetime,
) -> None:
    """Give what the unit was asked for; it can be given late, and is never changed afterwards.

    Raises Rejected("empty" | "too_long", "words"), Conflict("co_ended") when nobody waits for it.
    """
    words = written(words, "words", MAX_WORDS)

    def act(work: Work, ticket: TicketRow, row: ContributionRow) -> None:
        end(row, ContributionState.GIVEN, person.username, now)
        row.words = words
        tell(work, row, GIVEN, Audience.UNIT, ticket.lead_department, now)
        said = {**_named(row), "digest": hashlib.sha256(words.encode()).hexdigest()}
        finish(work, ticket, EventName.CONTRIBUTED, person, now, said)

    _act(records, office, contribution_id, person, Action.CONTRIBUTE, act, now)


def decline(
    records: Records,
    office: Office,
    contribution_id: UUID,
    person: Person,
    reason: str,
    now: datetime,
) -> None:
    """Say why the unit has nothing to give; it no longer sees the ticket then. Raises as `contribute`,
    of the reason."""
    reason = written(reason, "reason", MAX_QUESTION)

    def act(work: Work, ticket: TicketRow, row: ContributionRow) -> None:
        end(row, ContributionState.DECLINED, person.username, now)
        row.reason = reason
        tell(work, row, DECLINED, Audience.UNIT, ticket.lead_department, now)
        said = {**_named(row), "reason": reason}
        finish(work, ticket, EventName.CONTRIBUTION_DECLINED, person, now, said)

    _act(records, office, contribution_id, person, Action.CONTRIBUTE, act, now)


def withdraw(
    records: Records,
    office: Office,
    contribution_id: UUID,
    person: Person,
    reason: str,
    now: datetime,
) -> None:
    """Let a unit off; it is told, and no longer sees the ticket then. For whoever may ask. Raises as `decline`."""
    reason = written(reason, "reason", MAX_QUESTION)

    def act(work: Work, ticket: TicketRow, row: ContributionRow) -> None:
        end(row, ContributionState.WITHDRAWN, person.username, now)
        row.reason = reason
        if row.department:
            tell(work, row, LET_OFF, Audience.UNIT, row.department, now)
        else:
            tell_body(work, row, OUTSIDE_LET_OFF, now)
        said = {**_named(row), "reason": _about(row, reason)}
        finish(work, ticket, EventName.CONTRIBUTION_WITHDRAWN, person, now, said)

    _act(records, office, contribution_id, person, asking_action(person), act, now)


def _act(
    records: Records,
    office: Office,
    contribution_id: UUID,
    person: Person,
    action: Action,
    act: Callable[[Work, TicketRow, ContributionRow], None],
    now: datetime,
) -> None:
    """Whatever the lead did meanwhile: what ends a contribution is the contribution's own state."""
    with records.write() as work:
        ticket_id = ticket_of(work, contribution_id)
        one_at_a_time(work, ticket_id)
        ticket = begin_unseen(work, office, ticket_id, person, action)
        row = open_one(ticket, contribution_id)
        if action is Action.CONTRIBUTE and not _is_theirs(office, person, row):
            raise Conflict("co_ended")
        _ = row.outside  # read before anything changes, as acts.begin does
        move(ticket, TicketAct.CONTRIBUTE, now)
        act(work, ticket, row)
        work.commit()


def _is_theirs(office: Office, person: Person, row: ContributionRow) -> bool:
    asked_under = scope_of(person, Action.CONTRIBUTE).asked_under
    return asked_under in office.departments.above(row.department or "")


def _check_unit(office: Office, department: str) -> None:
    found = office.departments.get(department)
    if found is None or not found.active or found.level == "city":
        raise Rejected("unknown", "department")


def due_of(office: Office, ticket: TicketRow, asked: datetime | None, now: datetime) -> datetime:
    """The day of a contribution, as `ask_contribution` says of it."""
    latest = reply_due(ticket)
    if latest is None:
        raise Conflict("no_clock")
    given = _given_by_policy(office, ticket, now)
    # Of a reply that is late already the unit asked has its own time: its lateness is not theirs.
    last = latest if latest > now or given is None else given
    if asked is not None:
        if not now < asked <= last:
            raise Rejected("co_due", "due", last=f"{last.astimezone(office.zone):%Y-%m-%d %H:%M}")
        return asked
    return last if given is None else min(last, given)


def _given_by_policy(office: Office, ticket: TicketRow, now: datetime) -> datetime | None:
    """None by a policy made before there was such a rule."""
    policy = office.policy_named(ticket.policy_version, ticket.opened_at)
    rules = policy.rules_for(matter_of(ticket))
    rule = next((rule for rule in rules if rule.clock is ClockName.CO_HANDLE), None)
    return count(rule, now, office.calendar, office.zone).due_at if rule else None


def _named(row: ContributionRow) -> dict[str, object]:
    return {"contribution": str(row.id), "department": row.department or ""}


def _about(row: ContributionRow, reason: str) -> str:
    """The reason, after whom it is about where that is no unit of the office."""
    return f"{row.outside.name}：{reason}" if row.outside is not None else reason
