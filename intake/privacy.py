"""Finding personal details in a text and masking them.

What is found: mobile and landline numbers, identity numbers (by checksum), bank cards (by Luhn),
e-mail addresses and number plates. The record keeps the original; what is indexed or shown beyond
the people who handle a message is the masked text. Every pattern is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

# Digits and letters typed in full width are read as what they are; the length does not change.
_NARROW = {ord("０") + i: ord("0") + i for i in range(10)}
_NARROW |= {ord("Ａ") + i: ord("A") + i for i in range(26)}
_NARROW |= {ord("ａ") + i: ord("a") + i for i in range(26)}
_NARROW |= {ord("＠"): ord("@"), ord("．"): ord("."), ord("－"): ord("-"), ord("　"): ord(" ")}

IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS = "10X98765432"  # GB 11643-1999

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")
_OLD_IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(\d{2})(\d{2})(\d{2})\d{3}(?!\d)")
_CARD = re.compile(r"(?<![\d-])[3-69]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{3,4}(?:[ -]?\d{1,3})?(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)[（(]?0\d{2,3}[）)]?[- ]?[2-9]\d{6,7}(?!\d)")
_SPOKEN_LANDLINE = re.compile(
    r"(?:电话|座机|固话|联系方式|联系|致电|tel)[^\d\n]{0,6}([2-9]\d{6,7})(?!\d)", re.IGNORECASE
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使][A-HJ-NP-Z][·•\- ]?"
    r"(?=[A-HJ-NP-Z]{0,4}\d)[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳领](?![A-Z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PersonalDetail:
    """One detail found: what kind, where (end exclusive), and the words that stand for it."""

    kind: str
    start: int
    end: int
    shown: str


def find(text: str) -> tuple[PersonalDetail, ...]:
    """Every personal detail, in order, none overlapping another."""
    narrow = text.translate(_NARROW)
    found: list[PersonalDetail] = []
    taken = bytearray(len(text))
    for search in _SEARCHES:
        for detail in search(narrow):
            if not any(taken[detail.start : detail.end]):
                taken[detail.start : detail.end] = b"\1" * (detail.end - detail.start)
                found.append(detail)
    return tuple(sorted(found, key=lambda detail: detail.start))


def mask(text: str) -> str:
    """The text with every personal detail replaced by what may be shown of it."""
    parts: list[str] = []
    position = 0
    for detail in find(text):
        parts += [text[position : detail.start], detail.shown]
        position = detail.end
    parts.append(text[position:])
    return "".join(parts)


def _identities(text: str) -> Iterator[PersonalDetail]:
    for match in _IDENTITY.finditer(text):
        if identity_is_valid(match[0]):
            yield PersonalDetail("identity", *match.span(), "〔身份证号〕")
    for match in _OLD_IDENTITY.finditer(text):
        year, month, day = (int(part) for part in match.groups())
        if _is_date(1900 + year, month, day):
            yield PersonalDetail("identity", *match.span(), "〔身份证号〕")


def identity_is_valid(number: str) -> bool:
    """Whether an 18-character identity number has a date in it and the right check character."""
    digits = number[:17]
    if not _is_date(int(number[6:10]), int(number[10:12]), int(number[12:14])):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, IDENTITY_WEIGHTS, strict=True))
    return IDENTITY_CHECKS[total % 11] == number[17].upper()


def _is_date(year: int, month: int, day: int) -> bool:
    if not 1850 <= year <= 2100:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _cards(text: str) -> Iterator[PersonalDetail]:
    for match in _CARD.finditer(text):
        digits = [int(char) for char in match[0] if char.isdigit()]
        if 15 <= len(digits) <= 19 and luhn_is_valid(digits):
            yield PersonalDetail("card", *match.span(), "〔银行卡号〕")


def luhn_is_valid(digits: list[int]) -> bool:
    """ISO/IEC 7812-1 check digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _mobiles(text: str) -> Iterator[PersonalDetail]:
    for match in _MOBILE.finditer(text):
        yield PersonalDetail("mobile", *match.span(), f"{match[1]}****{match[3]}")


def _landlines(text: str) -> Iterator[PersonalDetail]:
    for match in _LANDLINE.finditer(text):
        yield PersonalDetail("landline", *match.span(), "〔座机号码〕")
    for match in _SPOKEN_LANDLINE.finditer(text):
        yield PersonalDetail("landline", *match.span(1), "〔座机号码〕")


def _emails(text: str) -> Iterator[PersonalDetail]:
    for match in _EMAIL.finditer(text):
        yield PersonalDetail("email", *match.span(), "〔邮箱〕")


def _plates(text: str) -> Iterator[PersonalDetail]:
    for match in _PLATE.finditer(text):
        yield PersonalDetail("plate", *match.span(), f"{match[0][:2]}·*****")


# Earlier ones win where two overlap: an identity number holds digits that look like a card.
_SEARCHES: tuple[Callable[[str], Iterator[PersonalDetail]], ...] = (
    _identities,
    _emails,
    _cards,
    _mobiles,
    _landlines,
    _plates,
)
