"""Reading one mail as it was received: who wrote it, what it says, what came with it.

Mail breaks every rule there is. Whatever is broken is read as well as it can be; nothing here
raises for what a stranger sent.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import default
from email.utils import getaddresses

from intake.connectors.html_text import html_text, plain_text
from intake.mail_words import own_words

MOST_ATTACHMENTS = 50
_MAIL_ID = re.compile(r"<[^<>\s]{1,900}>")
_ADDRESS = re.compile(r"[^@\s<>,;]{1,64}@[A-Za-z0-9.-]{1,190}")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_AUTOMATIC_SENDERS = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@", "donotreply@")
_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "List-Unsubscribe")


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One mail. reference: names it, whatever number the server gives it. mail_id: "" for none.
    answers: ids of the mails it answers, the nearest first. text: the writer's own words, quotes
    taken out. automatic: why a machine must have sent it, or "". files: (name, content)."""

    reference: str
    mail_id: str
    answers: tuple[str, ...]
    name: str
    address: str
    subject: str
    text: str
    automatic: str
    files: tuple[tuple[str, bytes], ...]


def read_mail(raw: bytes, own_address: str = "") -> ReadMail:
    """The mail that these bytes are. own_address: of the mailbox, whose own mail is automatic."""
    message: Message = message_from_bytes(raw, policy=default)
    mail_id = next(iter(_MAIL_ID.findall(header(message, "Message-ID"))), "")
    name, address = _sender(message)
    text, files = _content(message)
    return ReadMail(
        reference=_reference(raw, mail_id),
        mail_id=mail_id,
        answers=_answers(message),
        name=name,
        address=address,
        subject=" ".join(plain_text(header(message, "Subject")).split()),
        text=own_words(text),
        automatic=_automatic(message, address, own_address),
        files=files,
    )


def header(message: Message, name: str) -> str:
    """A header as text; "" when it is not there. Bytes that no header may hold are read as UTF-8
    or GB18030; a header the parser chokes on is read as it stands."""
    for key, raw in message.raw_items():
        if key.lower() != name.lower():
            continue
        if _SURROGATES.search(str(raw)):
            return _decoded(str(raw).encode("utf-8", "surrogateescape"), "")
        with suppress(Exception):  # the standard parser raises whatever it likes on broken ones
            return str(message[name])
        return str(raw)
    return ""


def _sender(message: Message) -> tuple[str, str]:
    for field in ("From", "Sender"):  # not Reply-To: nobody is to be written to on another's word
        for name, address in getaddresses([header(message, field)]):
            if _ADDRESS.fullmatch(address):
                return " ".join(plain_text(name).split())[:100], address
    return "", ""


def _reference(raw: bytes, mail_id: str) -> str:
    """The same for one mail that came twice, by two aliases or after the server counted anew; not
    for two mails of one id, as careless programs send them."""
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2] if mail_id else raw
    return "mail:" + hashlib.sha256(mail_id.encode("utf-8", "replace") + b"\0" + body).hexdigest()


def _answers(message: Message) -> tuple[str, ...]:
    direct = _MAIL_ID.findall(header(message, "In-Reply-To"))
    thread = _MAIL_ID.findall(header(message, "References"))
    return tuple(dict.fromkeys([*direct, *reversed(thread)]))[:50]


def _automatic(message: Message, address: str, own_address: str) -> str:
    submitted = header(message, "Auto-Submitted").split(";")[0].strip().lower()
    path = message.get_all("Return-Path", [None])[0]
    if message.get_content_type() == "multipart/report" or (
        path is not None and str(path).strip() == "<>"
    ):
        return "bounce"
    if address and address.lower() == own_address.lower():
        return "own"
    machine = (
        submitted not in ("", "no")
        or header(message, "Precedence").strip().lower() in _PRECEDENCE
        or any(header(message, name) for name in _AUTOMATIC_HEADERS)
        or address.lower().startswith(_AUTOMATIC_SENDERS)
    )
    return "automatic" if machine else ""


def _content(message: Message) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """The text a reader sees first, and every file."""
    plain: list[str] = []
    html: list[str] = []
    files: list[tuple[str, bytes]] = []
    for part in _leaves(message):
        kind, name = part.get_content_type(), _file_name(part)
        data = _payload(part)
        if name or part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            if data and len(files) < MOST_ATTACHMENTS:
                files.append((name or kind.replace("/", "."), data))
        elif kind == "text/html":
            html.append(html_text(_decoded(data, _charset(part))))
        else:
            plain.append(plain_text(_decoded(data, _charset(part))))
    text = "\n".join(filter(None, plain)) or "\n".join(filter(None, html))
    return text, tuple(files)


def _leaves(message: Message) -> list[Message]:
    """The parts that hold something; a mail within the mail is one part."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        return [message]
    parts = message.get_payload()
    found: list[Message] = []
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, Message):
            found += _leaves(part)
    return found


def _payload(part: Message) -> bytes:
    with suppress(Exception):
        if part.get_content_type() == "message/rfc822":
            return part.as_bytes()
        data = part.get_payload(decode=True)
        return data if isinstance(data, bytes) else b""
    return b""


def _file_name(part: Message) -> str:
    with suppress(Exception):
        return plain_text(part.get_filename() or "")
    return ""


def _charset(part: Message) -> str:
    with suppress(Exception):
        return part.get_content_charset() or ""
    return ""


def _decoded(data: bytes, charset: str) -> str:
    """Text in the charset it claims, else in the likeliest; never an error."""
    claimed = "gb18030" if charset.lower() in ("gb2312", "gbk", "x-gbk") else charset
    for each in filter(None, (claimed, "utf-8", "gb18030")):
        with suppress(LookupError, UnicodeDecodeError):
            return data.decode(each)
    return data.decode("utf-8", "replace")
