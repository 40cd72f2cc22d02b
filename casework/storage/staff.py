"""What an administrator does with the people who work here.

Every act is in the office's audit chain, and ends the sessions it must end. Nobody can take their own
administration away, so that the last administrator stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from casework.errors import NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.model import OPEN_STATES
from casework.permissions import UNIT_ROLES, Role
from casework.storage import passwords
from casework.storage.audit import append
from casework.storage.passwords import check_password
from casework.storage.records import Work
from casework.storage.sessions import end_sessions
from casework.storage.tables import (
    AlertRow,
    DepartmentRow,
    SessionRow,
    TicketRow,
    UserRoleRow,
    UserRow,
)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person as the list shows them. signed_in: on how many browsers now."""

    username: str
    display_name: str
    roles: frozenset[Role]
    department: str
    active: bool
    new_password_due: bool
    created_at: datetime
    signed_in: int


@dataclass(frozen=True, slots=True)
class Burden:
    """What somebody would leave behind: open alerts they own, and open tickets of their department
    that nobody else could handle."""

    alerts: int
    tickets: int


def staff(work: Work, now: datetime) -> tuple[StaffMember, ...]:
    """Everybody, those who work here now first, by department and name."""
    counted = work.session.execute(
        select(SessionRow.user_id, func.count())
        .where(SessionRow.ends_at > now)
        .group_by(SessionRow.user_id)
    )
    sessions = {user_id: many for user_id, many in counted}  # noqa: C416 - rows, not pairs
    rows = work.session.scalars(
        select(UserRow).order_by(UserRow.active.desc(), UserRow.department, UserRow.username)
    )
    return tuple(_member(row, sessions.get(row.id, 0)) for row in rows)


def staff_member(work: Work, username: str) -> StaffMember:
    """One person. Raises NotFound."""
    return _member(_row(work, username), 0)


def change_person(
    work: Work,
    username: str,
    display_name: str,
    roles: Iterable[Role],
    department: str,
    by: str,
    now: datetime,
) -> None:
    """Change name, roles and department; what they may do changes with their next page.

    Raises Rejected naming the field: "required", "unknown", "own_administration".
    """
    row, chosen = _row(work, username), frozenset(roles)
    if not display_name.strip():
        raise Rejected("required", "display_name")
    if not chosen:
        raise Rejected("required", "roles")
    if username == by and Role.ADMINISTRATOR not in chosen:
        raise Rejected("own_administration", "roles")
    _check_department(work, chosen, department)
    row.display_name, row.department = display_name.strip(), department or None
    for known in list(row.roles):
        if Role(known.role) not in chosen:
            row.roles.remove(known)
            work.session.delete(known)
    present = {Role(known.role) for known in row.roles}
    row.roles += [UserRoleRow(user_id=row.id, role=role) for role in sorted(chosen - present)]
    told = f"{username}: {', '.join(sorted(chosen))}; {department}"
    append(work, OFFICE_CHAIN, EventName.USER_CHANGED, by, now, told)


def reset_password(work: Work, username: str, password: str, by: str, now: datetime) -> None:
    """Give somebody a password that they must change when they sign in next. Raises Rejected."""
    row = _row(work, username)
    check_password(password, [username])
    row.password_hash = passwords.hasher.hash(password)
    row.new_password_due = True
    end_sessions(work, row.id)
    append(work, OFFICE_CHAIN, EventName.PASSWORD_RESET, by, now, username)


def change_password(work: Work, username: str, old: str, new: str, now: datetime) -> None:
    """Change one's own password; other browsers are signed out, and so is this one.

    Raises Rejected("wrong_password", "old"), ("same_password" | … , "password").
    """
    row = _row(work, username)
    if not passwords.verify(row.password_hash, old[: passwords.LONGEST]):
        raise Rejected("wrong_password", "old")
    if old == new:
        raise Rejected("same_password", "password")
    check_password(new, [username, row.display_name])
    row.password_hash = passwords.hasher.hash(new)
    row.new_password_due = False
    end_sessions(work, row.id)
    append(work, OFFICE_CHAIN, EventName.PASSWORD_CHANGED, username, now)


