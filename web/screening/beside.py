"""What stands beside the message at the screening desk: what it may repeat, what was decided last."""

from __future__ import annotations

from dataclasses import dataclass

from casework.errors import NotFound
from casework.judgement import judged_text
from casework.model import TicketState
from casework.permissions import Action, scope_of
from casework.storage.queries.alike import known_of
from casework.storage.queries.ticket_page import TicketDetail, ticket_detail
from web.access import me
from web.city import city
from web.tickets.alike import Offer, offers_like

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """The ticket decided just before. state: what it has become."""

    number: str
    state: TicketState


def alike_to(ticket: TicketDetail) -> tuple[tuple[Offer, ...], bool]:
    """Tickets the message may repeat, and whether the index answered."""
    with city().records.read() as work:
        known = known_of(work, ticket.number)
    text = judged_text(ticket.subject, ticket.body)
    found, answered = offers_like(text, known, scope_of(me(), Action.SCREEN))
    return found[:SHOWN], answered


def sent_before(number: str) -> Sent | None:
    """The ticket with this number, if the person may see it."""
    served = city()
    with served.records.read() as work:
        try:
            found = ticket_detail(work, served.office(), number, me(), Action.SCREEN)
        except NotFound:
            return None
    return Sent(found.number, found.state)
