"""The words that tell most about a text: frequent in it and rare elsewhere."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

AT_MOST = 10

STOP_WORDS_FILE = Path(__file__).parent / "words" / "stop.txt"


@cache
def _rarity() -> dict[str, float]:
    """jieba's inverse document frequencies. The file is read without importing jieba, which would
    import more than is needed."""
    package = importlib.util.find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("jieba")
    lines = (Path(package.origin).parent / "analyse" / "idf.txt").read_text(encoding="utf-8")
    pairs = (line.rsplit(" ", 1) for line in lines.splitlines())
    stop = stop_words()
    return {word: float(idf) for word, idf in pairs if len(word) > 1 and word not in stop}


@cache
def stop_words() -> frozenset[str]:
    """Words that are never telling, such as the politeness of letters."""
    return frozenset(STOP_WORDS_FILE.read_text(encoding="utf-8").split())


@cache
def _usual_rarity() -> float:
    values = sorted(_rarity().values())
    return values[len(values) // 2]


def keywords_of(words: Sequence[str]) -> tuple[str, ...]:
    """At most ten of the words, most telling first; no single characters, no numbers. A word
    jieba has no frequency for counts as usual when it is of Chinese characters."""
    rarity = _rarity()
    usual = _usual_rarity()
    scores = []
    for word, number in Counter([word for word in words if len(word) > 1]).items():
        rare = rarity.get(word)
        if rare is not None:
            scores.append((-number * rare, word))
        elif _may_tell(word):
            scores.append((-number * usual, word))
    scores.sort()
    return tuple([word for _, word in scores[:AT_MOST]])


def _may_tell(word: str) -> bool:
    return (
        len(word) <= 8
        and "\u4e00" <= word[0] <= "\u9fff"
        and word not in stop_words()
        and not any(character.isdigit() for character in word)
    )
