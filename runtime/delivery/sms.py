"""Text messages, handed to a provider as signed JSON, by the scheme of docs/webhook.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runtime.delivery.signed_post import poster


@dataclass(frozen=True, slots=True)
class TextToSend:
    """One text message. notice: its id, by which the provider knows one sent twice."""

    recipient: str
    text: str
    notice: str


SendText = Callable[[TextToSend], None]
"""Raises OSError."""


def text_sender(address: str, secret: str) -> SendText:
    """A function that posts to http[s]://….  Raises Rejected("setting") for an address that is
    none, or without a secret."""
    post = poster(address, secret, "MINSHENG_SMS")

    def send(message: TextToSend) -> None:
        members = {"to": message.recipient, "text": message.text, "notice": message.notice}
        post(members, message.notice)

    return send
