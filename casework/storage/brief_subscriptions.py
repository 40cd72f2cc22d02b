"""Who is told of which briefs by mail, and of which they were told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, or_, select

from casework.errors import Rejected
from casework.permissions import GRANTS, Action
from casework.storage.records import Work
from casework.storage.tables import BriefSubscriptionRow, UserRoleRow, UserRow

ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one person has chosen. email: "" for none."""

    email: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class ToTell:
    """One mail that is due."""

    user_id: UUID
    kind: str
    email: str
    language: str


def chosen(work: Work, user_id: UUID) -> Chosen:
    """What the person has chosen last."""
    rows = work.session.scalars(
        select(BriefSubscriptionRow).where(BriefSubscriptionRow.user_id == user_id)
    ).all()
    return Chosen(next((row.email or "" for row in rows), ""), frozenset(row.kind for row in rows))


def choose(
    work: Work, user_id: UUID, email: str, kinds: Sequence[str], language: str, now: datetime
) -> None:
    """Be told of these kinds from now on, and of no other. Raises Rejected("email")."""
    if kinds and not ADDRESS.fullmatch(email):
        raise Rejected("email", "email")
    mine = BriefSubscriptionRow.user_id == user_id
    work.session.execute(
        delete(BriefSubscriptionRow).where(mine, BriefSubscriptionRow.kind.not_in(kinds))
    )
    for kind in kinds:
        row = work.session.get(BriefSubscriptionRow, (user_id, kind))
        if row is None:
            row = BriefSubscriptionRow(user_id=user_id, kind=kind, created_at=now)
            work.session.add(row)
        row.email, row.language = email, language


def to_tell(work: Work, kind: str, first_day: date) -> tuple[ToTell, ...]:
    """Who is to be told of the brief of this kind that begins with this day, and was not yet: people
    who still work here and may read it."""
    readers = [role for role, actions in GRANTS.items() if Action.READ_TRENDS in actions]
    rows = work.session.scalars(
        select(BriefSubscriptionRow)
        .join(UserRow, UserRow.id == BriefSubscriptionRow.user_id)
        .where(
            BriefSubscriptionRow.kind == kind,
            or_(BriefSubscriptionRow.told_of.is_(None), BriefSubscriptionRow.told_of < first_day),
            UserRow.active.is_(True),
            UserRow.roles.any(UserRoleRow.role.in_(readers)),
        )
        .order_by(BriefSubscriptionRow.user_id)
    )
    return tuple(ToTell(row.user_id, row.kind, row.email or "", row.language) for row in rows)


def told(work: Work, one: ToTell, first_day: date) -> None:
    """They were told of it; nothing to do when they chose otherwise meanwhile."""
    row = work.session.get(BriefSubscriptionRow, (one.user_id, one.kind))
    if row is not None:
        row.told_of = first_day
