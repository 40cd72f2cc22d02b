"""Taking a mailbox in: every unseen mail is recorded first and marked seen afterwards.

A process that dies in between leaves a mail unseen that is on record: it is recognised by its
reference and only marked. What cannot become a message is set aside with the reason, flagged in the
mailbox for a person to see, and the rest goes on.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from casework.errors import MinshengError, RecordsUnavailable, Rejected, SourceUnreadable
from casework.model import Contact, MessageDraft, Receipt
from casework.storage import attempts, notices, sources
from casework.storage.attachment_files import KeptFile, keep_file
from casework.storage.attachments import attach
from casework.storage.mails import answered_message, keep_thread
from casework.storage.notices import RECEIVED
from casework.storage.records import Work
from casework.storage.set_aside import set_aside
from casework.storage.sources import Source
from intake.check import MAX_BODY, MAX_SUBJECT
from intake.connectors.imap import FLAGGED, SEEN, Mailbox, Unseen, open_mailbox, read_settings
from intake.examine import Intake
from intake.poll import Polled
from intake.read_mail import ReadMail, read_mail
from intake.receive import receive

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200
EVERY_MINUTES = 2
LARGEST_MB = 25
NO_TEXT = "（邮件里没有文字，内容在附件里。）"
CUT = "\n（正文太长，全文在附件里。）"
WHOLE_TEXT = "正文全文.txt"


@dataclass(slots=True)
class _Counts:
    new: int = 0
    duplicates: int = 0
    rejected: int = 0


def poll_mailbox(intake: Intake, source: Source, folder: Path, now: datetime) -> Polled:
    """Read a mailbox once; files go into `folder`. What goes wrong with the mailbox is kept as its
    health and returned; only RecordsUnavailable is raised."""
    counts = _Counts()
    error = ""
    try:
        _read(intake, source, folder, now, counts)
    except RecordsUnavailable:
        raise
    except (SourceUnreadable, Rejected) as problem:
        detail = problem.values.get("detail") or problem.values.get("value") or ""
        error = f"{problem.reason} {detail}".strip()
    with intake.records.write() as work:
        if error:
            sources.failed(work, source.code, now, error)
        else:
            minutes = int(source.settings.get("every_minutes") or EVERY_MINUTES)
            sources.succeeded(
                work,
                source.code,
                now,
                new_items=counts.new,
                bookmark={},
                next_at=now + timedelta(minutes=minutes),
            )
        work.commit()
    return Polled(counts.new, counts.duplicates, counts.rejected, error)


def _read(intake: Intake, source: Source, folder: Path, now: datetime, counts: _Counts) -> None:
    settings = read_settings(source.settings)
    with intake.records.read() as work:
        secrets = [secret for _, secret in sources.keys(work, source.code, now)]
    if not secrets:
        raise SourceUnreadable("sign_in", detail="no key")
    largest = float(source.settings.get("largest_mb") or LARGEST_MB) * 1024 * 1024
    with open_mailbox(settings, secrets[0]) as mailbox:
        door = _Door(intake, source, settings.address, folder, now, mailbox, counts)
        for unseen in mailbox.unseen(MOST_AT_ONCE):
            if unseen.size > largest:
                _put_aside(door, unseen, f"{mailbox.uid_validity}-{unseen.uid}", "too_large")
            else:
                _take_whatever_comes(door, unseen)


@dataclass(frozen=True, slots=True)
class _Door:
    intake: Intake
    source: Source
    address: str
    folder: Path
    now: datetime
    mailbox: Mailbox
    counts: _Counts


def _take_whatever_comes(door: _Door, unseen: Unseen) -> None:
    """Take one mail; one that breaks the program is set aside like any other that cannot be read,
    or it would hold up the rest for ever."""
    try:
        _take(door, unseen)
    except MinshengError:
        raise
    except Exception:
        log.exception("%s: mail %s", door.source.code, unseen.uid)
        _put_aside(door, unseen, f"{door.mailbox.uid_validity}-{unseen.uid}", "error")


def _take(door: _Door, unseen: Unseen) -> None:
    mail = read_mail(door.mailbox.fetch(unseen.uid), door.address)
    if mail.automatic:
        _put_aside(door, unseen, mail.reference, mail.automatic, mail.address, flags=(SEEN,))
        return
    if not (mail.text or mail.subject or mail.files):
        _put_aside(door, unseen, mail.reference, "empty", mail.address)
        return
    try:
        receipt = _record(door, mail, unseen)
    except RecordsUnavailable:
        raise
    except MinshengError as error:
        reason = error.reason if isinstance(error, Rejected) else "error"
        log.warning("%s: mail %s: %s", door.source.code, unseen.uid, error)
        _put_aside(door, unseen, mail.reference, reason, mail.address)
        return
    door.mailbox.mark(unseen.uid, SEEN)
    if receipt.repeated:
        door.counts.duplicates += 1
    else:
        door.counts.new += 1


def _record(door: _Door, mail: ReadMail, unseen: Unseen) -> Receipt:
    files = [keep_file(door.folder, name, data) for name, data in mail.files]
    draft, whole = _draft(door, mail, unseen, files)

    def together(work: Work, receipt: Receipt) -> None:
        attach(work, whole, door.now, message_id=receipt.message_id)
        thread = " ".join([*reversed(mail.answers), mail.mail_id]).strip()
        keep_thread(work, receipt.message_id, door.source.code, mail.mail_id, thread, mail.subject)
        if mail.address and _may_be_told(work, mail.address, door.now):
            notices.tell(work, receipt.ticket_id, RECEIVED, mail.address, door.now)

    return receive(door.intake, draft, door.now, together)


def _may_be_told(work: Work, address: str, now: datetime) -> bool:
    """Whether an address may get another acknowledgement: five in a quarter of an hour, so that a
    machine that does not say it is one cannot talk with us for ever."""
    told = attempts.who(work, "acknowledged", address.lower(), "")
    try:
        attempts.check(work, told, now)
    except attempts.Throttled:
        return False
    attempts.failed(work, told, now)
    return True


def _draft(
    door: _Door, mail: ReadMail, unseen: Unseen, files: list[KeptFile]
) -> tuple[MessageDraft, list[KeptFile]]:
    """The message, and its files: a text that is too long for a message is one of them."""
    body = mail.text or mail.subject or NO_TEXT
    if len(body) > MAX_BODY:
        files = [*files, keep_file(door.folder, WHOLE_TEXT, body.encode())]
        body = body[: MAX_BODY - len(CUT)] + CUT
    with door.intake.records.read() as work:
        follows = answered_message(work, mail.answers)
    draft = MessageDraft(
        channel=door.source.channel,
        source=door.source.code,
        source_ref=mail.reference,
        subject=mail.subject[:MAX_SUBJECT],
        body=body,
        received_at=min(unseen.arrived_at or door.now, door.now),
        sender=mail.address.lower(),
        contact=Contact(name=mail.name, email=mail.address),
        follows=follows,
    )
    return draft, files


def _put_aside(
    door: _Door,
    unseen: Unseen,
    reference: str,
    reason: str,
    address: str = "",
    flags: tuple[str, ...] = (SEEN, FLAGGED),
) -> None:
    with door.intake.records.write() as work:
        set_aside(
            work,
            door.source.code,
            reference,
            reason,
            door.now,
            sender=address,
            size=unseen.size,
        )
        work.commit()
    door.mailbox.mark(unseen.uid, *flags)
    door.counts.rejected += 1
