"""Messages in the office's chat (企业微信, 钉钉 and their like), handed over as signed JSON.

Such gateways answer 200 also when they refuse, and say so by an `errcode` that is not 0.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from runtime.delivery.signed_post import poster


@dataclass(frozen=True, slots=True)
class ChatToSend:
    """One message. recipient: an account. message: its id, by which one sent twice is known."""

    recipient: str
    subject: str
    text: str
    message: str


SendChat = Callable[[ChatToSend], None]
"""Raises OSError."""


def chat_sender(address: str, secret: str) -> SendChat:
    """A function that posts to http[s]://….  Raises Rejected("setting") for an address that is
    none, or without a secret."""
    post = poster(address, secret, "MINSHENG_CHAT")

    def send(chat: ChatToSend) -> None:
        members = {
            "to": chat.recipient,
            "subject": chat.subject,
            "text": chat.text,
            "message": chat.message,
        }
        _check(post(members, chat.message))

    return send


def _check(answer: bytes) -> None:
    """Raises OSError for an answer that says no."""
    try:
        said = json.loads(answer)
    except ValueError:
        return  # not JSON: a gateway that says nothing but 200
    if isinstance(said, dict) and said.get("errcode") not in (None, 0, "0"):
        raise OSError(f"errcode {said['errcode']}: {said.get('errmsg', '')}"[:500])
