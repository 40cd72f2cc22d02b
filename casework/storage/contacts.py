"""How to reach the citizen: masked for everybody who handles the ticket, whole only with a trace.

Of a 举报 the office that screens reads the contact data and nobody else does: the department that
looks into it must not learn who complained (信访工作条例 30(3)). The same holds for whoever asked that
their name be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casework.errors import NotAllowed, NotFound
from casework.events import EventName
from casework.model import Contact
from casework.office import Office
from casework.permissions import Action, Person, scope_of
from casework.storage.audit import append
from casework.storage.records import Records
from casework.storage.scopes import tickets_in
from casework.storage.tables import MessageRow, TicketRow
from casework.taxonomy import REPORT

STARS = "****"


@dataclass(frozen=True, slots=True)
class MaskedContact:
    """What is shown of the contact data without a trace; given: whether there is any at all."""

    name: str
    phone: str
    email: str

    @property
    def given(self) -> bool:
        return bool(self.name or self.phone or self.email)


def may_read_contact(person: Person, kind: str, confidential: bool = False) -> bool:
    """Whether the person may ever see the contact data, even masked, of a ticket of this kind."""
    if not person.may(Action.READ_CONTACT):
        return False
    return (kind != REPORT and not confidential) or person.may(Action.SCREEN)


def mask(contact: Contact) -> MaskedContact:
    """周** ， 138****6621 ， z****@example.org ; empty fields stay empty."""
    return MaskedContact(
        mask_name(contact.name), _mask_phone(contact.phone), _mask_email(contact.email)
    )


def mask_name(name: str) -> str:
    """周** ; "" for none."""
    return name[:1] + "**" if name else ""


def _mask_phone(phone: str) -> str:
    if len(phone) < 8:
        return STARS if phone else ""
    return phone[:3] + STARS + phone[-4:] if len(phone) >= 11 else STARS + phone[-2:]


def _mask_email(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}{STARS}{at}{host}" if email else ""


def contact_of(message: MessageRow) -> Contact:
    """The contact data a message holds."""
    return Contact(
        message.contact_name or "", message.contact_phone or "", message.contact_email or ""
    )


def read_contact(
    records: Records, office: Office, number: str, person: Person, now: datetime
) -> Contact:
    """The whole contact data; who read it is written into the ticket's chain first.

    Raises NotFound outside the person's scope and NotAllowed for a 举报 to a department.
    """
    with records.write() as work:
        ticket = work.session.scalar(
            select(TicketRow)
            .options(joinedload(TicketRow.message))
            .where(
                TicketRow.number == number,
                *tickets_in(scope_of(person, Action.READ_CONTACT), office.departments),
            )
        )
        if ticket is None:
            raise NotFound("ticket", number)
        if not may_read_contact(person, ticket.kind, ticket.message.confidential):
            raise NotAllowed(
                "contact_of_report" if ticket.kind == REPORT else "contact_confidential"
            )
        append(work, str(ticket.id), EventName.CONTACT_READ, person.username, now)
        contact = contact_of(ticket.message)
        work.commit()
    return contact
