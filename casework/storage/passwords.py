"""Staff passwords: hashing them, and refusing those that are guessed first."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from casework.errors import Rejected

SHORTEST, LONGEST = 10, 200
"""Characters. Hashing takes time in proportion; nobody types more than the longest."""
WEAKEST = 3
"""zxcvbn's scale of 0 to 4: 3 is out of reach for guessing at a page that slows guessing down."""
JUDGED = 72
"""Characters that are judged; judging takes more than proportional time."""

hasher = PasswordHasher()  # argon2id, the library's current recommendation


def _nobodys() -> str:
    """A hash that no password has, for unknown names: verifying it takes as long as one of somebody."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


def check_password(password: str, personal: Iterable[str] = ()) -> None:
    """Raises Rejected("password_length" | "password_weak", "password"). personal: names that must
    not be what the password rests on."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Rejected("password_length", "password", shortest=SHORTEST)
    known = ["minsheng", "民声", *(name for name in personal if name)]
    if zxcvbn(password[:JUDGED], user_inputs=known)["score"] < WEAKEST:
        raise Rejected("password_weak", "password")


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is the one stored; None (nobody) takes as long and is never right."""
    try:
        return hasher.verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
