"""Everything one page about one ticket shows to the people who work on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from casework.contributions import Contribution
from casework.counting import Pause
from casework.errors import NotFound
from casework.events import CITIZEN
from casework.judgement import Judgement, TopicPath
from casework.model import Clock, DepartmentGuess, IntakeMode, TicketState
from casework.office import Office
from casework.permissions import Action, Person, covers, scope_of
from casework.replay import CONTRIBUTIONS
from casework.requests import Request
from casework.storage.attachments import Attachment, shown
from casework.storage.clocks import pauses_of
from casework.storage.contacts import MaskedContact, contact_of, mask, may_read_contact
from casework.storage.contributions import read_contribution
from casework.storage.judgements import read_judgement, split_topic
from casework.storage.queries.history import HistoryEntry, history_of
from casework.storage.queries.ticket_lines import read_clocks, title_of
from casework.storage.records import Work
from casework.storage.requests import requests_of
from casework.storage.scopes import facts_of, tickets_in
from casework.storage.tables import MessageRow, ReplyRow, TicketRow


@dataclass(frozen=True, slots=True)
class ShownReply:
    """An answer: its five parts, or `body` alone when it was taken over from an older system."""

    department: str
    department_name: str
    facts: str
    basis: str
    result: str
    remedy: str
    contact: str
    body: str
    answered_at: datetime
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketDetail:
    """One ticket as a person may see it.

    original: whether subject and body are the citizen's own words; otherwise personal details are
    masked. contact: None when the person may never see it. previous_number: the earlier message
    this one repeats, or "". accused: codes. merged_into: the number of the ticket that carries this
    one's matter, or "". merged: numbers of those it carries. entered_by: who typed it in for the
    citizen. bound: it cannot be returned again. round: more than 1 after it was reopened. moves: how
    often it went from unit to unit. pauses: one that lasts ends by itself when it says; paused_for:
    its reason, or "". actions: what the person may do to this very ticket. contributions: every one that
    was asked for, oldest first.
    """

    id: UUID
    number: str
    version: int
    state: TicketState
    kind: str
    topic: TopicPath
    urgency: str
    department: str
    district: str
    assigned_by: str
    assigned_confidence: float | None
    screening_reason: str
    unscreened_report: bool
    guesses: tuple[DepartmentGuess, ...]
    history_only: bool
    policy_version: str
    catalogue_version: str
    title: str
    subject: str
    body: str
    original: bool
    channel: str
    place: str
    received_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    publishable: bool
    judgement: Judgement
    clocks: tuple[Clock, ...]
    replies: tuple[ShownReply, ...]
    accused: tuple[str, ...]
    contact: MaskedContact | None
    previous_number: str
    merged_into: str
    merged: tuple[str, ...]
    entered_by: str
    confidential: bool
    history: tuple[HistoryEntry, ...]
    bound: bool
    round: int
    moves: int
    supervision: int
    accepted_at: datetime | None
    assigned_at: datetime | None
    requests: tuple[Request, ...]
    pauses: tuple[Pause, ...]
    paused_for: str
    actions: frozenset[Action]
    contributions: tuple[Contribution, ...]


def ticket_detail(
    work: Work, office: Office, number: str, person: Person, action: Action = Action.READ_TICKET
) -> TicketDetail:
    """The ticket with this number. Raises NotFound outside the person's scope for the action."""
    row = work.session.scalar(
        select(TicketRow)
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
            selectinload(TicketRow.replies),
            selectinload(TicketRow.accusations),
        )
        .where(
            TicketRow.number == number, *tickets_in(scope_of(person, action), office.departments)
        )
    )
    if row is None or row.message.deleted_at is not None:
        raise NotFound("ticket", number)
    return _detail(work, office, row, person)


