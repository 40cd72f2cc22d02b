"""Phrases for answers: sentences with variables, offered by place, state and department."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from uuid_utils.compat import uuid7

from casework.departments import DepartmentTree
from casework.errors import NotAllowed, NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.model import TicketState
from casework.permissions import Person, may_write_for
from casework.storage.audit import append
from casework.storage.records import Work
from casework.storage.tables import PhraseRow

CALL = "call"
PLACES = (CALL, "facts", "basis", "result", "remedy", "contact")
VARIABLES = ("编号", "单位", "日期", "称呼")
MAX_TITLE = 80
MAX_TEXT = 2_000
_VARIABLE = re.compile(r"\{(" + "|".join(VARIABLES) + r")\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """department: code, "" for everybody. place: one of PLACES. state: of the tickets it is for,
    "" for all. text: with variables such as {编号}."""

    department: str
    place: str
    state: str
    title: str
    text: str
    id: UUID | None = None

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its variables filled in; one without a value stays as it is written."""
        return _VARIABLE.sub(lambda found: values.get(found[1]) or found[0], self.text)


def phrases_for(
    work: Work, departments: DepartmentTree, department: str, place: str = "", state: str = ""
) -> tuple[Phrase, ...]:
    """Phrases for somebody of this department: its own, those of departments above, and those for
    everybody. state: of the ticket at hand, "" for any."""
    conditions = [
        or_(
            PhraseRow.department.is_(None),
            PhraseRow.department.in_(sorted(departments.above(department))),
        )
    ]
    if place:
        conditions.append(PhraseRow.place == place)
    if state:
        conditions.append(PhraseRow.state.in_(("", state)))
    rows = work.session.scalars(
        select(PhraseRow).where(*conditions).order_by(PhraseRow.title, PhraseRow.id)
    )
    return tuple(_phrase(row) for row in rows)


def every_phrase(work: Work) -> tuple[Phrase, ...]:
    """All phrases, by department and title."""
    rows = work.session.scalars(
        select(PhraseRow).order_by(PhraseRow.department, PhraseRow.title, PhraseRow.id)
    )
    return tuple(_phrase(row) for row in rows)


def save_phrase(
    work: Work, departments: DepartmentTree, person: Person, phrase: Phrase, now: datetime
) -> None:
    """Add the phrase, or change the one with its id. Raises NotAllowed, NotFound, Rejected."""
    _check(departments, person, phrase)
    row = PhraseRow(id=uuid7())
    if phrase.id is not None:
        row = _writable(work, departments, person, phrase.id)
    row.department = phrase.department or None
    row.place, row.state = phrase.place, phrase.state
    row.title, row.text = phrase.title.strip(), phrase.text.strip()
    row.updated_by, row.updated_at = person.username, now
    work.session.add(row)
    append(work, OFFICE_CHAIN, EventName.PHRASE_SAVED, person.username, now, row.title)


def remove_phrase(
    work: Work, departments: DepartmentTree, person: Person, phrase_id: UUID, now: datetime
) -> None:
    """Take a phrase out. Raises NotAllowed, NotFound."""
    row = _writable(work, departments, person, phrase_id)
    append(work, OFFICE_CHAIN, EventName.PHRASE_REMOVED, person.username, now, row.title)
    work.session.delete(row)


def _check(departments: DepartmentTree, person: Person, phrase: Phrase) -> None:
    if phrase.department and phrase.department not in departments:
        raise Rejected("unknown", "department")
    if not may_write_for(person, departments.above(phrase.department)):
        raise NotAllowed("not_allowed")
    if phrase.place not in PLACES:
        raise Rejected("unknown", "place")
    if phrase.state and phrase.state not in set(TicketState):
        raise Rejected("unknown", "state")
    for name, text, limit in (("title", phrase.title, MAX_TITLE), ("text", phrase.text, MAX_TEXT)):
        if not text.strip():
            raise Rejected("empty", name)
        if len(text) > limit:
            raise Rejected("too_long", name, length=len(text), limit=limit)


def _writable(
    work: Work, departments: DepartmentTree, person: Person, phrase_id: UUID
) -> PhraseRow:
    row = work.session.get(PhraseRow, phrase_id)
    if row is None:
        raise NotFound("phrase", str(phrase_id))
    if not may_write_for(person, departments.above(row.department or "")):
        raise NotAllowed("not_allowed")
    return row


def _phrase(row: PhraseRow) -> Phrase:
    return Phrase(row.department or "", row.place, row.state, row.title, row.text, row.id)
