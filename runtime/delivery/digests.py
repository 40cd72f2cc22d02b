"""Mails to subscribers: one that asks to confirm, and a digest a day when there is something new.

Every one ends with a link that ends it, and says so to mail programs too (RFC 8058). What cannot be
sent is tried again with the next turn.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import date, datetime

from casework.events import EventName
from casework.storage import subscriptions
from casework.storage.published_answers import AnswersWanted, PublishedAnswer, published_answers
from casework.storage.queries.history import history_of
from casework.storage.queries.progress import TOLD
from casework.storage.records import Records
from casework.storage.subscriptions import Subscription
from runtime.delivery.mail import Letter, SendMail
from runtime.delivery.subscription_words import WORDS, step_words

log = logging.getLogger(__name__)
DIGEST_HOUR = 8
MOST_ANSWERS = 30


def send_digests(records: Records, send: SendMail, address: str, now: datetime) -> int:
    """Ask, and from eight in the city's morning on tell; how many mails went out.

    address: where the city's pages are, for links. now: aware, in the city's zone.
    """
    with records.read() as work:
        asking = subscriptions.to_ask(work)
        telling = subscriptions.to_tell(work, now.date()) if now.hour >= DIGEST_HOUR else ()
    sent = sum(_ask(records, send, address, each, now) for each in asking)
    return sent + sum(_tell(records, send, address, each, now) for each in telling)


def _ask(
    records: Records, send: SendMail, address: str, asked: Subscription, now: datetime
) -> bool:
    words = WORDS[asked.language]
    text = words["ask"].format(link=_link(address, asked), hours=72)
    if not _sent(send, address, asked, words["ask_subject"], text, "ask"):
        return False
    with records.write() as work:
        subscriptions.asked(work, asked.id, now)
        work.commit()
    return True


def _tell(
    records: Records, send: SendMail, address: str, told: Subscription, now: datetime
) -> bool:
    lines = _steps(records, told, now) if told.ticket_id else _answers(records, address, told)
    sent = False
    if lines:
        words = WORDS[told.language]
        subject = words["case_subject" if told.ticket_id else "answers_subject"]
        text = "\n".join([*lines, "", words["end"].format(link=_link(address, told))])
        if not _sent(send, address, told, subject.format(number=told.number), text, _day(now)):
            return False
        sent = True
    with records.write() as work:
        subscriptions.told(work, told.id, now, now.date())
        work.commit()
    return sent


def _steps(records: Records, told: Subscription, now: datetime) -> list[str]:
    """What has happened to the ticket; only what the citizen may be told, and no words of it."""
    if told.ticket_id is None:
        return []
    with records.read() as work:
        entries = history_of(work, told.ticket_id)
    return [
        step_words(told.language, EventName(entry.name), entry.at.astimezone(now.tzinfo))
        for entry in entries
        if entry.name in TOLD and entry.at > told.told_until
    ]


def _answers(records: Records, address: str, told: Subscription) -> list[str]:
    wanted = AnswersWanted(told.topic, told.district, told.told_until)
    with records.read() as work:
        found = published_answers(work, wanted, limit=MOST_ANSWERS)
    return [_line(address, answer) for answer in found]


def _line(address: str, answer: PublishedAnswer) -> str:
    return f"{answer.title}\n{address}/answers/{answer.id}\n"


def _sent(
    send: SendMail, address: str, to: Subscription, subject: str, text: str, turn: str
) -> bool:
    letter = Letter(
        recipient=to.email,
        subject=subject,
        text=text + "\n",
        mail_id=f"<{to.id}.{turn}@subscriptions.minsheng>",
        stop_link=f"{_link(address, to)}/stop",
    )
    try:
        send(letter)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("a subscriber could not be told: %s", type(error).__name__)
        return False
    return True


def _day(now: datetime) -> str:
    day: date = now.date()
    return day.isoformat()


def _link(address: str, to: Subscription) -> str:
    return f"{address}/subscriptions/{to.token}"
