"""The words that speak for leaves of the taxonomy: its names, and the words citizens use."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casework.taxonomy import leaves
from classifier.normalisation import normalised
from classifier.phrases import PhraseTable

LEAF_WORDS_FILE = Path(__file__).parent / "seeds" / "leaf_words.txt"

_OTHER = "其他"


@dataclass(frozen=True, slots=True, eq=False)
class LeafShare:
    """leaves: positions in the taxonomy of the leaves a phrase speaks for; weight: what it gives
    them together; concepts: a hash for each first-level topic among them, and each second level."""

    leaves: tuple[int, ...]
    weight: float
    concepts: tuple[int, ...]


@cache
def leaf_phrases() -> PhraseTable[LeafShare]:
    """Every phrase with the leaves it speaks for. Phrases are found in squeezed text."""
    speaks = _names()
    position = {leaf.path: number for number, leaf in enumerate(leaves())}
    for path, words in read_leaf_words(LEAF_WORDS_FILE):
        for word in words:
            speaks[normalised(word)][position[path]] = _weight(word)
    return PhraseTable(
        (phrase, LeafShare(tuple(places), max(places.values()), _concepts(places)))
        for phrase, places in speaks.items()
        if len(phrase) > 1
    )


def _names() -> dict[str, dict[int, float]]:
    """The taxonomy's own names: a leaf's speaks for it, a second level's a little for its leaves."""
    speaks: dict[str, dict[int, float]] = defaultdict(dict)
    for level, weight in ((2, 0.5), (3, 1.0)):
        for number, leaf in enumerate(leaves()):
            name = leaf.path[level - 1]
            if name != _OTHER:
                speaks[name][number] = weight
    return speaks


def _weight(word: str) -> float:
    """Longer words are surer: a word of two characters weighs 1, each further one adds a half."""
    return 1 + 0.5 * (min(len(word), 5) - 2)


def read_leaf_words(path: Path) -> list[tuple[tuple[str, str, str], list[str]]]:
    """The leaf and its words of each line of the file."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            leaf, words = line.split(":")
            level1, level2, level3 = leaf.split("/")
            rows.append(((level1, level2, level3), words.split()))
    return rows


def _concepts(numbers: Iterable[int]) -> tuple[int, ...]:
    paths = {leaves()[number].path[:depth] for number in numbers for depth in (1, 2)}
    return tuple(sorted(_hash_of("/".join(path)) for path in paths))


def _hash_of(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
