"""Signed bodies: HMAC-SHA256 over the time and the body, the same way in and out.

The header is `v1=` and hexadecimal digits; what is signed is the time in Unix seconds, a full stop,
and the body byte by byte.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
"""How far the signed time may be from ours, either way."""
SCHEME = "v1="
NOBODY = "no such key"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature header of a body sent at this time."""
    signed = timestamp.encode() + b"." + body
    return SCHEME + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def holds(secrets: Iterable[str], timestamp: str, body: bytes, signature: str) -> bool:
    """Whether one of the secrets made the signature.

    Without a secret a comparison is made all the same, so that an unknown sender takes as long as
    a wrong signature.
    """
    given = signature.encode("utf-8", "replace")
    right = False
    for secret in tuple(secrets) or (NOBODY,):
        same = hmac.compare_digest(sign(secret, timestamp, body).encode(), given)
        right |= same and secret != NOBODY
    return right


def timely(timestamp: str, now: datetime) -> bool:
    """Whether the signed time is a number of seconds within WINDOW of now."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    return abs(now.timestamp() - int(timestamp)) <= WINDOW.total_seconds()
