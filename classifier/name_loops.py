"""Loops over words that find names by how they end; see names.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Codes, Offsets
from classifier.compiled import compiled, part

NAME_AT_MOST = 10
"""Characters of a name, its ending included."""

WORDS_AT_MOST = 4

LONGEST_ENDING = 4

NUMBER_AT_MOST = 4
"""Digits of a number that names something."""

ANY, NAME, NUMBER, NAME_OR_NUMBER, LONG = range(5)
"""What may stand before an ending: anything but a number; two characters or one that is no letter; what ends
in a digit; NAME or a number; two characters, no number. A number makes it the kind of NUMBER."""

LAST_CODE = 0xFFFF
"""Characters beyond it end no name and are no digits."""

_BASE = np.uint64(0x9E3779B97F4A7C15)


@part
def _key(codes: Codes, low: int, high: int) -> np.uint64:
    """A number that tells words apart."""
    key = np.uint64(0)
    for at in range(low, high):
        key = (key + np.uint64(codes[at])) * _BASE
    return key


@compiled("void(uint32[::1], int64[::1], uint64[::1])")
def write_keys(codes: Codes, ends: Offsets, keys: NDArray[np.uint64]) -> None:
    for number in range(len(keys)):
        keys[number] = _key(codes, ends[number], ends[number + 1])


@part
def _place(keys: NDArray[np.uint64], key: np.uint64) -> int:
    """Where a key stands among sorted ones, -1 where it does not."""
    at = np.searchsorted(keys, key)
    return int(at) if at < len(keys) and keys[at] == key else -1


@part
def _ending_of(
    codes: Codes,
    low: int,
    high: int,
    last: NDArray[np.bool_],
    endings: NDArray[np.uint64],
    generic: NDArray[np.uint64],
) -> int:
    """The number of the longest ending the word ends in, -1 for none."""
    found = -1
    if not last[min(codes[high - 1], LAST_CODE)]:
        return found
    if _place(generic, _key(codes, low, high)) >= 0:
        return found
    for begin in range(max(low, high - LONGEST_ENDING), high):
        found = _place(endings, _key(codes, begin, high))
        if found >= 0:
            break
    return found


@compiled(
    "void(uint32[::1], int64[::1], int64[::1], int64[::1], int64[::1], boolean[::1], uint64[::1],"
    " uint64[::1], uint64[::1], int64[::1], boolean[::1], boolean[::1])"
)
def find_endings(
    codes: Codes,
    text_begin: Offsets,
    words: Offsets,
    start: Offsets,
    end: Offsets,
    last: NDArray[np.bool_],
    endings: NDArray[np.uint64],
    generic: NDArray[np.uint64],
    stops: NDArray[np.uint64],
    ending: NDArray[np.int64],
    reached: NDArray[np.bool_],
    barred: NDArray[np.bool_],
) -> None:
    """Writes the ending of each word, which words names may reach back over, and which of these are
    barriers."""
    for text in range(len(words) - 1):
        begin = text_begin[text]
        for word in range(words[text], words[text + 1]):
            low, high = begin + start[word], begin + end[word]
            ending[word] = _ending_of(codes, low, high, last, endings, generic)
            if ending[word] < 0:
                continue
            at = word
            while at > max(words[text], word - WORDS_AT_MOST + 1) and end[at - 1] == start[at]:
                at -= 1
                key = _key(codes, begin + start[at], begin + end[at])
                reached[at] = True
                barred[at] = ending[at] >= 0 or _place(stops, key) >= 0


@part
def _first_word(
    start: Offsets,
    end: Offsets,
    word: int,
    first: int,
    free_from: int,
    named: bool,
    barred: NDArray[np.bool_],
) -> int:
    """The first word of the name that ends with a word: back over touching words until a barrier. A
    word that already holds a name takes only short pieces before it. first: of the text."""
    at = word
    while at > first and word - at < WORDS_AT_MOST - 1:
        before = at - 1
        if end[before] != start[at] or start[before] < free_from or barred[before]:
            break
        if end[word] - start[before] > NAME_AT_MOST or (named and end[before] - start[before] > 2):
            break
        at = before
    return at


@part
def _is_number(codes: Codes, low: int, high: int, digits: NDArray[np.bool_]) -> bool:
    at = low
    while at < high and digits[min(codes[at], LAST_CODE)]:
        at += 1
    return low < at == high


@part
def _may_name(codes: Codes, low: int, high: int, rule: int, digits: NDArray[np.bool_]) -> bool:
    """Whether what stands before an ending, no number, is a name by its rule."""
    length = high - low
    if rule == ANY:
        return length > 0
    if rule == NUMBER:
        return length > 0 and digits[min(codes[high - 1], LAST_CODE)]
    if rule == LONG:
        return length > 1
    return length > 1 or (length == 1 and codes[low] > 127)


@part
def _kind_of_name(
    codes: Codes,
    low: int,
    high: int,
    kind: int,
    rule: int,
    number_kind: int,
    digits: NDArray[np.bool_],
) -> int:
    """The kind of what is named so before an ending of this kind; -1 when it is no name."""
    if _is_number(codes, low, high, digits):
        may = rule in (NUMBER, NAME_OR_NUMBER) and high - low <= NUMBER_AT_MOST
        return number_kind if may else -1
    return kind if _may_name(codes, low, high, rule, digits) else -1


@compiled(
    "void(uint32[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], boolean[::1],"
    " int64[::1], int64[::1], int64[::1], int64, boolean[::1], int64[::1], int64[::1], int64[::1],"
    " int64[::1])"
)
def find_names(
    codes: Codes,
    text_begin: Offsets,
    words: Offsets,
    start: Offsets,
    end: Offsets,
    endings: NDArray[np.int64],
    barred: NDArray[np.bool_],
    lengths: NDArray[np.int64],
    kind_of: NDArray[np.int64],
    rule_of: NDArray[np.int64],
    number_kind: int,
    digits: NDArray[np.bool_],
    name_start: Offsets,
    name_end: Offsets,
    name_kind: NDArray[np.int64],
    name_begin: Offsets,
) -> None:
    found = 0
    for text in range(len(words) - 1):
        begin, free_from = text_begin[text], 0
        for word in range(words[text], words[text + 1]):
            ending = endings[word]
            if ending < 0:
                continue
            low, high = begin + start[word], begin + end[word]
            kind, length = kind_of[ending], lengths[ending]
            goes_on = found > name_begin[text] and high - low == length
            if goes_on and name_end[found - 1] == start[word] and name_kind[found - 1] == kind:
                # 金域华府 was found, and is followed by 小区.
                name_end[found - 1] = free_from = end[word]
                continue
            named = high - low > length
            first = _first_word(start, end, word, words[text], free_from, named, barred)
            low, rule = begin + start[first], rule_of[ending]
            kind = _kind_of_name(codes, low, high - length, kind, rule, number_kind, digits)
            if kind >= 0:
                name_start[found], name_end[found] = start[first], end[word]
                name_kind[found] = kind
                free_from = end[word]
                found += 1
        name_begin[text + 1] = found
