"""Who is signed in: what the session cookie holds, and for how long it counts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import session

from casework.permissions import Person
from casework.storage.people import SignedIn, person_by_id
from web.city import city
from web.clock import now

LONGEST = timedelta(hours=12)


def begin(signed_in: SignedIn) -> None:
    """Start a session of this person. Whatever an earlier session held is thrown away, so that
    nobody can prepare one for somebody else."""
    session.clear()
    session["person"] = signed_in.person.id.hex
    session["epoch"] = signed_in.epoch
    session["since"] = int(now().timestamp())


def end() -> None:
    """Forget everything."""
    session.clear()


def person_of_session() -> Person | None:
    """Who the session says it is, or None: nobody, too long ago, struck off, or sent out."""
    if "person" not in session:
        return None
    if now().timestamp() - session.get("since", 0) > LONGEST.total_seconds():
        end()
        return None
    served = city()
    with served.records.read() as work:
        person = person_by_id(
            work, served.office().departments, UUID(hex=session["person"]), session["epoch"]
        )
    if person is None:
        end()
    return person
