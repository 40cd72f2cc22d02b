"""Delivering notices, one by one, and marking those that went out.

The notice goes first and the record follows: when the process dies between the two it is sent
again, word for word and with the same Message-ID or idempotency key, so that whoever receives it
can tell. Codes are made of the notice's id, and are therefore the same, too.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from casework.storage import notices
from casework.storage.mails import Thread, our_mail_id, thread_of
from casework.storage.notices import Notice
from casework.storage.records import Records
from runtime.delivery.mail import Letter, SendMail
from runtime.delivery.outside_words import outside_words
from runtime.delivery.sms import SendText, TextToSend
from runtime.delivery.words import mail_words, text_words

NO_CHANNEL = "no channel for telephone numbers"
NO_MAIL = "no channel for mail"
NO_ADDRESS = "the pages have no address"


@dataclass(frozen=True, slots=True)
class Channels:
    """How notices go out; None: not set up, and they wait with that reason. address: of the
    pages, for links. zone: the city's, for times."""

    mail: SendMail | None = None
    text: SendText | None = None
    address: str = ""
    zone: tzinfo = UTC


def deliver_notices(
    records: Records, channels: Channels, hotline: str, now: datetime
) -> tuple[int, int]:
    """Send what waits; returns (sent, failed)."""
    with records.read() as work:
        found = notices.waiting(work, now)
    done = 0
    for notice in found:
        done += _deliver(records, channels, hotline, notice, now)
    return done, len(found) - done


def _deliver(
    records: Records, channels: Channels, hotline: str, notice: Notice, now: datetime
) -> bool:
    thread = None
    if notice.message_id is not None and "@" in notice.recipient:
        with records.read() as work:
            thread = thread_of(work, notice.message_id)
    try:
        # No transaction is open here: a slow server must not hold up the records.
        _send(channels, hotline, notice, thread)
    except (OSError, smtplib.SMTPException, ValueError, KeyError) as error:
        with records.write() as work:
            notices.failed(work, notice.id, str(error))
            work.commit()
        return False
    with records.write() as work:
        if notice.code:
            notices.renew_code(work, notice.id, notice.code, now)
        notices.sent(work, notice.id, now)
        work.commit()
    return True


def _send(channels: Channels, hotline: str, notice: Notice, thread: Thread | None) -> None:
    if "@" not in notice.recipient:
        if channels.text is None:
            raise OSError(NO_CHANNEL)
        text = text_words(notice, hotline)
        channels.text(TextToSend(notice.recipient, text, str(notice.id)))
        return
    if channels.mail is None:
        raise OSError(NO_MAIL)
    if notice.kind in notices.TO_OUTSIDE:
        channels.mail(_outside_letter(notice, channels, hotline))
        return
    channels.mail(_letter(notice, hotline, thread))


def _outside_letter(notice: Notice, channels: Channels, hotline: str) -> Letter:
    """To a body outside; its Message-ID is none that an answer could be taken in by as a citizen's."""
    if not channels.address:
        raise OSError(NO_ADDRESS)
    subject, text = outside_words(notice, channels.address, channels.zone, hotline)
    return Letter(notice.recipient, subject, text, f"<{notice.id.hex}@outside.minsheng>")


def _letter(notice: Notice, hotline: str, thread: Thread | None) -> Letter:
    subject, text = mail_words(notice, hotline)
    if thread is None:
        return Letter(notice.recipient, subject, text, our_mail_id(notice.id, ""))
    return Letter(
        recipient=notice.recipient,
        subject=_reply_to(thread.subject) if thread.subject else subject,
        text=text,
        mail_id=our_mail_id(notice.id, thread.mailbox),
        sender=thread.mailbox,
        in_reply_to=thread.mail_id,
        references=thread.references,
    )


def _reply_to(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"
