"""Mail by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from casework.errors import Rejected
from runtime.clock import now

TIMEOUT_SECONDS = 20
STOP_HEADER = "List-Unsubscribe"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. mail_id: its Message-ID, the same however often it is sent. sender: "" for the
    city's own address. in_reply_to, references: the thread it stands in, or "".
    stop_link: where one click ends such mails, or ""."""

    recipient: str
    subject: str
    text: str
    mail_id: str
    sender: str = ""
    in_reply_to: str = ""
    references: str = ""
    stop_link: str = ""


SendMail = Callable[[Letter], None]
"""Raises OSError or smtplib.SMTPException."""


def mail_sender(address: str, from_address: str) -> SendMail:
    """A function that sends mail through smtp[s]://[user:password@]host[:port].

    With user and password the connection is encrypted, by STARTTLS or from the start (smtps), and
    the server's certificate is checked. Raises Rejected("setting") for an address that is none.
    """
    url = urlsplit(address)
    if url.scheme not in ("smtp", "smtps") or not url.hostname or not from_address:
        raise Rejected("setting", "MINSHENG_SMTP_URL", value=url.hostname or "")

    def send(letter: Letter) -> None:
        message = _message(letter, letter.sender or from_address)
        with _connect(url.scheme, url.hostname or "", url.port) as server:
            if url.username:
                if url.scheme == "smtp":
                    server.starttls(context=ssl.create_default_context())
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)

    return send


class _LinksWhole(EmailPolicy):
    """Folds headers as usual, but leaves a link in one piece: mail programs do not decode one that
    was encoded for its length."""

    def fold(self, name: str, value: Any) -> str:
        if name == STOP_HEADER:
            return f"{name}: {value}" + str(self.linesep)
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == STOP_HEADER:
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage(policy=_LinksWhole())
    message["From"], message["To"] = sender, letter.recipient
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(now())
    message["Message-ID"] = letter.mail_id
    message["Auto-Submitted"] = "auto-generated"  # no machine is to answer a machine
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
    if letter.references:
        message["References"] = letter.references
    if letter.stop_link:
        message[STOP_HEADER] = f"<{letter.stop_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    return message


def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)
