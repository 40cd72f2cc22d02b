"""The city's own words: a jieba dictionary file, one word a line with frequency and tag.

A frequency that is missing is worked out as jieba's suggest_freq does, word after word, so that the
same file cuts the same in jieba. Texts are cut in their normalised form, and so are these words.
"""

from __future__ import annotations

import importlib.util
import math
import re
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from casework.word_lists import UserWord
from classifier.listed_lines import BadLine, read_lines
from classifier.normalisation import normalised
from classifier.segmentation import (
    Dictionary,
    additions,
    dictionary_in_use,
    plain_dictionary,
    search_words,
    use_dictionary,
)

LONGEST_WORD = 40
LARGEST_FREQUENCY = 1_000_000_000
LONGEST_TAG = 10
NO_TAG = "x"
"""rjieba wants a tag; nothing of ours reads it."""

_LINE = re.compile(r"(.+?)(?:\s+([^\s]*\d[^\s]*))?(?:\s+([a-z]+))?")
_NUMBER = re.compile(r"[0-9]{1,10}")
_WORD = re.compile(r"[\u4e00-\u9fd5a-z0-9+#&._%\-]+")
"""The characters jieba makes words of."""

_PADDING = "\ue000\ue001"
"""A word of no text, which brings rjieba's total to jieba's."""


def read_dictionary(text: str) -> tuple[UserWord, ...]:
    """Reads a jieba dictionary file; of a word that stands twice the last line holds.

    Empty lines and lines that begin with # are left out. Raises ListUnreadable.
    """
    lines = enumerate(text.splitlines(), start=1)
    found = read_lines(((number, line.strip()) for number, line in lines), _read_line)
    last = {word.word: word for word in found}
    return tuple(last.values())


def read_word(word: str, frequency: str = "", tag: str = "") -> UserWord:
    """One word as it was typed. Raises BadLine: "word", "frequency" or "tag" with the value."""
    plain = normalised(word.strip())
    if not plain or len(plain) > LONGEST_WORD or not _WORD.fullmatch(plain):
        raise BadLine("word", word)
    number = frequency.strip()
    if number and not (_NUMBER.fullmatch(number) and 0 < int(number) <= LARGEST_FREQUENCY):
        raise BadLine("frequency", frequency)
    tag = tag.strip()
    if len(tag) > LONGEST_TAG or not (tag.isascii() and tag.isalpha() or not tag):
        raise BadLine("tag", tag)
    return UserWord(plain, int(number) if number else None, tag)


def _read_line(line: str) -> UserWord | None:
    if not line or line.startswith("#"):
        return None
    match = _LINE.fullmatch(line)
    if match is None:
        raise BadLine("word", line)
    return read_word(match[1], match[2] or "", match[3] or "")


def written(words: Sequence[UserWord]) -> str:
    """The words as a jieba dictionary file."""
    return "".join(
        " ".join(filter(None, (each.word, str(each.frequency or ""), each.tag))) + "\n"
        for each in words
    )


def build(words: Sequence[UserWord]) -> Dictionary:
    """A new dictionary: jieba's, our additions, then these words in their order. Takes about half a
    second, and 0.15 s without words."""
    dictionary = plain_dictionary()
    if not words:
        return dictionary
    frequencies = JiebaFrequencies([each.word for each in words])
    for word, frequency in additions():
        frequencies.add(word, frequency)
    for each in words:
        frequency = each.frequency or frequencies.suggest(each.word)
        frequencies.add(each.word, frequency)
        dictionary.cutter.add_word(each.word, frequency, each.tag or NO_TAG)
    dictionary.cutter.add_word(_PADDING, max(1, frequencies.counted_twice), NO_TAG)
    digest = zlib.crc32(written(words).encode())
    return Dictionary(dictionary.cutter, f"{dictionary.version}-u{digest:08x}", tuple(words))


class SearchWords:
    """segmentation.search_words, for whoever sends it to another process: the dictionary that is in
    use here is built there from the same words, and brought into use."""

    def __call__(self, text: str) -> list[str]:
        return search_words(text)

    def __reduce__(self) -> tuple[Callable[..., SearchWords], tuple[tuple[UserWord, ...]]]:
        return _with_words, (dictionary_in_use().words,)


def _with_words(words: tuple[UserWord, ...]) -> SearchWords:
    use_dictionary(build(words))
    arrived = SearchWords()
    arrived("开始")  # reads the tables it needs
    return arrived


class JiebaFrequencies:
    """What jieba knows of some words and their parts, kept up to date as words are added to it.

    counted_twice: the former frequencies of words that were known already. jieba leaves them in its
    total when a word is given another frequency, rjieba takes them out; a suggested frequency is so
    near to the edge that this alone would cut some words differently.
    """

    def __init__(self, words: Sequence[str]) -> None:
        wanted = {part for word in words for part in _parts(word)}
        self._known: dict[str, int] = {}
        self._total = 0
        self.counted_twice = 0
        with _jieba_file().open(encoding="utf-8") as lines:
            for line in lines:
                word, frequency, _ = line.split(" ", 2)
                self._total += int(frequency)
                if word in wanted:
                    self._known[word] = int(frequency)

    def add(self, word: str, frequency: int) -> None:
        """As jieba's add_word."""
        self.counted_twice += self._known.get(word, 0)
        self._total += frequency
        self._known[word] = frequency

    def suggest(self, word: str) -> int:
        """jieba's suggest_freq: so frequent that the word is just not cut into its parts."""
        chance = 1.0
        for part in self._cut(word):
            chance *= self._known.get(part, 1) / float(self._total)
        return max(int(chance * self._total) + 1, self._known.get(word, 1))

    def _cut(self, word: str) -> list[str]:
        """jieba's likeliest path through the words it knows, single letters and digits joined."""
        logs = math.log(self._total)
        best: list[tuple[float, int]] = [(0.0, 0)] * (len(word) + 1)
        for start in range(len(word) - 1, -1, -1):
            ends = [e for e in range(start + 1, len(word) + 1) if self._known.get(word[start:e])]
            best[start] = max(
                (math.log(self._known.get(word[start:end], 0) or 1) - logs + best[end][0], end)
                for end in ends or [start + 1]
            )
        parts: list[str] = []
        start, joining = 0, False
        while start < len(word):
            end = best[start][1]
            letter = end - start == 1 and word[start].isascii() and word[start].isalnum()
            if letter and joining:
                parts[-1] += word[start]
            else:
                parts.append(word[start:end])
            start, joining = end, letter
        return parts


def _parts(word: str) -> list[str]:
    ends = range(1, len(word) + 1)
    return [word[start:end] for end in ends for start in range(end)]


def _jieba_file() -> Path:
    """jieba's dictionary; found without importing jieba, which would build its own tree."""
    package = importlib.util.find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("jieba")
    return Path(package.origin).parent / "dict.txt"
