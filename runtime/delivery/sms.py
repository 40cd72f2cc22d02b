"""Text messages, handed to a provider as signed JSON, by the scheme of docs/webhook.md."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from casework.errors import Rejected
from casework.signature import sign

TIMEOUT_SECONDS = 20
LONGEST_ANSWER = 1000


@dataclass(frozen=True, slots=True)
class TextToSend:
    """One text message. notice: its id, by which the provider knows one sent twice."""

    recipient: str
    text: str
    notice: str


SendText = Callable[[TextToSend], None]
"""Raises OSError."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_more: object) -> None:
        """A signed body goes where the setting says and nowhere else."""


def text_sender(address: str, secret: str) -> SendText:
    """A function that posts to http[s]://….  Raises Rejected("setting") for an address that is
    none, or without a secret."""
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise Rejected("setting", "MINSHENG_SMS_URL", value=urlsplit(address).hostname or "")
    if not secret:
        raise Rejected("setting", "MINSHENG_SMS_SECRET", value="")
    opener = urllib.request.build_opener(_NoRedirect)

    def send(message: TextToSend) -> None:
        body = json.dumps(
            {"to": message.recipient, "text": message.text, "notice": message.notice},
            ensure_ascii=False,
        ).encode()
        timestamp = str(int(time.time()))
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            address,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "Minsheng-Timestamp": timestamp,
                "Minsheng-Signature": sign(secret, timestamp, body),
                "Idempotency-Key": message.notice,
            },
        )
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                answer.read(LONGEST_ANSWER)
        except urllib.error.HTTPError as error:
            said = error.read(LONGEST_ANSWER).decode("utf-8", "replace")
            raise OSError(f"{error.code} {said}") from None

    return send
