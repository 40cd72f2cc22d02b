"""Who is signed in on which browser, so that any process knows them and signing out is final.

The browser holds a random token; the records hold its digest, so that a copy of the records lets
nobody in.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from casework.storage.records import Work
from casework.storage.tables import SessionRow, UserRow

LONGEST = timedelta(hours=12)
TOKEN_BYTES = 32


def begin_session(work: Work, user_id: UUID, now: datetime) -> str:
    """Begin a session and return its token; sessions that have run out are forgotten."""
    work.session.execute(delete(SessionRow).where(SessionRow.ends_at <= now))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    work.session.add(
        SessionRow(
            token_digest=_digest(token), user_id=user_id, started_at=now, ends_at=now + LONGEST
        )
    )
    return token


def user_of_session(work: Work, token: str, now: datetime) -> UserRow | None:
    """Whose session it is, or None: run out, ended, or its owner struck off."""
    return work.session.scalar(
        select(UserRow)
        .join(SessionRow, SessionRow.user_id == UserRow.id)
        .where(
            SessionRow.token_digest == _digest(token),
            SessionRow.ends_at > now,
            UserRow.active.is_(True),
        )
    )


def end_session(work: Work, token: str) -> None:
    """Sign out on this browser."""
    work.session.execute(delete(SessionRow).where(SessionRow.token_digest == _digest(token)))


def end_sessions(work: Work, user_id: UUID) -> None:
    """Sign somebody out everywhere."""
    work.session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))


def _digest(token: str) -> bytes:
    # Not keyed: the token is random and long, nobody can try them all.
    return hashlib.sha256(token.encode()).digest()
