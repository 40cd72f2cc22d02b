"""A citizen's words as a page shows them: escaped, with the evidence underlined, and who is in them."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from casework.judgement import Judgement, TopicPath, judged_text
from casework.storage.queries.ticket_page import TicketDetail
from web.evidence import marks_of, underline

PARTIES_SHOWN = 6

BEGINNING = 24
"""Characters shown of each matter."""


@dataclass(frozen=True, slots=True)
class MessageText:
    """subject: "" when there is none. ranks: which kinds of underline occur, for the legend. target: whom
    or what the feeling is about, "" for none. parties: who else is spoken of. matters: the topic and
    the first words of each, when there are several."""

    subject: Markup
    body: Markup
    ranks: frozenset[str]
    target: str
    parties: tuple[str, ...]
    matters: tuple[tuple[TopicPath, str], ...]


def message_text(ticket: TicketDetail) -> MessageText:
    """The words the person may see of this ticket."""
    text = judged_text(ticket.subject, ticket.body)
    marks = marks_of(ticket.judgement, text)
    body_at = len(ticket.subject) + 1 if ticket.subject else 0
    return MessageText(
        subject=underline(text, marks, 0, max(0, body_at - 1)),
        body=underline(text, marks, body_at),
        ranks=frozenset(mark.rank for mark in marks),
        target=_target(ticket.judgement, text),
        parties=_parties(ticket.judgement, text),
        matters=_matters(ticket.judgement, text),
    )


def _target(judgement: Judgement, text: str) -> str:
    target = judgement.target
    return target.text if target and text[target.start : target.end] == target.text else ""


def _parties(judgement: Judgement, text: str) -> tuple[str, ...]:
    """Those that stand in the text the person may see; whoever the feeling is about is told already."""
    target = judgement.target.text if judgement.target else ""
    named = [
        one.text
        for one in judgement.parties
        if text[one.start : one.end] == one.text and one.text != target
    ]
    return tuple(named[:PARTIES_SHOWN])


def _matters(judgement: Judgement, text: str) -> tuple[tuple[TopicPath, str], ...]:
    """None in a text with personal details masked whose words stand elsewhere than in the judged one."""
    moved = any(text[one.start : one.end] != one.text for one in judgement.evidence)
    if moved or not judgement.matters:
        return ()
    return tuple(
        [
            (matter.topic, _beginning(text[matter.start : matter.end]))
            for matter in judgement.matters
        ]
    )


def _beginning(words: str) -> str:
    words = words.lstrip("。！？!?；;，,、.…\n 　").replace("\n", "　")
    return words[:BEGINNING] + "…" if len(words) > BEGINNING else words
