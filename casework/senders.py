"""Who wrote, in one form: the same telephone however it was typed."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"\+?[\d\s().-]{5,30}")
_NOT_DIGIT = re.compile(r"\D")
_COUNTRY = re.compile(r"^(\+|00)\s*86")
MOBILE = re.compile(r"1[3-9]\d{9}")


def plain_sender(typed: str) -> str:
    """The sender as digests are made of it: telephone numbers without spaces, marks and the
    country's own code, everything else in small letters."""
    text = unicodedata.normalize("NFKC", typed).strip().casefold()
    if not _NUMBER.fullmatch(text):
        return text
    return _NOT_DIGIT.sub("", _COUNTRY.sub("", text))


def is_mobile(number: str) -> bool:
    """Whether a short message can be sent to the number."""
    return MOBILE.fullmatch(plain_sender(number)) is not None
