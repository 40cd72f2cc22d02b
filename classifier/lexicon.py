"""The words that speak for leaves of the taxonomy: its names, and the words citizens use."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casework.taxonomy import leaves
from classifier.normalisation import normalised
from classifier.phrases import PhraseTable, PhraseTables, Sought

LEAF_WORDS_FILE = Path(__file__).parent / "seeds" / "leaf_words.txt"

_OTHER = "其他"


@dataclass(frozen=True, slots=True)
class LeafPhrases:
    """Phrases that speak for leaves. table: finds them in squeezed text, each by its number.

    leaves: for all phrases, one after the other, the positions in the taxonomy of the leaves each
    speaks for; leaf_end: where those of each phrase end; share: what it gives each of them.
    concepts, concept_end: the same of a hash for each first-level topic among its leaves, and each second
    level; most_concepts: of one phrase.
    """

    table: PhraseTables
    leaves: NDArray[np.int64]
    leaf_end: NDArray[np.int64]
    share: NDArray[np.float64]
    concepts: NDArray[np.uint64]
    concept_end: NDArray[np.int64]
    most_concepts: int


@cache
def leaf_phrases() -> LeafPhrases:
    """Every phrase with the leaves it speaks for."""
    speaks = _names()
    position = {leaf.path: number for number, leaf in enumerate(leaves())}
    for path, words in read_leaf_words(LEAF_WORDS_FILE):
        for word in words:
            speaks[normalised(word)][position[path]] = _weight(word)
    phrases = [phrase for phrase in speaks if len(phrase) > 1]
    of_leaves = [tuple(speaks[phrase]) for phrase in phrases]
    concepts = [_concepts(numbers) for numbers in of_leaves]
    weight = np.array([max(speaks[phrase].values()) for phrase in phrases])
    return LeafPhrases(
        PhraseTables([Sought(PhraseTable((phrase, None) for phrase in phrases))]),
        np.array([number for numbers in of_leaves for number in numbers], dtype=np.int64),
        _ends(of_leaves),
        weight / [len(numbers) for numbers in of_leaves],
        np.array([concept for each in concepts for concept in each], dtype=np.uint64),
        _ends(concepts),
        max(map(len, concepts)),
    )


def _ends(lists: Sequence[Sequence[object]]) -> NDArray[np.int64]:
    """Where each list begins when all are put together, and at last where the last one ends."""
    return np.cumsum([0, *map(len, lists)])


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
