"""Which unit people gave tickets to: what the model of units learns from.

The ticket says it, whoever moved it how often: the unit that has it after a person chose. Codes are those
the dispatch decides by (DepartmentTree.dispatched_as): a closed unit counts for its heir, and what nobody
answers for now is left out. So is a 举报 that accuses a unit: it went elsewhere than such matters go.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from casework.events import PROGRAM
from casework.judgement import judged_text
from casework.storage.office import load_departments
from casework.storage.records import Work
from casework.storage.tables import AccusationRow, MessageRow, TicketRow

_GUESSED = func.coalesce(TicketRow.guesses[0]["department"].as_string(), "").label("guessed")
"""The unit the program would have chosen; "" where it knew none."""


def given_units(work: Work, most: int) -> dict[UUID, tuple[str, str, str]]:
    """Text, the unit it was given to and the one the program would have chosen, by message, newest first."""
    departments = load_departments(work)
    rows = work.session.execute(
        select(
            TicketRow.message_id,
            MessageRow.shown_subject,
            MessageRow.shown_body,
            TicketRow.lead_department,
            _GUESSED,
        )
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .where(*_given_by_people())
        .order_by(TicketRow.message_id.desc())
        .limit(most)
    )
    return {
        message_id: (judged_text(subject, body), given, departments.dispatched_as(guessed))
        for message_id, subject, body, unit, guessed in rows
        if (given := departments.dispatched_as(unit or ""))
    }


def given_counts(work: Work, since: datetime | None = None) -> Counter[tuple[str, str]]:
    """How often tickets were given to which unit, and which the program would have chosen: (given,
    guessed). since: only what was given after it."""
    wanted = _given_by_people()
    if since is not None:
        wanted.append(TicketRow.assigned_at > since)
    of_each = (
        select(TicketRow.lead_department.label("unit"), _GUESSED)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .where(*wanted)
        .subquery()
    )
    departments = load_departments(work)
    counted: Counter[tuple[str, str]] = Counter()
    for unit, guessed, number in work.session.execute(
        select(of_each.c.unit, of_each.c.guessed, func.count()).group_by(
            of_each.c.unit, of_each.c.guessed
        )
    ):
        if given := departments.dispatched_as(unit):
            counted[given, departments.dispatched_as(guessed)] += number
    return counted


def guessed_counts(work: Work, start: datetime, end: datetime) -> Counter[str]:
    """Which unit the program would have chosen for the messages of a time, end exclusive; "" for none."""
    of_each = (
        select(_GUESSED)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .where(MessageRow.received_at >= start, MessageRow.received_at < end)
        .subquery()
    )
    departments = load_departments(work)
    counted: Counter[str] = Counter()
    for guessed, number in work.session.execute(
        select(of_each.c.guessed, func.count()).group_by(of_each.c.guessed)
    ):
        counted[departments.dispatched_as(guessed)] += number
    return counted


def _given_by_people() -> list[ColumnElement[bool]]:
    return [
        TicketRow.lead_department.is_not(None),
        TicketRow.assigned_by.not_in(("", PROGRAM)),
        MessageRow.deleted_at.is_(None),
        ~exists().where(AccusationRow.ticket_id == TicketRow.id),
    ]