def _detail(work: Work, office: Office, row: TicketRow, person: Person) -> TicketDetail:
    message = row.message
    actions = _actions(office, row, person)
    handles = Action.READ_CONTACT in actions and may_read_contact(
        person, row.kind, message.confidential
    )
    return TicketDetail(
        id=row.id,
        number=row.number,
        version=row.version,
        state=TicketState(row.state),
        kind=row.kind,
        topic=split_topic(row.topic),
        urgency=row.urgency,
        department=row.lead_department or "",
        district=row.district or "",
        assigned_by=row.assigned_by,
        assigned_confidence=row.assigned_confidence,
        screening_reason=row.screening_reason,
        unscreened_report=row.unscreened_report,
        guesses=tuple(read_guess(kept) for kept in row.guesses),
        policy_version=row.policy_version,
        catalogue_version=row.catalogue_version,
        history_only=message.mode == IntakeMode.HISTORY,
        title=title_of(message.shown_subject, message.shown_body),
        subject=message.subject if handles else message.shown_subject,
        body=message.body if handles else message.shown_body,
        original=handles,
        channel=message.channel,
        place=message.place,
        received_at=message.received_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        publishable=message.publishable,
        judgement=read_judgement(message.judgement),
        clocks=read_clocks(row.clocks, row.state),
        replies=tuple(shown_reply(reply) for reply in row.replies),
        accused=tuple(sorted(accusation.department for accusation in row.accusations)),
        contact=mask(contact_of(message)) if handles else None,
        previous_number=_number_of(work, message.repeats_id),
        merged_into=_number(work, TicketRow.id == row.merged_into) if row.merged_into else "",
        merged=tuple(
            work.session.scalars(
                select(TicketRow.number)
                .where(TicketRow.merged_into == row.id)
                .order_by(TicketRow.id)
            )
        ),
        entered_by=message.entered_by,
        confidential=message.confidential,
        history=_history(work, office, row.id, handles, actions, person),
        bound=row.bound,
        round=row.round,
        moves=row.moves,
        supervision=row.supervision,
        accepted_at=row.accepted_at,
        assigned_at=row.assigned_at,
        requests=requests_of(work, row.id),
        pauses=pauses_of(row.pauses),
        paused_for=next((each.reason for each in row.pauses if each.ended_at is None), ""),
        actions=actions,
        contributions=tuple(read_contribution(work, one) for one in row.contributions),
    )


def _actions(office: Office, row: TicketRow, person: Person) -> frozenset[Action]:
    facts = facts_of(row, office.departments)
    return frozenset(action for action in Action if covers(scope_of(person, action), facts))


def _history(
    work: Work,
    office: Office,
    ticket_id: UUID,
    handles: bool,
    actions: frozenset[Action],
    person: Person,
) -> tuple[HistoryEntry, ...]:
    """What happened; what the citizen called their files only to those who read their words, and
    what one unit was asked for to no other that only contributes."""
    contributes = Action.CONTRIBUTE in actions and Action.HANDLE not in actions
    own = office.departments.below(person.department)
    found = []
    for entry in history_of(work, ticket_id):
        if not handles and entry.actor == CITIZEN:
            entry = replace(entry, file="", words="")
        if contributes and entry.name in CONTRIBUTIONS and entry.department not in own:
            entry = replace(entry, reason="")
        found.append(entry)
    return tuple(found)


def _number_of(work: Work, message_id: UUID | None) -> str:
    if message_id is None:
        return ""
    return _number(work, TicketRow.message_id == message_id)


def _number(work: Work, which: ColumnElement[bool]) -> str:
    return work.session.scalar(select(TicketRow.number).where(which)) or ""


def read_guess(kept: dict[str, Any]) -> DepartmentGuess:
    """A guess as it lies in the ticket."""
    return DepartmentGuess(
        department=kept["department"],
        probability=kept["probability"],
        route=kept["route"],
        topic=tuple(kept["topic"]),
        reasons=tuple((reason[0], reason[1]) for reason in kept.get("reasons", ())),
    )


def shown_reply(row: ReplyRow) -> ShownReply:
    """An answer as pages show it."""
    return ShownReply(
        department=row.department or "",
        department_name=row.department_name,
        facts=row.facts,
        basis=row.basis,
        result=row.result,
        remedy=row.remedy,
        contact=row.contact,
        body=row.body,
        answered_at=row.answered_at,
        files=tuple(shown(file) for file in row.files),
    )
