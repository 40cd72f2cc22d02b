"""A citizen's words as a page shows them: escaped, with the evidence underlined."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from casework.judgement import judged_text
from casework.storage.queries.ticket_page import TicketDetail
from web.evidence import marks_of, underline


@dataclass(frozen=True, slots=True)
class MessageText:
    """subject: "" when there is none. ranks: which kinds of underline occur, for the legend."""

    subject: Markup
    body: Markup
    ranks: frozenset[str]


def message_text(ticket: TicketDetail) -> MessageText:
    """The words the person may see of this ticket."""
    text = judged_text(ticket.subject, ticket.body)
    marks = marks_of(ticket.judgement, text)
    body_at = len(ticket.subject) + 1 if ticket.subject else 0
    return MessageText(
        subject=underline(text, marks, 0, max(0, body_at - 1)),
        body=underline(text, marks, body_at),
        ranks=frozenset(mark.rank for mark in marks),
    )
