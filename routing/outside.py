"""转外单位: the unit that leads asks a body outside (a water company, a central body, a neighbouring city).

It is mailed a link that nobody can guess, sees the masked text and the question, and answers once; what it
says comes back as a contribution, which stays inside. A 举报 and what is confidential never go out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.contributions import ContributionState
from casework.errors import Conflict, NotFound, Rejected
from casework.events import OUTSIDE, EventName
from casework.ladder import Audience
from casework.model import TicketAct
from casework.storage import attempts
from casework.storage.acts import begin, finish, finish_as, move
from casework.storage.answer_files import one_at_a_time
from casework.storage.audit import append_text
from casework.storage.brief_subscriptions import ADDRESS
from casework.storage.contributions import GIVEN, end, new_contribution, open_one, tell, ticket_of
from casework.storage.outside import (
    ask_body,
    asked_by_link,
    check_not_asked,
    may_be_shown_outside,
)
from casework.storage.records import Records, Work
from casework.storage.tables import ContributionRow, TicketRow
from casework.written import written
from routing.ask import Where
from routing.co_handle import MAX_QUESTION, MAX_WORDS, asking_action, due_of

DAYS, MOST_DAYS = 14, 60
"""How long a link holds when nobody says, and at most."""
MAX_NAME, MAX_EMAIL, MAX_SIGNER = 200, 200, 40


@dataclass(frozen=True, slots=True)
class AskedBody:
    """Whom to ask for what. due: as of co_handle.ask_contribution. days: how long the link holds."""

    name: str
    email: str
    question: str
    due: datetime | None = None
    days: int = DAYS


@dataclass(frozen=True, slots=True)
class OutsideForm:
    """What a body outside sees by its link. subject, body: masked, "" unless the link is open.
    department: code of the unit that leads."""

    name: str
    number: str
    department: str
    state: ContributionState
    question: str
    subject: str
    body: str
    received_at: datetime
    due_at: datetime
    expires_at: datetime

    @property
    def open(self) -> bool:
        return self.state is ContributionState.OPEN


def ask_outside(where: Where, asked: AskedBody, now: datetime) -> None:
    """Ask a body outside for what it knows; the ticket's clocks run on.

    For whoever may ask a unit. Raises Rejected("empty" | "too_long") of name and question,
    Rejected("email", "email"), Rejected("days", "days"), Rejected("not_for_outside") for what never goes
    out, Conflict("co_asked") while the address is asked, and of the day as co_handle.ask_contribution.
    """
    name = written(asked.name, "name", MAX_NAME)
    question = written(asked.question, "question", MAX_QUESTION)
    email = asked.email.strip()
    if len(email) > MAX_EMAIL or not ADDRESS.fullmatch(email) or not email.isascii():
        raise Rejected("email", "email")
    if not 1 <= asked.days <= MOST_DAYS:
        raise Rejected("amount", "days", most=MOST_DAYS)
    office, person = where.office, where.person
    with where.records.write() as work:
        one_at_a_time(work, where.ticket_id)
        ticket = begin(work, office, where.ticket_id, person, asking_action(person), where.version)
        if not may_be_shown_outside(ticket):
            raise Rejected("not_for_outside", "name")
        check_not_asked(ticket, email)
        due = due_of(office, ticket, asked.due, now)
        move(ticket, TicketAct.CO_HANDLE, now)
        row = new_contribution(work, ticket, None, person, question, due, now)
        ask_body(work, row, name, email, now + timedelta(days=asked.days), now)
        said = {
            "contribution": str(row.id),
            "department": "",
            "reason": f"{name}：{question}",
            "due": due.isoformat(timespec="seconds"),
        }
        finish(work, ticket, EventName.CONTRIBUTION_ASKED, person, now, said)
        work.commit()


def open_link(records: Records, token: str, address: str, now: datetime) -> OutsideForm:
    """What the link shows; that it was opened is written down the first time. address: from where.

    Raises NotFound for a link that is none, attempts.Throttled for whoever tries too many of them.
    """
    with records.write() as work:
        row = _by_link(work, token, address, now)
        ticket = work.session.get_one(TicketRow, row.ticket_id)
        form = _form(row, ticket, now)
        if form.open and row.outside is not None and row.outside.opened_at is None:
            row.outside.opened_at = now
            told = {"contribution": str(row.id), "reason": form.name}
            append_text(work, str(ticket.id), EventName.OUTSIDE_OPENED, OUTSIDE, now, told)
            work.commit()
    return form


def answer_by_link(
    records: Records,
    token: str,
    signer: str,
    words: str,
    address: str,
    now: datetime,
) -> None:
    """Take what a body outside says; once, and it is never changed afterwards.

    Raises Rejected("empty" | "too_long") of signer and words, Conflict("co_ended") once the link has
    ended, and as `open_link`.
    """
    with records.write() as work:
        found = _by_link(work, token, address, now)
        ticket_id, contribution_id = ticket_of(work, found.id), found.id
    signer = written(signer, "signer", MAX_SIGNER)
    words = written(words, "words", MAX_WORDS)
    with records.write() as work:
        one_at_a_time(work, ticket_id)
        ticket = work.session.get_one(TicketRow, ticket_id)
        row = open_one(ticket, contribution_id)
        form = _form(row, ticket, now)
        if not form.open:
            raise Conflict("co_ended")
        _ = ticket.clocks, ticket.pauses  # read before anything changes, as acts.begin does
        move(ticket, TicketAct.CONTRIBUTE, now)
        end(row, ContributionState.GIVEN, signer, now)
        row.words = words
        if ticket.lead_department:
            tell(work, row, GIVEN, Audience.UNIT, ticket.lead_department, now)
        said = {
            "contribution": str(row.id),
            "department": "",
            "reason": f"{form.name}，{signer}",
            "digest": hashlib.sha256(words.encode()).hexdigest(),
        }
        finish_as(work, ticket, EventName.CONTRIBUTED, OUTSIDE, now, said)
        work.commit()


def _by_link(work: Work, token: str, address: str, now: datetime) -> ContributionRow:
    tried = attempts.who(work, "outside", "", address)
    attempts.check(work, tried, now)
    try:
        return asked_by_link(work, token)
    except NotFound:
        attempts.failed(work, tried, now)
        work.commit()
        raise


def _form(row: ContributionRow, ticket: TicketRow, now: datetime) -> OutsideForm:
    asked = row.outside
    if asked is None:
        raise NotFound("outside request")
    state = ContributionState(row.state)
    if state is ContributionState.OPEN and asked.expires_at <= now:
        state = ContributionState.EXPIRED  # before the sweep came round
    if state is ContributionState.OPEN and not may_be_shown_outside(ticket):
        state = ContributionState.NEEDLESS
    is_open = state is ContributionState.OPEN
    return OutsideForm(
        name=asked.name,
        number=ticket.number,
        department=ticket.lead_department or "",
        state=state,
        question=row.question if is_open else "",
        subject=ticket.message.shown_subject if is_open else "",
        body=ticket.message.shown_body if is_open else "",
        received_at=ticket.message.received_at,
        due_at=row.due_at,
        expires_at=asked.expires_at,
    )