def burden(work: Work, username: str) -> Burden:
    """What has to be handed over before somebody leaves."""
    row = _row(work, username)
    alerts = work.session.scalar(
        select(func.count()).where(AlertRow.owner == username, AlertRow.state != "closed")
    )
    return Burden(alerts or 0, _tickets_left_alone(work, row))


def deactivate(work: Work, username: str, heir: str, by: str, now: datetime) -> None:
    """Let somebody leave: they are signed out and cannot come back, their alerts go to the heir,
    and where they were the last of their department the heir joins it.

    Raises Rejected("own_account"), ("heir_needed", "heir") when something would be left to nobody,
    ("unknown", "heir") for an heir who does not work here.
    """
    if username == by:
        raise Rejected("own_account", "username")
    row, left = _row(work, username), burden(work, username)
    if (left.alerts or left.tickets) and not heir:
        raise Rejected("heir_needed", "heir")
    if heir:
        _hand_over(work, row, heir, left)
    row.active = False
    end_sessions(work, row.id)
    append(work, OFFICE_CHAIN, EventName.USER_DEACTIVATED, by, now, f"{username}, {heir}")


def reactivate(work: Work, username: str, by: str, now: datetime) -> None:
    """Let somebody come back; their old password holds."""
    _row(work, username).active = True
    append(work, OFFICE_CHAIN, EventName.USER_REACTIVATED, by, now, username)


def _hand_over(work: Work, leaving: UserRow, heir: str, left: Burden) -> None:
    taker = work.session.scalar(select(UserRow).where(UserRow.username == heir))
    if taker is None or not taker.active or taker.id == leaving.id:
        raise Rejected("unknown", "heir")
    work.session.execute(
        update(AlertRow)
        .where(AlertRow.owner == leaving.username, AlertRow.state != "closed")
        .values(owner=heir, version=AlertRow.version + 1)
    )
    if left.tickets and taker.department != leaving.department:
        if taker.department:
            # Somebody of another department cannot see to these without leaving their own alone.
            raise Rejected("heir_elsewhere", "heir")
        taker.department = leaving.department
        taker.roles.append(UserRoleRow(user_id=taker.id, role=Role.DEPARTMENT))


def _tickets_left_alone(work: Work, row: UserRow) -> int:
    if not UNIT_ROLES & {Role(role.role) for role in row.roles} or not row.department:
        return 0
    colleagues = work.session.scalar(
        select(func.count())
        .select_from(UserRow)
        .join(UserRoleRow, UserRoleRow.user_id == UserRow.id)
        .where(
            UserRow.department == row.department,
            UserRow.active.is_(True),
            UserRoleRow.role.in_(UNIT_ROLES),
            UserRow.id != row.id,
        )
    )
    if colleagues:
        return 0
    return (
        work.session.scalar(
            select(func.count()).where(
                TicketRow.lead_department == row.department, TicketRow.state.in_(OPEN_STATES)
            )
        )
        or 0
    )


def _check_department(work: Work, roles: frozenset[Role], department: str) -> None:
    if UNIT_ROLES & roles and not department:
        raise Rejected("required", "department")
    row = work.session.get(DepartmentRow, department) if department else None
    if department and (row is None or not row.active):
        raise Rejected("unknown", "department")


def _row(work: Work, username: str) -> UserRow:
    row = work.session.scalar(select(UserRow).where(UserRow.username == username))
    if row is None:
        raise NotFound("user", username)
    return row


def _member(row: UserRow, signed_in: int) -> StaffMember:
    return StaffMember(
        username=row.username,
        display_name=row.display_name,
        roles=frozenset(Role(role.role) for role in row.roles),
        department=row.department or "",
        active=row.active,
        new_password_due=row.new_password_due,
        created_at=row.created_at,
        signed_in=signed_in,
    )
