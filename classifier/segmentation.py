"""Cutting text into words with jieba's dictionary and algorithm; rjieba does the cutting."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import rjieba

from casework.word_lists import UserWord
from classifier.normalisation import codes_of, normalised, silent_characters, telling, text_of

ADDITIONS_FILE = Path(__file__).parent / "words" / "additions.txt"
"""Words of public administration that jieba's dictionary lacks: word and frequency a line."""


def additions() -> list[tuple[str, int]]:
    """Our own words with their frequencies."""
    lines = ADDITIONS_FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return [(word, int(frequency)) for word, frequency in rows]


SEARCH_SCHEME = 2
"""Raised when search_words gives other words from the same dictionary."""

DICTIONARY_VERSION = (
    f"rjieba-{version('rjieba')}+{zlib.crc32(repr(additions()).encode()):08x}-{SEARCH_SCHEME}"
)
"""Without words of the city's own. Changes when jieba's dictionary (it is compiled into rjieba), our
additions or the scheme of search words change: indexes made with another one are offered a rebuild."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What texts are cut with. Reading the cutter from several threads is safe; nobody adds words to
    it once it is in use. version: names every word in it. words: those that are the city's own."""

    cutter: rjieba.Jieba
    version: str
    words: tuple[UserWord, ...] = ()


def plain_dictionary() -> Dictionary:
    """A new one: jieba's words and our additions."""
    jieba = rjieba.Jieba()
    for word, frequency in additions():
        jieba.add_word(word, frequency, "n")
    return Dictionary(jieba, DICTIONARY_VERSION)


_in_use: list[Dictionary] = []
"""The dictionary of this process; empty until something is cut. Built apart and put here in one
step, so that no text is cut with half a dictionary."""


def use_dictionary(dictionary: Dictionary) -> None:
    """Cut with this one from now on, in the whole process."""
    _in_use[:] = [dictionary]


def dictionary_in_use() -> Dictionary:
    """What this process cuts with."""
    if not _in_use:
        use_dictionary(plain_dictionary())
    return _in_use[0]


def cutter() -> rjieba.Jieba:
    """The cutter in use."""
    return dictionary_in_use().cutter


def dictionary_version() -> str:
    """The version of the dictionary in use."""
    return dictionary_in_use().version


def cut(plain: str) -> list[str]:
    """Cuts normalised text into pieces that put together give it back, punctuation included."""
    pieces: list[str] = cutter().cut(plain)
    return pieces


def tokens(text: str) -> list[tuple[str, int, int]]:
    """The words of a text, normalised, each with its start and end (exclusive) in the original.

    Spaces and punctuation are left out; letters are small, full width is half width, traditional
    characters are simplified.
    """
    codes = codes_of(text)
    tells = telling(codes).tolist()
    found = []
    start = 0
    for piece in cut(text_of(codes)):
        end = start + len(piece)
        if tells[start] and piece not in "!?":
            found.append((piece, start, end))
        start = end
    return found


def words(text: str) -> list[str]:
    """The words of a text in their order, as in tokens."""
    return _words(normalised(text))


def _words(plain: str) -> list[str]:
    no_words = _no_words()
    return [piece for piece in cut(plain) if piece[0] not in no_words]


@cache
def _no_words() -> frozenset[str]:
    """The characters no word begins with."""
    return silent_characters() | {"!", "?"}


def search_words(text: str) -> list[str]:
    """The words a document is found by: those of words(), and every word of the dictionary of two or
    more characters that stands in the text, each once, so that 路灯 finds 路灯不亮, which is cut as
    路 and 灯不亮. A query is cut with words(); what it is cut into need not be in the dictionary,
    and is then found only where the text is cut alike, as it is where the query is a sentence of the
    text. Words of Chinese and letters (卡拉ok) are only found as cut."""
    plain = normalised(text)
    found = _words(plain)
    inner: set[str] = {word for word in cutter().cut_all(plain) if len(word) > 1}
    inner.difference_update(found)
    return found + [word for word in inner if word[0].isalnum()]


__all__ = [
    "DICTIONARY_VERSION",
    "cut",
    "dictionary_version",
    "normalised",
    "search_words",
    "tokens",
    "words",
]
