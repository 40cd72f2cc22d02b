"""How somebody who works here wants to be told of their tickets' clocks and of alerts, and where offices
are told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from casework.alert_levels import BREAK_THE_QUIET
from casework.errors import NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.storage.audit import append
from casework.storage.records import Work
from casework.storage.tables import DepartmentRow, UserRow

LONGEST_ADDRESS = 200
MAIL_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", re.ASCII)
CHAT_ACCOUNT = re.compile(r"[\w.@+-]{1,100}", re.ASCII)


class Channel(StrEnum):
    """OFFICE: the address of one's office."""

    OFFICE = "office"
    MAIL = "mail"
    CHAT = "chat"


class Pace(StrEnum):
    """How what is not urgent is told: as it comes, or gathered."""

    AT_ONCE = "at_once"
    DIGEST = "digest"


class AlertWish(StrEnum):
    """Of which alerts a leader wants to be told when they are raised or run late. What was handed to one
    person, or is theirs, that person is told of in any case."""

    ALL = "all"
    GRAVE = "grave"
    NONE = "none"

    def wants(self, severity: str) -> bool:
        """Whether of one of this severity."""
        return self is AlertWish.ALL or (self is AlertWish.GRAVE and severity in BREAK_THE_QUIET)


LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """address: of mail, or the account in the office's chat; "" for the office's address."""

    channel: Channel = Channel.OFFICE
    address: str = ""
    pace: Pace = Pace.DIGEST
    language: str = "zh"
    alerts: AlertWish = AlertWish.ALL


def choice_of(work: Work, username: str) -> NoticeChoice:
    """What somebody chose. Raises NotFound."""
    return read_choice(_user(work, username))


def read_choice(row: UserRow) -> NoticeChoice:
    """The choice a row holds."""
    return NoticeChoice(
        Channel(row.notice_channel),
        row.notice_address or "",
        Pace(row.notice_pace),
        row.notice_language,
        AlertWish(row.notice_alerts),
    )


def choose(work: Work, username: str, choice: NoticeChoice, now: datetime) -> None:
    """Keep one's own choice. Raises Rejected("email" | "chat_account", "address")."""
    address = choice.address.strip()
    if choice.channel is Channel.MAIL:
        check_mail(address, "address")
    elif choice.channel is Channel.CHAT and not CHAT_ACCOUNT.fullmatch(address):
        raise Rejected("chat_account", "address")
    if choice.language not in LANGUAGES:
        raise Rejected("unknown", "language")
    row = _user(work, username)
    row.notice_channel, row.notice_pace = choice.channel, choice.pace
    row.notice_address = None if choice.channel is Channel.OFFICE else address
    row.notice_language, row.notice_alerts = choice.language, choice.alerts
    told = f"{username}: {choice.channel}; {choice.pace}; alerts: {choice.alerts}"
    append(work, OFFICE_CHAIN, EventName.NOTICES_CHOSEN, username, now, told)


def check_mail(address: str, field: str) -> None:
    """Raises Rejected("email", field) for what is no mail address."""
    if len(address) > LONGEST_ADDRESS or not MAIL_ADDRESS.fullmatch(address):
        raise Rejected("email", field)


def office_mail_of(work: Work, department: str) -> str:
    """Where the people of a department are told who chose nothing; "" for nowhere."""
    row = work.session.get(DepartmentRow, department)
    return row.office_mail if row is not None else ""


def set_office_mail(work: Work, department: str, address: str, by: str, now: datetime) -> None:
    """Keep or take away a department's address. Raises NotFound, Rejected("email", "office_mail")."""
    address = address.strip()
    if address:
        check_mail(address, "office_mail")
    row = work.session.get(DepartmentRow, department)
    if row is None:
        raise NotFound("department", department)
    if row.office_mail != address:
        row.office_mail = address
        told = f"{department}: office mail {address or 'none'}"
        append(work, OFFICE_CHAIN, EventName.DEPARTMENT_CHANGED, by, now, told)


def _user(work: Work, username: str) -> UserRow:
    row = work.session.scalar(select(UserRow).where(UserRow.username == username))
    if row is None:
        raise NotFound("user", username)
    return row
