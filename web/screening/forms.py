"""What a screener decides, as the form holds it."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from casework.codes import read_number
from casework.errors import Rejected
from casework.judgement import TopicPath
from casework.model import RefusalReason
from casework.storage.judgements import split_topic
from casework.storage.queries.ticket_page import TicketDetail
from casework.taxonomy import REPORT, leaves
from routing.screen import ScreeningDecision
from routing.set_aside import Refusal
from web.typed import typed

OTHER = "other"


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """choice: "1" to "3" for a guess, or OTHER with a department. accused: codes;
    no_accused: the screener says that nobody is accused. topic: levels joined by "/", to be taken
    instead of the guess's; "" leaves it."""

    choice: str
    department: str
    topic: str
    kind: str
    urgency: str
    sentiment: str
    accused: tuple[str, ...]
    no_accused: bool
    version: int

    def decision(self, ticket: TicketDetail) -> ScreeningDecision:
        """What the use case takes. Raises Rejected for a choice that is not there, and when a 举报
        names nobody and nobody has said that this is so."""
        department, topic = self._chosen(ticket)
        if self.topic:
            topic = split_topic(self.topic)
            if not any(leaf.path == topic for leaf in leaves()):
                raise Rejected("unknown", "topic")
        if self.kind == REPORT and not self.accused and not self.no_accused:
            raise Rejected("no_accused_confirm", "accused")
        return ScreeningDecision(
            department=department,
            kind=self.kind,
            urgency=self.urgency,
            sentiment=self.sentiment,
            topic=topic,
            accused=self.accused if self.kind == REPORT else (),
        )

    def _chosen(self, ticket: TicketDetail) -> tuple[str, TopicPath]:
        if self.choice == OTHER:
            if not self.department:
                raise Rejected("required", "department")
            return self.department, ()
        if not self.choice.isdecimal() or not 1 <= int(self.choice) <= len(ticket.guesses):
            raise Rejected("unknown", "choice")
        guess = ticket.guesses[int(self.choice) - 1]
        return guess.department, guess.topic


def empty_decision(ticket: TicketDetail, suggested: tuple[str, ...]) -> DecisionForm:
    """What the form shows at first: what the program thinks, nobody confirmed yet."""
    accused = ticket.accused or suggested
    return DecisionForm(
        choice="",
        department="",
        topic="",
        kind=ticket.kind,
        urgency=ticket.urgency,
        sentiment=ticket.judgement.sentiment,
        accused=accused,
        no_accused=False,
        version=ticket.version,
    )


def read_decision(sent: MultiDict[str, str]) -> DecisionForm:
    """The form as sent."""
    accused = (code for code in sent.getlist("accused") if code)
    return DecisionForm(
        choice=sent.get("choice", ""),
        department=sent.get("department", ""),
        topic=sent.get("topic", ""),
        kind=sent.get("kind", ""),
        urgency=sent.get("urgency", ""),
        sentiment=sent.get("sentiment", ""),
        accused=tuple(dict.fromkeys(accused)),
        no_accused=sent.get("no_accused") == "yes",
        version=sent.get("version", 0, type=int),
    )


@dataclass(frozen=True, slots=True)
class AsideForm:
    """A message set aside. into: the number of the ticket that is to carry it. reason, basis,
    note: of a refusal. new_facts: of a 举报 that joins an earlier one."""

    into: str
    reason: str
    basis: str
    note: str
    version: int
    new_facts: bool = False

    def refusal(self) -> Refusal:
        """What the use case takes. Raises Rejected for a reason that is none."""
        if self.reason not in set(RefusalReason):
            raise Rejected("required", "refusal_reason")
        return Refusal(RefusalReason(self.reason), self.basis, self.note)


def read_aside(sent: MultiDict[str, str]) -> AsideForm:
    """The form as sent; a number may be typed or taken from the list."""
    number = typed(sent.get("into_typed", "")) or typed(sent.get("into", ""))
    return AsideForm(
        into=read_number(number),
        reason=sent.get("refusal_reason", ""),
        basis=typed(sent.get("basis", "")),
        note=typed(sent.get("refusal_note", "")),
        version=sent.get("version", 0, type=int),
        new_facts=sent.get("new_facts") == "yes",
    )
