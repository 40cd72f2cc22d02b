"""A ticket's clocks counted anew: after a pause, an extension, a changed day; and those of a new round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from uuid_utils.compat import uuid7

from casework.counting import Counting, Pause, Term, count
from casework.deadlines import Matter, start_clocks
from casework.ladder import Ladder, first_step
from casework.life import TicketState
from casework.model import Clock, ClockName, ClockStart, ClockUnit, IntakeMode
from casework.office import Office
from casework.storage.judgements import split_topic
from casework.storage.policies import policy_kept
from casework.storage.records import Work
from casework.storage.tables import ClockRow, PauseRow, TicketRow


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that is due at another time than before."""

    name: str
    before: datetime
    after: datetime


def running(ticket: TicketRow) -> list[ClockRow]:
    """The clocks that have neither stopped nor been voided."""
    return [clock for clock in ticket.clocks if clock.stopped_at is None and not clock.voided]


def pauses_of(rows: Iterable[PauseRow]) -> tuple[Pause, ...]:
    """The pauses; one that lasts counts until it ends by itself."""
    return tuple(Pause(row.started_at, row.ended_at or row.until) for row in rows)


def counted(office: Office, ticket: TicketRow, clock: ClockRow) -> Counting:
    """When a clock is due, by its rule, the pauses and its extension."""
    unit = ClockUnit(clock.unit)
    policy = office.policy_named(ticket.policy_version, ticket.opened_at)
    rule = policy.rule(clock.rule_id)
    return count(
        Term(clock.amount, unit, rule.rolls_over if rule else True),
        clock.started_at,
        office.calendar,
        office.zone,
        pauses_of(ticket.pauses),
        Term(clock.extra, unit) if clock.extra else None,
    )


def recount(office: Office, ticket: TicketRow) -> list[Moved]:
    """Count every running clock anew; returns those that moved."""
    moved = []
    for clock in running(ticket):
        found = counted(office, ticket, clock)
        if found.due_at != clock.due_at:
            moved.append(Moved(clock.name, clock.due_at, found.due_at))
            clock.next_step_at = None  # to be set again by `schedule`
        clock.due_at, clock.provisional = found.due_at, found.provisional
    return moved


def schedule(work: Work, ticket: TicketRow, now: datetime) -> None:
    """Say of each clock when its next step is due: never, once it has stopped or while it stands still;
    of one whose time has changed, the first step it still has before it on the ladder of the policy
    the ticket began with."""
    still = ticket.state == TicketState.SUSPENDED
    anew = []
    for clock in ticket.clocks:
        if still or clock.voided or clock.stopped_at is not None:
            clock.next_step_at = None
        elif clock.next_step_at is None:
            anew.append(clock)
    if anew:
        policy = policy_kept(work, ticket.policy_version)
        for clock in anew:
            _schedule(policy.ladder_for(clock.rule_id), clock, now)


def _schedule(ladder: Ladder, clock: ClockRow, now: datetime) -> None:
    step = clock.step or 0
    if step and clock.due_at <= now:  # it was over before: on from the step it had come to
        clock.next_step_at = clock.due_at if step < len(ladder) else None
        return
    clock.step, clock.next_step_at = first_step(
        ladder, clock.name, clock.started_at, clock.due_at, now
    )


def start_after_answer(office: Office, ticket: TicketRow, now: datetime) -> None:
    """Start the clocks that run from an answer; that of the call-back only where there is somebody to
    call."""
    policy = office.policy_named(ticket.policy_version, ticket.opened_at)
    later = start_clocks(
        policy,
        matter_of(ticket),
        started_at=ticket.opened_at,
        calendar=office.calendar,
        zone=office.zone,
        others={ClockStart.ANSWERED: now},
    )
    known = {clock.name for clock in ticket.clocks if clock.round == ticket.round}
    if not _can_be_called(ticket):
        known.add(ClockName.CALL_BACK)
    add_clocks(ticket, [c for c in later if c.started_at == now and c.name not in known])


def _can_be_called(ticket: TicketRow) -> bool:
    """Whether the citizen wrote to the office and left a telephone number."""
    message = ticket.message
    return message.mode == IntakeMode.NEW and bool(message.contact_phone)


def matter_of(ticket: TicketRow) -> Matter:
    """What of the ticket decides which rules hold."""
    return Matter(
        ticket.kind,
        ticket.urgency,
        ticket.district or "",
        split_topic(ticket.topic),
        ticket.message.channel,
    )


def next_round(ticket: TicketRow, clocks: Iterable[Clock]) -> None:
    """Give the ticket clocks of a new round; those before keep their times, none runs on."""
    for clock in running(ticket):
        clock.voided = True
    ticket.round += 1
    add_clocks(ticket, clocks)


def add_clocks(ticket: TicketRow, clocks: Iterable[Clock]) -> None:
    """Add clocks to the ticket's round."""
    for new in clocks:
        ticket.clocks.append(
            ClockRow(
                id=uuid7(),
                ticket_id=ticket.id,
                name=new.name,
                rule_id=new.rule_id,
                amount=new.amount,
                unit=new.unit,
                started_at=new.started_at,
                due_at=new.due_at,
                provisional=new.provisional,
                voided=False,
                round=ticket.round,
                extra=0,
                step=0,
            )
        )
