"""One spelling for characters that mean the same, without moving any of them.

Every character is replaced by exactly one, so offsets into the result are offsets into the original:
full width becomes half width, capitals small, traditional characters simplified; control
characters become a space and lone surrogates the replacement character.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Codes, Offsets
from classifier.character_tables import PLANE, character_tables

TRADITIONAL_FROM = 2
"""A text with so many characters that simplified text does not have is taken for traditional."""


def codes_of(text: str) -> Codes:
    """The code points of the normalised text, one for each character of the original."""
    raw = raw_codes(text)
    codes = _plainly_replaced(raw)
    found = character_tables().traditional.take(raw, mode="clip")
    return _shared_simplified(codes) if _are_traditional(found) else codes


def _plainly_replaced(raw: Codes) -> Codes:
    """Each character by what it is in any text."""
    replacements = character_tables().replacements
    try:
        return replacements.take(raw).astype(np.uint32)
    except IndexError:
        codes = replacements.take(raw, mode="clip").astype(np.uint32)
        beyond = (raw >= PLANE).nonzero()[0]
        codes[beyond] = raw.take(beyond)
        return codes


def _are_traditional(found: NDArray[np.bool_]) -> bool:
    """Whether so many of these characters are ones that simplified text does not have."""
    return int(np.count_nonzero(found)) >= TRADITIONAL_FROM


def _shared_simplified(codes: Codes) -> Codes:
    """In traditional text also the characters are simplified that simplified text has with another
    meaning (後, 於, 乾)."""
    tables = character_tables()
    old, new = tables.shared, tables.meant
    at = old.searchsorted(codes).clip(max=len(old) - 1)
    return np.where(old[at] == codes, new[at], codes)


def raw_codes(text: str) -> Codes:
    """The code points of a text as it is."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def text_of(codes: Codes) -> str:
    """The string of normalised code points; as many characters as codes."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le")


def normalised(text: str) -> str:
    """The normalised text; len(normalised(text)) == len(text)."""
    return text_of(codes_of(text))


def spelled(texts: Sequence[str]) -> tuple[list[str], Codes, Offsets]:
    """`normalised` of each text, the code points of all, one text after the other, and how many each
    has; of many texts far faster than one by one."""
    raw = raw_codes("".join(texts))
    codes = _plainly_replaced(raw)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ends = lengths.cumsum()
    found = character_tables().traditional.take(raw, mode="clip")
    if _are_traditional(found):
        for begin, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True):
            if _are_traditional(found[begin:end]):
                codes[begin:end] = _shared_simplified(codes[begin:end])
    return pieces(text_of(codes), ends), codes, lengths


def all_normalised(texts: Sequence[str]) -> list[str]:
    """`normalised` of each."""
    return spelled(texts)[0]


def pieces(text: str, ends: Offsets) -> list[str]:
    """A text cut at these places, the last of which is its end."""
    bounds = [0, *ends.tolist()]
    return [text[begin:end] for begin, end in itertools.pairwise(bounds)]


def telling(codes: Codes) -> NDArray[np.bool_]:
    """For each code point whether it tells something: letters, digits, symbols such as emoji, and
    the two marks that carry feeling; not spaces, punctuation and control characters."""
    return character_tables().telling.take(codes, mode="clip")


def character_set(characters: str) -> NDArray[np.bool_]:
    """A table by code point of characters of the first plane; its last place, of no character, is
    where code points beyond it are clipped to."""
    table = np.zeros(PLANE, dtype=np.bool_)
    table[list(map(ord, characters))] = True
    return table


@cache
def decimal_digits() -> NDArray[np.bool_]:
    """Such a table of all digits, whatever the script."""
    return character_set("".join(filter(str.isdecimal, map(chr, range(PLANE)))))


def silent_characters() -> frozenset[str]:
    """The characters that tell nothing."""
    return frozenset(map(chr, (~character_tables().telling[:PLANE]).nonzero()[0].tolist()))
