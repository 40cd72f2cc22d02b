"""The forms citizens fill in: read, checked, and made into what the use cases take."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

from werkzeug.datastructures import MultiDict

from casework.errors import Rejected
from casework.model import Contact, MessageDraft
from casework.storage.attachments import Attachment
from casework.taxonomy import KINDS
from intake.receive import MAX_BODY

MAX_FIELD = 200
TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_PHONE = re.compile(r"\+?[\d\s()（）-]{5,25}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True, slots=True)
class MessageForm:
    """One message being written, carried from step to step in the form itself.

    token names this filled-in form: sent twice, it is one message.
    errors: field → why it cannot stay as it is. photographs: those put aside under the token;
    not_taken: why others were not.
    """

    token: str
    kind: str = ""
    text: str = ""
    place: str = ""
    district: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    publish: bool = False
    confirmed: bool = False
    errors: dict[str, Rejected] = field(default_factory=dict)
    photographs: tuple[Attachment, ...] = ()
    not_taken: tuple[Rejected, ...] = ()

    CARRIED = ("token", "kind", "text", "place", "district", "name", "phone", "email")

    def carried(self) -> list[tuple[str, str]]:
        """What the hidden fields of the next step hold."""
        return [(name, getattr(self, name)) for name in self.CARRIED]

    def checked_first(self) -> MessageForm:
        """With the errors of the first step."""
        errors: dict[str, Rejected] = {}
        if self.kind and self.kind not in KINDS:
            errors["kind"] = Rejected("kind", "kind")
        if not self.text.strip():
            errors["text"] = Rejected("empty", "text")
        elif len(self.text.strip()) > MAX_BODY:
            errors["text"] = Rejected(
                "too_long", "text", length=len(self.text.strip()), limit=MAX_BODY
            )
        return replace(self, errors=errors)

    def checked_second(self) -> MessageForm:
        """With the errors of the second step."""
        errors: dict[str, Rejected] = {}
        for name in ("place", "name", "phone", "email"):
            value = getattr(self, name)
            if len(value) > MAX_FIELD:
                errors[name] = Rejected("too_long", name, length=len(value), limit=MAX_FIELD)
        if self.phone and not _PHONE.fullmatch(self.phone):
            errors["phone"] = Rejected("phone", "phone")
        if self.email and not EMAIL.fullmatch(self.email):
            errors["email"] = Rejected("email", "email")
        return replace(self, errors=errors)

    def checked_third(self) -> MessageForm:
        """With the errors of the last step."""
        return self if self.confirmed else self.refused(Rejected("confirm", "confirmed"))

    def refused(self, error: Rejected) -> MessageForm:
        """With what the use case found wrong."""
        here = {"body": "text", "contact_phone": "phone", "contact_email": "email"}
        here["contact_name"] = "name"
        return replace(self, errors={here.get(error.field, error.field): error})

    def draft(self, now: datetime, language: str) -> MessageDraft:
        """The message as intake takes it. What comes with a telephone or mail has a sender."""
        return MessageDraft(
            channel="web",
            subject="",
            body=self.text,
            received_at=now,
            contact=Contact(self.name, self.phone, self.email),
            sender=self.phone or self.email,
            place=self.place,
            district=self.district,
            kind_stated=self.kind,
            publishable=self.publish,
            form_token=self.token,
            language=language,
        )


def new_message_form(kind: str) -> MessageForm:
    """An empty form with a name of its own."""
    return MessageForm(secrets.token_urlsafe(TOKEN_BYTES), kind if kind in KINDS else "")


def read_message_form(sent: MultiDict[str, str]) -> MessageForm:
    """What was sent, checked for nothing yet but the form's name."""
    token = sent.get("token", "")
    if not _TOKEN.fullmatch(token):
        token = secrets.token_urlsafe(TOKEN_BYTES)
    return MessageForm(
        token=token,
        kind=sent.get("kind", "").strip(),
        # A form sends line ends as CRLF; counted as one character each, as the page counts them.
        text=sent.get("text", "").replace("\r\n", "\n"),
        place=sent.get("place", "").strip(),
        district=sent.get("district", "").strip(),
        name=sent.get("name", "").strip(),
        phone=sent.get("phone", "").strip(),
        email=sent.get("email", "").strip(),
        publish=sent.get("publish") == "yes",
        confirmed=sent.get("confirmed") == "yes",
    )
