"""Pages of the audit trail: who did what when, for administrators.

Of a ticket's chain only the bare events are shown: what its texts say is for those who may read the
ticket. The office's own chain is shown with its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from casework.events import OFFICE_CHAIN
from casework.storage.records import Work
from casework.storage.tables import AuditEventRow, AuditTextRow, TicketRow

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """An empty field does not narrow. number: a ticket's; office: only the office's own chain.
    at_from (included), at_to (excluded)."""

    actor: str = ""
    name: str = ""
    number: str = ""
    office: bool = False
    at_from: datetime | None = None
    at_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event. number: the ticket's, "" for the office's chain. text: "" for tickets and for
    words that were erased."""

    number: str
    sequence: int
    name: str
    actor: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The newest first. more: there are older ones."""

    lines: tuple[AuditLine, ...]
    more: bool


def audit_page(work: Work, wanted: AuditFilter, page: int) -> AuditPage:
    """One page of events, the newest first; page counts from 1."""
    conditions = _conditions(work, wanted)
    if conditions is None:
        return AuditPage((), False)
    rows = work.session.execute(
        select(AuditEventRow, AuditTextRow.text)
        .outerjoin(
            AuditTextRow,
            and_(
                AuditTextRow.chain == AuditEventRow.chain,
                AuditTextRow.sequence == AuditEventRow.sequence,
                AuditEventRow.chain == OFFICE_CHAIN,
            ),
        )
        .where(*conditions)
        .order_by(AuditEventRow.at.desc(), AuditEventRow.chain, AuditEventRow.sequence.desc())
        .limit(PAGE_SIZE + 1)
        .offset((max(1, page) - 1) * PAGE_SIZE)
    ).all()
    shown = rows[:PAGE_SIZE]
    numbers = _numbers(work, {row.chain for row, _ in shown} - {OFFICE_CHAIN})
    lines = tuple(
        AuditLine(numbers.get(row.chain, ""), row.sequence, row.name, row.actor, row.at, said or "")
        for row, said in shown
    )
    return AuditPage(lines, len(rows) > PAGE_SIZE)


def _conditions(work: Work, wanted: AuditFilter) -> list[ColumnElement[bool]] | None:
    """None when there can be no such event."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.number:
        ticket = work.session.scalar(select(TicketRow.id).where(TicketRow.number == wanted.number))
        if ticket is None:
            return None
        conditions.append(AuditEventRow.chain == str(ticket))
    elif wanted.office:
        conditions.append(AuditEventRow.chain == OFFICE_CHAIN)
    if wanted.actor:
        conditions.append(AuditEventRow.actor == wanted.actor)
    if wanted.name:
        conditions.append(AuditEventRow.name == wanted.name)
    if wanted.at_from is not None:
        conditions.append(AuditEventRow.at >= wanted.at_from)
    if wanted.at_to is not None:
        conditions.append(AuditEventRow.at < wanted.at_to)
    return conditions


def _numbers(work: Work, chains: set[str]) -> dict[str, str]:
    ids = [UUID(chain) for chain in chains]
    rows = work.session.execute(select(TicketRow.id, TicketRow.number).where(TicketRow.id.in_(ids)))
    return {str(ticket): number for ticket, number in rows}
