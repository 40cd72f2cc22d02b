"""Who is told of something that happened: everybody who works here, as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.departments import DepartmentTree
from casework.ladder import Audience
from casework.permissions import (
    Action,
    Person,
    Role,
    TicketFacts,
    covers,
    kept_from,
    may_answer_alert,
    scope_of,
)
from casework.storage.notice_choices import Channel, NoticeChoice, Pace, read_choice
from casework.storage.people import person_of
from casework.storage.records import Work
from casework.storage.tables import UserRow

ROLES = {
    Audience.UNIT: Role.DEPARTMENT,
    Audience.HEAD: Role.HEAD,
    Audience.CENTRE: Role.SCREENER,
    Audience.LEADER: Role.LEADER,
}
Listener = tuple[Person, NoticeChoice]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one queue of messages goes: to a person, or to an office ("" for the city's)."""

    user: UUID | None
    office: str
    pace: Pace

    @property
    def key(self) -> str:
        return f"user {self.user}" if self.user else f"office {self.office}"


class Listeners:
    """Everybody who works here and may be told of something, as they are now."""

    def __init__(self, work: Work, tree: DepartmentTree) -> None:
        self._tree = tree
        self._people: dict[Role, list[Listener]] = {}
        self._by_id: dict[UUID, Listener] = {}
        for row in work.session.scalars(select(UserRow).where(UserRow.active).order_by(UserRow.id)):
            person = person_of(row, tree)
            self._by_id[person.id] = listener = (person, read_choice(row))
            for role in person.roles:
                self._people.setdefault(role, []).append(listener)

    def of(self, audience: Audience, department: str, ticket: TicketFacts) -> Iterator[Recipient]:
        """Whom to tell of a ticket, each once. department: whose unit or head, "" for the others."""
        role = ROLES[audience]
        found = [
            (person, choice)
            for person, choice in self._people.get(role, ())
            if not department or person.department == department
        ]
        if not found:
            found = [self._stand_in(role, department)]
        yield from _each_once(found, department, ticket)

    def of_unit(self, department: str, ticket: TicketFacts | None) -> Iterator[Recipient]:
        """Whom to tell of an alert that a department was handed: who works there, each once."""
        found = [
            listener
            for listener in self._by_id.values()
            if may_answer_alert(listener[0], department)
        ]
        found = found or [self._stand_in(Role.DEPARTMENT, department)]
        told = [one for one in found if ticket is None or not kept_from(one[0], ticket)]
        yield from _each_once(told, department, None)

    def of_alert(
        self, user_id: UUID | None, severity: str, ticket: TicketFacts | None
    ) -> Iterator[Recipient]:
        """Whom to tell of an alert, each once: the one person it is for, or, where that one is gone or
        nobody is named, the leaders who want to know of such alerts. ticket: the one that is behind it,
        if one is: who may not see it is not told."""
        named = self._by_id.get(user_id) if user_id else None
        if named is not None and named[0].may(Action.READ_TRENDS):
            found = [named]
        else:
            leaders = self._people.get(Role.LEADER) or [self._stand_in(Role.LEADER, "")]
            found = [one for one in leaders if one[1].alerts.wants(severity)]
        yield from _each_once(found, "", ticket)

    def _stand_in(self, role: Role, department: str) -> Listener:
        """Nobody has this role: the office is told what they would be."""
        above = self._tree.above(department)
        person = Person(UUID(int=0), "", "", frozenset({role}), department, above)
        return person, NoticeChoice()


def _each_once(
    found: Iterable[Listener], department: str, ticket: TicketFacts | None
) -> Iterator[Recipient]:
    seen = set()
    for person, choice in found:
        if ticket is None or covers(scope_of(person, Action.READ_TICKET), ticket):
            own = choice.channel is not Channel.OFFICE and choice.address
            told = Recipient(person.id if own else None, department, choice.pace)
            if told.key not in seen:
                seen.add(told.key)
                yield told
