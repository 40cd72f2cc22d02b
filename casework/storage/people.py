"""The people who work here: adding them, letting them in, and knowing them again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.departments import DepartmentTree
from casework.errors import NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.permissions import UNIT_ROLES, Person, Role
from casework.storage import attempts, passwords
from casework.storage.audit import append
from casework.storage.office import load_departments
from casework.storage.passwords import check_password
from casework.storage.records import Records, Work
from casework.storage.sessions import begin_session, end_sessions, user_of_session
from casework.storage.tables import DepartmentRow, UserRoleRow, UserRow

LONGEST_USERNAME = 80


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has just proved who they are; the token is what their browser keeps."""

    person: Person
    token: str


def add_user(
    work: Work,
    username: str,
    display_name: str,
    roles: Iterable[Role],
    department: str,
    password: str,
    now: datetime,
) -> UUID:
    """Add somebody; department: code or "". Raises Rejected naming the field."""
    username, chosen = username.strip(), frozenset(roles)
    _check(work, username, display_name, chosen, department, password)
    user = UserRow(
        id=uuid7(),
        username=username,
        display_name=display_name.strip(),
        password_hash=passwords.hasher.hash(password),
        department=department or None,
        created_at=now,
    )
    work.session.add(user)
    work.session.flush()
    work.session.add_all(UserRoleRow(user_id=user.id, role=role) for role in sorted(chosen))
    append(work, OFFICE_CHAIN, EventName.USER_ADDED, "program", now, username)
    return user.id


def set_password(work: Work, username: str, password: str) -> bool:
    """Give somebody a new password and end their sessions; False when there is no such person.

    Raises Rejected("password_length", "password").
    """
    check_password(password, [username])
    user = work.session.scalar(select(UserRow).where(UserRow.username == username))
    if user is None:
        return False
    user.password_hash = passwords.hasher.hash(password)
    end_sessions(work, user.id)
    return True


def _check(
    work: Work,
    username: str,
    display_name: str,
    roles: frozenset[Role],
    department: str,
    password: str,
) -> None:
    if not username or len(username) > LONGEST_USERNAME:
        raise Rejected("username", "username")
    if not display_name.strip():
        raise Rejected("required", "display_name")
    if not roles:
        raise Rejected("required", "roles")
    check_password(password, [username, display_name])
    if work.session.scalar(select(UserRow.id).where(UserRow.username == username)):
        raise Rejected("taken", "username")
    if UNIT_ROLES & set(roles) and not department:
        raise Rejected("required", "department")
    if department and work.session.get(DepartmentRow, department) is None:
        raise Rejected("unknown", "department")


def sign_in(
    records: Records, username: str, password: str, address: str, now: datetime
) -> SignedIn | None:
    """Who this is, or None. Raises attempts.Throttled after too many failures.

    Failures are counted for the account and the address together: nobody can lock a colleague out
    from another desk.
    """
    username = username.strip()[:LONGEST_USERNAME]
    with records.read() as work:
        tried = attempts.who(work, "sign-in", username.casefold(), address)
        attempts.check(work, tried, now)
        user = work.session.scalar(select(UserRow).where(UserRow.username == username))
    # Outside any transaction: hashing takes a while and must hold no lock.
    right = passwords.verify(user.password_hash if user else None, password[: passwords.LONGEST])
    with records.write() as work:
        if user is None or not right or not user.active:
            attempts.check(work, tried, now)
            attempts.failed(work, tried, now)
            known = user.username if user is not None else ""
            append(work, OFFICE_CHAIN, EventName.SIGN_IN_FAILED, "program", now, known)
            work.commit()
            return None
        attempts.succeeded(work, tried)
        if passwords.hasher.check_needs_rehash(user.password_hash):
            work.session.get_one(UserRow, user.id).password_hash = passwords.hasher.hash(password)
        append(work, OFFICE_CHAIN, EventName.SIGNED_IN, user.username, now)
        person = person_of(user, load_departments(work))
        token = begin_session(work, user.id, now)
        work.commit()
    return SignedIn(person, token)


def tries_left(records: Records, username: str, address: str, now: datetime) -> int:
    """How often this account may still fail from this address; 0 when it is locked."""
    with records.read() as work:
        name = username.strip()[:LONGEST_USERNAME].casefold()
        try:
            return attempts.check(work, attempts.who(work, "sign-in", name, address), now)
        except attempts.Throttled:
            return 0


def person_of_session(work: Work, tree: DepartmentTree, token: str, now: datetime) -> Person | None:
    """Whose session the token is, or None when it has ended or they were struck off."""
    user = user_of_session(work, token, now)
    return None if user is None else person_of(user, tree)


def person_named(work: Work, tree: DepartmentTree, username: str) -> Person:
    """Somebody who works here. Raises NotFound."""
    user = work.session.scalar(select(UserRow).where(UserRow.username == username))
    if user is None:
        raise NotFound("user", username)
    return person_of(user, tree)


def names_of(work: Work, usernames: Iterable[str]) -> dict[str, str]:
    """The names that pages show, by username; of whom there is no more, none."""
    rows = work.session.execute(
        select(UserRow.username, UserRow.display_name).where(UserRow.username.in_(set(usernames)))
    )
    return {row.username: row.display_name for row in rows}


def person_of(user: UserRow, tree: DepartmentTree) -> Person:
    """Somebody who works here, as the records say."""
    department = user.department or ""
    return Person(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        roles=frozenset(Role(role.role) for role in user.roles),
        department=department,
        above=tree.above(department),
        new_password_due=user.new_password_due,
    )
