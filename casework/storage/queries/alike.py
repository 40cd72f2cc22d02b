"""Tickets that may be the same matter: from the same sender, in the same words, or found to be alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import join, joinedload, selectinload

from casework.office import Office
from casework.permissions import Scope
from casework.storage.queries.ticket_lines import TicketLine, ticket_line
from casework.storage.queries.tickets import lines_of_messages
from casework.storage.records import Work
from casework.storage.scopes import tickets_in
from casework.storage.tables import MessageRow, TicketRow

OF_ONE_KEY = 10


class Why(StrEnum):
    """Why a ticket may be the same matter, the strongest first."""

    SENDER = "sender"
    WORDS = "words"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True)
class Alike:
    """A ticket that may be the same matter, and every reason to think so."""

    line: TicketLine
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a message is compared by. number: of its own ticket, which is left out; "" for none."""

    number: str = ""
    sender: bytes | None = None
    words: bytes | None = None


def known_of(work: Work, number: str) -> Known:
    """What the message of a ticket is compared by."""
    row = work.session.execute(
        select(MessageRow.sender_digest, MessageRow.content_digest)
        .join(TicketRow, TicketRow.message_id == MessageRow.id)
        .where(TicketRow.number == number)
    ).one()
    return Known(number, row.sender_digest, row.content_digest)


def alike(
    work: Work, office: Office, scope: Scope, known: Known, similar: Sequence[UUID]
) -> tuple[Alike, ...]:
    """Tickets within the scope, in no order worth anything. similar: message ids."""
    found: dict[str, tuple[TicketLine, list[Why]]] = {}
    for line, why in [
        *((line, Why.SENDER) for line in _by(work, office, scope, known, Why.SENDER)),
        *((line, Why.WORDS) for line in _by(work, office, scope, known, Why.WORDS)),
        *((line, Why.SIMILAR) for line in lines_of_messages(work, office, scope, similar)),
    ]:
        if line.number != known.number:
            found.setdefault(line.number, (line, []))[1].append(why)
    return tuple(Alike(line, tuple(why)) for line, why in found.values())


def _by(work: Work, office: Office, scope: Scope, known: Known, why: Why) -> tuple[TicketLine, ...]:
    condition = _condition(known, why)
    if condition is None:
        return ()
    rows = work.session.scalars(
        select(TicketRow)
        .select_from(join(TicketRow, MessageRow, MessageRow.id == TicketRow.message_id))
        .options(
            joinedload(TicketRow.message).joinedload(MessageRow.judgement),
            selectinload(TicketRow.clocks),
        )
        .where(condition, MessageRow.deleted_at.is_(None), *tickets_in(scope, office.departments))
        .order_by(MessageRow.received_at.desc(), TicketRow.id)
        .limit(OF_ONE_KEY)
    )
    return tuple(ticket_line(row) for row in rows.unique())


def _condition(known: Known, why: Why) -> ColumnElement[bool] | None:
    if why is Why.SENDER and known.sender is not None:
        return MessageRow.sender_digest == known.sender
    if why is Why.WORDS and known.words is not None:
        return MessageRow.content_digest == known.words
    return None
