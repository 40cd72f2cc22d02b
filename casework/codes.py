"""A ticket's public number and its secret query code."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are misread or misheard
CODE_LENGTH = 16  # of 32 letters: 80 random bits
GROUP = 4
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = str.maketrans("", "", " -_.　\t\r\n")


def new_code() -> str:
    """A fresh query code, 80 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def code_from(digest: bytes) -> str:
    """The query code that the first ten bytes of a keyed digest spell: 80 bits, always the same."""
    number = int.from_bytes(digest[:10])
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(CODE_LENGTH))


def show_code(code: str) -> str:
    """In groups of four, as it is read aloud."""
    return " ".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """What somebody typed, brought to the form the digest is made of; any width, case, spacing."""
    return _plain(typed).translate(_MISREAD)


def new_number(received_at: datetime, zone: ZoneInfo, digits: int = 5) -> str:
    """A public number such as 2026-1120-04817: the city's date and random digits.

    Random, because a running number would tell everybody how many messages a day brings.
    """
    return f"{received_at.astimezone(zone):%Y-%m%d}-{secrets.randbelow(10**digits):0{digits}d}"


def read_number(typed: str) -> str:
    """What somebody typed as a number, in canonical form; unusable input comes back as it is."""
    plain = _plain(typed)
    if not plain.isascii() or not plain.isdigit() or len(plain) < 9:
        return plain
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).translate(_SEPARATORS).upper()
