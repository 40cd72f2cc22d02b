"""Cutting text into words with jieba's dictionary and algorithm; rjieba does the cutting."""

from __future__ import annotations

import zlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import rjieba

from classifier.normalisation import codes_of, normalised, telling, text_of

ADDITIONS_FILE = Path(__file__).parent / "words" / "additions.txt"
"""Words of public administration that jieba's dictionary lacks: word and frequency a line."""


def _additions() -> list[tuple[str, int]]:
    lines = ADDITIONS_FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return [(word, int(frequency)) for word, frequency in rows]


DICTIONARY_VERSION = f"rjieba-{version('rjieba')}+{zlib.crc32(repr(_additions()).encode()):08x}"
"""Changes when jieba's dictionary (it is compiled into rjieba) or our additions change."""


@cache
def cutter() -> rjieba.Jieba:
    """The cutter with our additions. Reading it from several threads is safe; nobody adds words."""
    jieba = rjieba.Jieba()
    for word, frequency in _additions():
        jieba.add_word(word, frequency, "n")
    return jieba


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
    return [word for word, _, _ in tokens(text)]


def search_words(text: str) -> list[str]:
    """The words a document is found by: those of words(), and for each longer than two characters
    the words of the dictionary inside it, so that 公交 finds 公交车. A query is cut with words()."""
    found: list[str] = []
    for word in words(text):
        found.append(word)
        if len(word) > 2 and not word.isascii():
            found.extend(_inner_words(word))
    return found


def _inner_words(word: str) -> list[str]:
    jieba = cutter()
    lengths = range(2, min(len(word), 5))
    return [
        word[start : start + length]
        for length in lengths
        for start in range(len(word) - length + 1)
        if jieba.has_word(word[start : start + length])
    ]


__all__ = ["DICTIONARY_VERSION", "cut", "normalised", "search_words", "tokens", "words"]
