"""Who deals with which ticket, as they said themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select

from casework.life import OPEN_STATES
from casework.storage.records import Work
from casework.storage.tables import ClaimRow, RecusalRow, TicketRow, UserRow


@dataclass(frozen=True, slots=True)
class Claim:
    """name: as pages show it."""

    username: str
    name: str
    at: datetime


def claims_of(work: Work, ticket_ids: Iterable[UUID]) -> dict[UUID, Claim]:
    """The claims that hold, by ticket: while the ticket is open and with the same department, by
    somebody who still works here and is not kept from it."""
    kept = exists().where(
        RecusalRow.ticket_id == ClaimRow.ticket_id, RecusalRow.user_id == UserRow.id
    )
    rows = work.session.execute(
        select(ClaimRow.ticket_id, ClaimRow.username, UserRow.display_name, ClaimRow.at)
        .join(TicketRow, TicketRow.id == ClaimRow.ticket_id)
        .join(UserRow, UserRow.username == ClaimRow.username)
        .where(
            ClaimRow.ticket_id.in_(ticket_ids),
            ClaimRow.department == func.coalesce(TicketRow.lead_department, ""),
            TicketRow.state.in_(OPEN_STATES),
            UserRow.active,
            ~kept,
        )
    )
    return {ticket_id: Claim(username, name, at) for ticket_id, username, name, at in rows}


def keep_claim(work: Work, ticket: TicketRow, username: str, now: datetime) -> None:
    """Let somebody deal with the ticket, in place of whoever did."""
    row = work.session.get(ClaimRow, ticket.id)
    if row is None:
        row = ClaimRow(ticket_id=ticket.id)
        work.session.add(row)
    row.username, row.department, row.at = username, ticket.lead_department or "", now


def end_claim(work: Work, ticket_id: UUID) -> None:
    """Let nobody deal with it."""
    row = work.session.get(ClaimRow, ticket_id)
    if row is not None:
        work.session.delete(row)
