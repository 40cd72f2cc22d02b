"""会办 on a ticket's page: what others were asked for and gave, and what the reader may do about it."""

from __future__ import annotations

from dataclasses import dataclass

from casework.contributions import Contribution, ContributionState
from casework.model import Clock, ClockName, ClockUnit, TicketAct, possible_acts
from casework.office import Office
from casework.permissions import Action
from casework.storage.queries.co_handled import CoHandled
from casework.storage.queries.ticket_page import TicketDetail
from casework.taxonomy import REPORT
from web.access import me
from web.city import city
from web.department.choices import DepartmentChoice, department_choices

A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Shown:
    """A contribution and its clock. own: the reader may give it."""

    contribution: Contribution
    clock: Clock
    own: bool


@dataclass(frozen=True, slots=True)
class CoHandling:
    """shown: what the reader may see, oldest first. waiting: what is still waited for. asks: whether the
    reader may ask and let off. choices: whom they may ask; outside: bodies outside, too."""

    shown: tuple[Shown, ...]
    waiting: tuple[Contribution, ...]
    asks: bool
    choices: tuple[DepartmentChoice, ...]
    outside: bool


def co_handling_of(ticket: TicketDetail, office: Office) -> CoHandling:
    """As the ticket stands, for whoever is signed in. Who only contributes sees their own unit's."""
    decides = bool({Action.HANDLE, Action.REASSIGN} & ticket.actions)
    asks = decides and TicketAct.CO_HANDLE in possible_acts(ticket.state)
    shown = []
    for one in ticket.contributions:
        theirs = me().department in office.departments.above(one.department)
        if theirs or Action.CONTRIBUTE not in ticket.actions or decides:
            may_give = theirs and Action.CONTRIBUTE in ticket.actions
            shown.append(Shown(one, clock_of(one), one.open and may_give))
    waiting = tuple(one for one in ticket.contributions if one.open)
    return CoHandling(
        shown=tuple(shown),
        waiting=waiting,
        asks=asks,
        choices=_choices(ticket, office, waiting) if asks else (),
        outside=asks and may_mail_outside() and _may_go_outside(ticket),
    )


def may_mail_outside() -> bool:
    """Whether mails can be sent and carry links."""
    return bool(city().settings.smtp_url and city().settings.address)


def _may_go_outside(ticket: TicketDetail) -> bool:
    """As the page knows it; it is asked again when it is done."""
    return ticket.kind != REPORT and not ticket.confidential and not ticket.accused


def _choices(
    ticket: TicketDetail, office: Office, waiting: tuple[Contribution, ...]
) -> tuple[DepartmentChoice, ...]:
    """Never the unit that leads, one that is asked already, or one that is accused."""
    tree, out = office.departments, {ticket.department, *(one.department for one in waiting)}
    return tuple(
        choice
        for choice in department_choices()
        if choice.code not in out and not tree.above(choice.code) & set(ticket.accused)
    )


def clock_of(one: Contribution) -> Clock:
    """The clock of a contribution, as chips show it."""
    short = (one.due_at - one.asked_at).total_seconds() < A_DAY
    return Clock(
        name=ClockName.CO_HANDLE,
        rule_id="",
        amount=0,
        unit=ClockUnit.HOUR if short else ClockUnit.WORKING_DAY,
        started_at=one.asked_at,
        due_at=one.due_at,
        provisional=False,
        stopped_at=one.ended_at,
        voided=one.state not in (ContributionState.OPEN, ContributionState.GIVEN),
    )


def with_clocks(found: tuple[CoHandled, ...]) -> list[tuple[CoHandled, Clock]]:
    """Lines of a list, each with the clock of its contribution."""
    return [(one, clock_of(one.contribution)) for one in found]
