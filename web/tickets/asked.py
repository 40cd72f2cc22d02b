"""What may still be asked for on a ticket, and what waits there for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.deadlines import DeadlinePolicy
from casework.model import ClockName, ClockUnit, TicketAct, possible_acts
from casework.office import Office
from casework.permissions import Action
from casework.requests import PauseRule, Request, RequestKind, RequestState
from casework.storage.queries.ticket_page import TicketDetail
from routing.ask import return_until


@dataclass(frozen=True, slots=True)
class Asking:
    """waiting: requests not decided yet; decided: the others. extension: by how much the reply clock
    may be extended, in `unit`, 0 for not; pauses: for what and how long clocks may stand still, empty
    for not. may_return: whether it can be returned; return_over: no longer, the time for that is over. decides: whether the person may decide at all.
    two_persons: whether an answer needs a second person. draft: the answer last sent back."""

    waiting: tuple[Request, ...]
    decided: tuple[Request, ...]
    extension: int
    unit: ClockUnit | None
    pauses: tuple[PauseRule, ...]
    may_return: bool
    return_over: bool
    decides: bool
    two_persons: bool
    draft: dict[str, str]


def asking_of(ticket: TicketDetail, office: Office, now: datetime) -> Asking:
    """As the ticket stands, for whoever is signed in."""
    policy = office.policy_named(ticket.policy_version, ticket.received_at)
    waiting = tuple(one for one in ticket.requests if one.state is RequestState.OPEN)
    decided = tuple(one for one in ticket.requests if one.state is not RequestState.OPEN)
    kinds = {one.kind for one in waiting}
    possible = possible_acts(ticket.state) if Action.HANDLE in ticket.actions else frozenset()
    most, unit, two_persons = _reply_rule(ticket, policy, now)
    returnable = TicketAct.RETURN in possible and not ticket.bound
    assigned_at = ticket.assigned_at
    over = assigned_at is not None and now > return_until(office, assigned_at)
    extension = TicketAct.EXTEND in possible and RequestKind.EXTEND not in kinds
    suspension = TicketAct.SUSPEND in possible and RequestKind.SUSPEND not in kinds
    return Asking(
        waiting=waiting,
        decided=decided,
        extension=most if extension else 0,
        unit=unit,
        pauses=policy.pauses if suspension else (),
        may_return=returnable and not over,
        return_over=returnable and over,
        decides=Action.APPROVE in ticket.actions,
        two_persons=two_persons,
        draft=_draft(decided),
    )


def _reply_rule(
    ticket: TicketDetail, policy: DeadlinePolicy, now: datetime
) -> tuple[int, ClockUnit | None, bool]:
    """By how much the running reply clock may still be extended, its unit, and whether an answer needs
    a second person."""
    for clock in ticket.clocks:
        if clock.name is ClockName.REPLY and clock.running:
            rule = policy.rule(clock.rule_id)
            if rule is not None:
                late = clock.due_at < now  # more time is asked for before it is over
                return (0 if clock.extra or late else rule.extend), clock.unit, rule.two_persons
    return 0, None, False


def _draft(decided: tuple[Request, ...]) -> dict[str, str]:
    """What was written when an answer was sent back last, to go on from."""
    answers = [one for one in decided if one.kind is RequestKind.ANSWER]
    return answers[-1].parts if answers and answers[-1].state is RequestState.REFUSED else {}
