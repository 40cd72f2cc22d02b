"""One spelling for characters that mean the same, without moving any of them.

Every character is replaced by exactly one, so offsets into the result are offsets into the original:
full width becomes half width, capitals small, traditional characters simplified; control
characters become a space and lone surrogates the replacement character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC

Codes = NDArray[np.uint32]

CHINESE = (0x4E00, 0xA000)
"""The block of common Chinese characters."""

TRADITIONAL_FROM = 2
"""A text with so many characters that simplified text does not have is taken for traditional."""

MORE_SHARED = {"覆": "复", "瞭": "了", "藉": "借", "夥": "伙", "菸": "烟", "著": "着"}
"""What OpenCC's tables turn only as parts of words; here far more often one than the other."""

_PLANE = 0x10000
"""Letters with another spelling, but for a few of no modern language, lie in the first plane; small
tables stay in the processor's cache."""


def codes_of(text: str) -> Codes:
    """The code points of the normalised text, one for each character of the original."""
    raw = raw_codes(text)
    codes = _plainly_replaced(raw)
    return _shared_simplified(codes) if _is_traditional(raw) else codes


def _plainly_replaced(raw: Codes) -> Codes:
    """Each character by what it is in any text."""
    try:
        return _replacements().take(raw).astype(np.uint32)
    except IndexError:
        codes = raw.astype(np.uint32)
        inside = raw < _PLANE
        codes[inside] = _replacements()[raw[inside]]
        return codes


def _is_traditional(raw: Codes) -> bool:
    """Whether characters stand in the text that simplified text does not have."""
    return int(_traditional_only().take(raw, mode="clip").sum()) >= TRADITIONAL_FROM


def _shared_simplified(codes: Codes) -> Codes:
    """In traditional text also the characters are simplified that simplified text has with another
    meaning (後, 於, 乾)."""
    old, new = _shared_characters()
    at = old.searchsorted(codes).clip(max=len(old) - 1)
    return np.where(old[at] == codes, new[at], codes)


@cache
def _traditional_only() -> NDArray[np.bool_]:
    table = np.zeros(_PLANE, dtype=np.bool_)
    table[[ord(old) for old, _ in _traditional_pairs()]] = True
    table[-1] = False
    return table


@cache
def _shared_characters() -> tuple[Codes, Codes]:
    """Characters both scripts have, the code points sorted, with what the traditional one means."""
    characters = [chr(code) for code in range(*CHINESE) if _in_simplified_text(chr(code))]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = {old: new for old, new in zip(characters, converted, strict=True) if old != new}
    pairs |= MORE_SHARED
    ordered = sorted((ord(old), ord(new)) for old, new in pairs.items() if len(new) == 1)
    old, new = np.array(ordered, dtype=np.uint32).T
    return old, new


def raw_codes(text: str) -> Codes:
    """The code points of a text as it is."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def text_of(codes: Codes) -> str:
    """The string of normalised code points; as many characters as codes."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le")


def normalised(text: str) -> str:
    """The normalised text; len(normalised(text)) == len(text)."""
    return text_of(codes_of(text))


def all_normalised(texts: Sequence[str]) -> list[str]:
    """normalised of each, of many short texts far faster than one after the other."""
    raw = raw_codes("".join(texts))
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    ends = lengths.cumsum()
    found = _traditional_only().take(raw, mode="clip")
    count = np.concatenate([[0], found.cumsum()])
    traditional = count.take(ends) - count.take(ends - lengths) >= TRADITIONAL_FROM
    text = text_of(_plainly_replaced(raw))
    done = [
        text[end - length : end]
        for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)
    ]
    for place in traditional.nonzero()[0].tolist():
        done[place] = normalised(texts[place])
    return done


def telling(codes: Codes) -> NDArray[np.bool_]:
    """For each code point whether it tells something: letters, digits, symbols such as emoji, and
    the two marks that carry feeling; not spaces, punctuation and control characters."""
    return _telling_characters().take(codes, mode="clip")


def character_set(characters: str) -> NDArray[np.bool_]:
    """A table by code point of characters of the first plane; its last place, of no character, is
    where code points beyond it are clipped to."""
    table = np.zeros(_PLANE, dtype=np.bool_)
    table[list(map(ord, characters))] = True
    return table


def decimal_digits() -> NDArray[np.bool_]:
    """Such a table of all digits, whatever the script."""
    return character_set("".join(filter(str.isdecimal, map(chr, range(_PLANE)))))


def silent_characters() -> frozenset[str]:
    """The characters that tell nothing."""
    return frozenset(map(chr, (~_telling_characters()[:_PLANE]).nonzero()[0].tolist()))


@cache
def _telling_characters() -> NDArray[np.bool_]:
    """By code point; the last place stands for all characters beyond the first plane, which are
    rare letters and emoji."""
    table = np.zeros(_PLANE + 1, dtype=np.bool_)
    for code in range(_PLANE):
        table[code] = unicodedata.category(chr(code)) in {"Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "So"}
    table[[ord("!"), ord("?"), _PLANE]] = True
    table[0xFFFD] = False
    return table


@cache
def _replacements() -> NDArray[np.uint16]:
    table = np.array([_one_character(code) for code in range(_PLANE)], dtype=np.uint32)
    for traditional, simplified in _traditional_pairs():
        table[ord(traditional)] = ord(simplified)
    table[0xD800:0xE000] = 0xFFFD
    return np.where(table < _PLANE, table, np.arange(_PLANE)).astype(np.uint16)


def _one_character(code: int) -> int:
    character = chr(code)
    if unicodedata.category(character) in {"Cc", "Cs"}:
        return ord(" ") if character != "\n" else code
    spelled = unicodedata.normalize("NFKC", character).lower()
    return ord(spelled) if len(spelled) == 1 else code


def _traditional_pairs() -> list[tuple[str, str]]:
    """Traditional characters and their simplified form, by OpenCC, one by one.

    Characters that GB 2312 has are left alone: they are used in simplified text too (乾隆).
    """
    characters = [chr(code) for code in range(*CHINESE) if not _in_simplified_text(chr(code))]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return [(old, new) for old, new in pairs if old != new and len(new) == 1 and ord(new) < _PLANE]


def _in_simplified_text(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
