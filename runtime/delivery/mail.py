"""Mail by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from casework.errors import Rejected

TIMEOUT_SECONDS = 20

SendMail = Callable[[str, str, str], None]
"""(recipient, subject, text); raises OSError or smtplib.SMTPException."""


def mail_sender(address: str, from_address: str) -> SendMail:
    """A function that sends mail through smtp[s]://[user:password@]host[:port].

    With user and password the connection is encrypted, by STARTTLS or from the start (smtps), and
    the server's certificate is checked. Raises Rejected("setting") for an address that is none.
    """
    url = urlsplit(address)
    if url.scheme not in ("smtp", "smtps") or not url.hostname or not from_address:
        raise Rejected("setting", "MINSHENG_SMTP_URL", value=url.hostname or "")

    def send(recipient: str, subject: str, text: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = from_address, recipient, subject
        message.set_content(text)
        with _connect(url.scheme, url.hostname or "", url.port) as server:
            if url.username:
                if url.scheme == "smtp":
                    server.starttls(context=ssl.create_default_context())
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)

    return send


def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)
