"""A mailbox read by IMAP: what nobody has seen, asked for its size first, marked when it is done.

By the standard library: four commands are needed, and a wrapper would hide which of them set flags.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from casework.errors import Rejected, SourceUnreadable

TIMEOUT_SECONDS = 60
SEEN, FLAGGED = r"\Seen", r"\Flagged"
PORTS = {"tls": 993, "starttls": 143, "none": 143}
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\"\\]+")


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """Where a mailbox is. tls: "tls", "starttls" or "none". address: the mailbox's own."""

    host: str
    port: int
    tls: str
    user: str
    folder: str
    address: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """A mail nobody has seen. size: in bytes. arrived_at: by the server's clock; None: not told."""

    uid: str
    size: int
    arrived_at: datetime | None


def read_settings(settings: Mapping[str, Any]) -> MailboxSettings:
    """The settings of a source of kind mailbox. Raises Rejected(reason, "settings")."""
    tls = str(settings.get("tls", "tls"))
    if tls not in PORTS:
        raise Rejected("tls", "settings", value=tls)
    port = settings.get("port", PORTS[tls])
    if not isinstance(port, int) or not 0 < port < 65536:
        raise Rejected("port", "settings", value=str(port)[:40])
    texts = {name: str(settings.get(name, "")).strip() for name in ("host", "user", "address")}
    folder = str(settings.get("folder") or "INBOX")
    for name, value in {**texts, "folder": folder}.items():
        if not value and name == "address":
            continue
        if not _PLAIN.fullmatch(value):
            raise Rejected(name, "settings", value=value[:40])
    return MailboxSettings(
        texts["host"], port, tls, texts["user"], folder, texts["address"] or texts["user"]
    )


class Mailbox:
    """An open folder. Everything raises SourceUnreadable when the server does not do as asked."""

    def __init__(self, server: imaplib.IMAP4, uid_validity: str) -> None:
        self._server = server
        self.uid_validity = uid_validity

    def unseen(self, most: int) -> tuple[Unseen, ...]:
        """The mails nobody has seen, the oldest first, at most so many."""
        answer = self._ask("SEARCH", "UNSEEN")
        uids = [uid.decode() for line in answer if isinstance(line, bytes) for uid in line.split()]
        if not uids:
            return ()
        answer = self._ask("FETCH", ",".join(uids[:most]), "(UID RFC822.SIZE INTERNALDATE)")
        lines = [line if isinstance(line, bytes) else line[0] for line in answer if line]
        found = [one for line in lines if (one := _unseen(line)) is not None]
        return tuple(sorted(found, key=lambda one: int(one.uid)))

    def fetch(self, uid: str) -> bytes:
        """The whole mail; it stays unseen."""
        for part in self._ask("FETCH", uid, "(BODY.PEEK[])"):
            if isinstance(part, tuple):
                return bytes(part[1])
        raise SourceUnreadable("mailbox", detail=f"no mail {uid}")

    def mark(self, uid: str, *flags: str) -> None:
        """Set flags on a mail."""
        self._ask("STORE", uid, "+FLAGS.SILENT", f"({' '.join(flags)})")

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        with _told():
            status, answer = self._server.uid(command, *arguments)
        if status != "OK":
            raise SourceUnreadable("mailbox", detail=f"{command}: {status}")
        return answer


@contextmanager
def open_mailbox(settings: MailboxSettings, password: str) -> Iterator[Mailbox]:
    """The folder, opened; closed at the end. Raises SourceUnreadable."""
    with _told():
        server = _connect(settings)
    try:
        with _told("sign_in"):
            server.login(settings.user, password)
        with _told():
            status, _ = server.select(f'"{settings.folder}"')
        if status != "OK":
            raise SourceUnreadable("folder", detail=settings.folder)
        validity = server.response("UIDVALIDITY")[1] or [b""]
        yield Mailbox(server, (validity[0] or b"").decode())
    finally:
        with suppress(Exception):
            server.logout()


def _connect(settings: MailboxSettings) -> imaplib.IMAP4:
    if settings.tls == "tls":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(
            settings.host, settings.port, ssl_context=context, timeout=TIMEOUT_SECONDS
        )
    server = imaplib.IMAP4(settings.host, settings.port, timeout=TIMEOUT_SECONDS)
    if settings.tls == "starttls":
        server.starttls(ssl.create_default_context())
    return server


def _unseen(line: bytes) -> Unseen | None:
    uid, size, date = _UID.search(line), _SIZE.search(line), _DATE.search(line)
    if uid is None or size is None:
        return None
    arrived = None
    if date is not None:
        text = date[1].decode("ascii", "replace")
        with suppress(ValueError):
            arrived = parsedate_to_datetime(text[:11].replace("-", " ") + text[11:])
    return Unseen(uid[1].decode(), int(size[1]), arrived)


@contextmanager
def _told(reason: str = "mailbox") -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.error) as error:
        raise SourceUnreadable(reason, detail=str(error)[:300]) from error
