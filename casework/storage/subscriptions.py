"""Who wants to be told by mail: of one ticket's steps, or of published answers.

A subscription counts once its own mail address has confirmed it, and ends with one click. Whoever
asks learns nothing of whether an address was known.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select
from uuid_utils.compat import uuid7

from casework.errors import NotFound
from casework.storage.records import Work
from casework.storage.tables import SubscriptionRow, TicketRow

UNCONFIRMED_FOR = timedelta(days=3)
MOST = 20
"""Subscriptions one address can have."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """number: of the ticket it is about, "" when about published answers. token: the secret that
    stands in its mails. told_until: up to when it has been told."""

    id: UUID
    token: str
    email: str
    number: str
    ticket_id: UUID | None
    topic: str
    district: str
    language: str
    confirmed: bool
    told_until: datetime


def subscribe(
    work: Work,
    email: str,
    language: str,
    now: datetime,
    *,
    ticket_id: UUID | None = None,
    topic: str = "",
    district: str = "",
) -> None:
    """Ask an address to confirm; nothing happens when it has this subscription, or too many."""
    digest = work.vault.digest("sender", email.casefold())
    rows = work.session.scalars(
        select(SubscriptionRow).where(
            SubscriptionRow.email_digest == digest, SubscriptionRow.stopped_at.is_(None)
        )
    ).all()
    same = [r for r in rows if (r.ticket_id, r.topic, r.district) == (ticket_id, topic, district)]
    if same or len(rows) >= MOST:
        return
    token = secrets.token_urlsafe(24)
    work.session.add(
        SubscriptionRow(
            id=uuid7(),
            token=token,
            token_digest=_digest(token),
            email=email,
            email_digest=digest,
            ticket_id=ticket_id,
            topic=topic,
            district=district,
            language=language,
            created_at=now,
            told_until=now,
        )
    )


def subscription(work: Work, token: str) -> Subscription:
    """The subscription of a token. Raises NotFound for none and for one that has ended."""
    return _subscription(work, _row(work, token))


def confirm(work: Work, token: str, now: datetime) -> None:
    """Let it count from now on. Raises NotFound."""
    row = _row(work, token)
    if row.confirmed_at is None:
        row.confirmed_at = row.told_until = now


def stop(work: Work, token: str, now: datetime) -> None:
    """End it; one that has ended stays ended."""
    row = work.session.scalar(
        select(SubscriptionRow).where(SubscriptionRow.token_digest == _digest(token))
    )
    if row is not None and row.stopped_at is None:
        row.stopped_at = now


def to_ask(work: Work, limit: int = 100) -> tuple[Subscription, ...]:
    """Those whose address has yet to be asked to confirm."""
    rows = work.session.scalars(
        select(SubscriptionRow)
        .where(SubscriptionRow.asked_at.is_(None), SubscriptionRow.stopped_at.is_(None))
        .order_by(SubscriptionRow.id)
        .limit(limit)
    ).all()
    return tuple(_subscription(work, row) for row in rows)


def to_tell(work: Work, day: date, limit: int = 100) -> tuple[Subscription, ...]:
    """Confirmed ones that have not been looked at on this day."""
    rows = work.session.scalars(
        select(SubscriptionRow)
        .where(
            SubscriptionRow.confirmed_at.is_not(None),
            SubscriptionRow.stopped_at.is_(None),
            or_(SubscriptionRow.told_on.is_(None), SubscriptionRow.told_on < day),
        )
        .order_by(SubscriptionRow.id)
        .limit(limit)
    ).all()
    return tuple(_subscription(work, row) for row in rows)


def asked(work: Work, subscription_id: UUID, now: datetime) -> None:
    """The mail that asks to confirm has gone out."""
    work.session.get_one(SubscriptionRow, subscription_id).asked_at = now


def told(work: Work, subscription_id: UUID, until: datetime, day: date) -> None:
    """Everything up to then has been told, or there was nothing to tell."""
    row = work.session.get_one(SubscriptionRow, subscription_id)
    row.told_until, row.told_on = until, day


def forget(work: Work, now: datetime) -> None:
    """Erase what was never confirmed, and what has ended."""
    old = now - UNCONFIRMED_FOR
    work.session.execute(
        delete(SubscriptionRow).where(
            or_(
                SubscriptionRow.stopped_at < old,
                SubscriptionRow.confirmed_at.is_(None) & (SubscriptionRow.created_at < old),
            )
        )
    )


def _row(work: Work, token: str) -> SubscriptionRow:
    row = work.session.scalar(
        select(SubscriptionRow).where(
            SubscriptionRow.token_digest == _digest(token), SubscriptionRow.stopped_at.is_(None)
        )
    )
    if row is None:
        raise NotFound("subscription")
    return row


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _subscription(work: Work, row: SubscriptionRow) -> Subscription:
    ticket = work.session.get(TicketRow, row.ticket_id) if row.ticket_id else None
    return Subscription(
        id=row.id,
        token=row.token,
        email=row.email,
        number=ticket.number if ticket else "",
        ticket_id=row.ticket_id,
        topic=row.topic,
        district=row.district,
        language=row.language,
        confirmed=row.confirmed_at is not None,
        told_until=row.told_until,
    )
