"""Who is signed in: the cookie holds a token, the records say whose it is and for how long."""

from __future__ import annotations

from flask import session

from casework.permissions import Person
from casework.storage import sessions
from casework.storage.people import SignedIn
from casework.storage.people import person_of_session as recorded_person
from web.city import city
from web.clock import now

IN_COOKIE = "token"


def begin(signed_in: SignedIn) -> None:
    """Start a session of this person. Whatever an earlier session held is thrown away, so that
    nobody can prepare one for somebody else."""
    session.clear()
    session[IN_COOKIE] = signed_in.token


def end() -> None:
    """Forget everything, here and in the records: a copy of the cookie opens nothing any more."""
    token = session.get(IN_COOKIE)
    session.clear()
    if token:
        with city().records.write() as work:
            sessions.end_session(work, token)
            work.commit()


def person_of_session() -> Person | None:
    """Who the session says it is, or None: nobody, too long ago, struck off, or sent out."""
    token = session.get(IN_COOKIE)
    if token is None:
        return None
    served = city()
    with served.records.read() as work:
        person = recorded_person(work, served.office().departments, token, now())
    if person is None:
        session.clear()
    return person
