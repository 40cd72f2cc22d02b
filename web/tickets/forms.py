"""What the forms on a ticket's page hold."""

from __future__ import annotations

from dataclasses import dataclass, fields
from uuid import UUID

from werkzeug.datastructures import MultiDict

from routing.handle import ReplyParts

PART_NAMES = tuple(field.name for field in fields(ReplyParts))


@dataclass(frozen=True, slots=True)
class TicketForm:
    """version: the ticket's as the person saw it. note: for contact, report and reassignment.
    files: those of the answer that the person saw."""

    version: int
    note: str
    department: str
    parts: ReplyParts
    files: frozenset[UUID] = frozenset()

    @property
    def missing(self) -> tuple[str, ...]:
        """The parts an answer cannot do without that are still empty."""
        return tuple(
            name for name in PART_NAMES if name != "basis" and not getattr(self.parts, name).strip()
        )


def read_ticket_form(sent: MultiDict[str, str]) -> TicketForm:
    """The form as sent."""
    return TicketForm(
        version=sent.get("version", 0, type=int),
        note=sent.get("note", "").strip(),
        department=sent.get("department", ""),
        parts=ReplyParts(
            **{name: sent.get(name, "").replace("\r\n", "\n").strip() for name in PART_NAMES}
        ),
        files=frozenset(sent.getlist("file", type=UUID)),
    )
