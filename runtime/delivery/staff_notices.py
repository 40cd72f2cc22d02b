"""Telling staff: notices become messages, messages go out one by one.

A message is taken in one transaction and said to have gone out in another; between them no transaction is
open. Two senders never have the same one. A sender killed in between lets go of it after a while; then it
is sent again, word for word and with the same Message-ID or idempotency key, so that whoever receives
it can tell.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from casework.office import Office
from casework.quiet import Manners
from casework.storage import staff_messages
from casework.storage.notice_choices import Channel
from casework.storage.records import Records
from casework.storage.spreading import BATCH, spread
from casework.storage.staff_messages import StaffMessage
from runtime.delivery.chat import ChatToSend, SendChat
from runtime.delivery.mail import Letter, SendMail
from runtime.delivery.staff_words import staff_words

NO_ADDRESS = "no address: neither the person nor the office has one"
NO_CHAT = "no channel for the office's chat"
NO_MAIL = "no channel for mail"
MOST_A_TURN = 500
LEAVE_OFF_AFTER = 5
"""So many failures one after the other: the server is gone, and the turn ends."""


@dataclass(frozen=True, slots=True)
class StaffChannels:
    """How staff are told; None: not set up. city_mail: the office's address where a department has
    none. address: of the pages, for links."""

    mail: SendMail | None = None
    chat: SendChat | None = None
    city_mail: str = ""
    address: str = ""


def tell_staff(
    records: Records,
    office: Office,
    channels: StaffChannels,
    manners: Manners,
    clock: Callable[[], datetime],
) -> tuple[int, int]:
    """Spread what is new and send what is due; returns (sent, failed)."""
    _spread_all(records, office, manners, clock)
    done = failed = in_a_row = 0
    while done + failed < MOST_A_TURN and in_a_row < LEAVE_OFF_AFTER:
        message = _take(records, office, channels, clock())
        if message is None:
            break
        if not message.text:
            continue  # there was nothing left to say
        if _deliver(records, channels, manners, message, clock):
            done, in_a_row = done + 1, 0
        else:
            failed, in_a_row = failed + 1, in_a_row + bool(message.address)
    return done, failed


def _spread_all(
    records: Records, office: Office, manners: Manners, clock: Callable[[], datetime]
) -> None:
    while True:
        with records.write() as work:
            found = spread(work, office.departments, manners, clock())
            work.commit()
        if found < BATCH:
            return
        records.give_way()


def _take(
    records: Records, office: Office, channels: StaffChannels, now: datetime
) -> StaffMessage | None:
    """The next message with its words, which are fixed before it is first sent."""
    with records.write() as work:
        message = staff_messages.take(work, office, channels.city_mail, now)
        if message is not None and not message.text:
            if message.lines:
                subject, text = staff_words(message, channels.address, office.zone)
                staff_messages.word(work, message.id, subject, text)
                message = replace(message, subject=subject, text=text)
            else:
                staff_messages.void(work, message.id)
        work.commit()
    return message


def _deliver(
    records: Records,
    channels: StaffChannels,
    manners: Manners,
    message: StaffMessage,
    clock: Callable[[], datetime],
) -> bool:
    try:
        _send(channels, message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        with records.write() as work:
            staff_messages.failed(work, message.id, str(error), manners, clock())
            work.commit()
        return False
    with records.write() as work:
        staff_messages.sent(work, message.id, clock())
        work.commit()
    return True


def _send(channels: StaffChannels, message: StaffMessage) -> None:
    if not message.address:
        raise OSError(NO_ADDRESS)
    if message.channel is Channel.CHAT:
        if channels.chat is None:
            raise OSError(NO_CHAT)
        told = ChatToSend(message.address, message.subject, message.text, str(message.id))
        channels.chat(told)
        return
    if channels.mail is None:
        raise OSError(NO_MAIL)
    mail_id = f"<{message.id}@staff.minsheng>"
    channels.mail(Letter(message.address, message.subject, message.text, mail_id))
