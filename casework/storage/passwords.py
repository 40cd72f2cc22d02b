"""Staff passwords: hashing them, and refusing those that are guessed first."""

from __future__ import annotations

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
NOBODY = hasher.hash("nobody has this password")
"""Verified for unknown names, so that they take as long as known ones."""


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
        return hasher.verify(stored or NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
