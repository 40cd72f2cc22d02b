"""One line of a list of tickets, read from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.judgement import TopicPath
from casework.model import Clock, ClockName, ClockUnit, TicketState
from casework.storage.judgements import split_topic
from casework.storage.tables import ClockRow, TicketRow

TITLE_LENGTH = 60
EXCERPT_LENGTH = 160


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One row of a list. title: the subject as shown, or the beginning of the text.
    excerpt: a longer beginning of the text, personal details masked.
    clock: the nearest running clock, or None when none runs."""

    id: UUID
    number: str
    state: TicketState
    kind: str
    topic: TopicPath
    urgency: str
    department: str
    title: str
    excerpt: str
    place: str
    channel: str
    sentiment: str
    received_at: datetime
    clock: Clock | None
    reply_clock: Clock | None
    screening_reason: str
    guesses: int
    version: int = 0


def ticket_line(row: TicketRow) -> TicketLine:
    """The line of a ticket whose message, judgement and clocks are loaded."""
    message = row.message
    clocks = read_clocks(row.clocks, row.state)
    # The call-back is the centre's: no deadline of the ticket in anybody's list.
    running = [c for c in clocks if c.running and c.name is not ClockName.CALL_BACK]
    return TicketLine(
        id=row.id,
        number=row.number,
        state=TicketState(row.state),
        kind=row.kind,
        topic=split_topic(row.topic),
        urgency=row.urgency,
        department=row.lead_department or "",
        title=title_of(message.shown_subject, message.shown_body),
        excerpt=_beginning(message.shown_body, EXCERPT_LENGTH),
        place=message.place,
        channel=message.channel,
        sentiment=message.judgement.sentiment,
        received_at=message.received_at,
        clock=min(running, key=lambda clock: clock.due_at, default=None),
        reply_clock=latest(clocks, ClockName.REPLY),
        screening_reason=row.screening_reason,
        guesses=len(row.guesses),
        version=row.version,
    )


def title_of(subject: str, body: str) -> str:
    """The subject, or the beginning of the text."""
    return subject or _beginning(body, TITLE_LENGTH)


def _beginning(body: str, length: int) -> str:
    text = " ".join(body.split())
    return text if len(text) <= length else text[:length] + "……"


def latest(clocks: Sequence[Clock], name: ClockName) -> Clock | None:
    """The clock of this name in the newest round that has one, or None."""
    named = (clock for clock in clocks if clock.name is name)
    return max(named, key=lambda clock: clock.round, default=None)


_PLACES = {name.value: place for place, name in enumerate(ClockName)}


def read_clocks(rows: Sequence[ClockRow], state: str = "") -> tuple[Clock, ...]:
    """Clocks as the model knows them, in the order in which a ticket is worked on, round after round;
    those of a suspended ticket stand still."""
    still = state == TicketState.SUSPENDED
    return tuple(
        Clock(
            name=ClockName(row.name),
            rule_id=row.rule_id,
            amount=row.amount,
            unit=ClockUnit(row.unit),
            started_at=row.started_at,
            due_at=row.due_at,
            provisional=row.provisional,
            stopped_at=row.stopped_at,
            voided=row.voided,
            round=row.round,
            extra=row.extra,
            paused=still and row.stopped_at is None and not row.voided,
        )
        for row in sorted(rows, key=lambda row: (row.round, _PLACES[row.name]))
    )
