"""From first-level probabilities to leaves: which words of a text speak for which leaf."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from casework.judgement import TopicGuess, TopicPath
from casework.taxonomy import first_level_topics, leaves
from classifier.lexicon import LeafShare

SHOWN_FROM = 0.5
"""A first-level topic is shown when its probability reaches this."""

SHOWN_DEEPER_FROM = 0.6
"""A level below is shown when it holds this share of the level above."""

LEAVES_REPORTED = 12

PRIOR = 0.6
"""The mass spread over all leaves of a topic beside the words found, a full word weighing 1."""


@dataclass(frozen=True, slots=True)
class _Tree:
    """The taxonomy as numbers: topics by name, and for each leaf the number of its topic and of its
    second level; sizes: leaves a topic. paths: of the leaves."""

    topics: tuple[str, ...]
    paths: tuple[TopicPath, ...]
    topic_of: NDArray[np.int64]
    second: tuple[tuple[str, ...], ...]
    second_of: NDArray[np.int64]
    sizes: NDArray[np.int64]


@cache
def _tree() -> _Tree:
    topics = first_level_topics()
    second = tuple(dict.fromkeys(leaf.path[:2] for leaf in leaves()))
    topic_of = np.array([topics.index(leaf.level1) for leaf in leaves()])
    second_of = np.array([second.index(leaf.path[:2]) for leaf in leaves()])
    paths = tuple(leaf.path for leaf in leaves())
    return _Tree(topics, paths, topic_of, second, second_of, np.bincount(topic_of))


def leaf_probabilities(
    phrases: Sequence[tuple[int, int, LeafShare]], topics: Mapping[str, float]
) -> NDArray[np.float64]:
    """The probability of every leaf, in the taxonomy's order: its topic's probability times its
    share of the words found that speak for a leaf of that topic.

    phrases: the leaf phrases of a reading. The result sums to the sum of the topics' probabilities.
    """
    tree = _tree()
    found: dict[int, float] = defaultdict(float)
    for numbers, weight in _found_once(phrases):
        for number in numbers:
            found[number] += weight / len(numbers)
    mass = (PRIOR / tree.sizes)[tree.topic_of]
    if found:
        mass[list(found)] += list(found.values())
    totals = np.bincount(tree.topic_of, weights=mass)
    chances = np.array([topics.get(name, 0.0) for name in tree.topics])
    return np.asarray(mass * (chances / totals)[tree.topic_of])


def _found_once(
    phrases: Sequence[tuple[int, int, LeafShare]],
) -> list[tuple[tuple[int, ...], float]]:
    """What the phrases say; the second time one stands in the text it says half, the third time a
    quarter, and so on."""
    times = Counter([share for _, _, share in phrases])
    return [(share.leaves, share.weight * (2 - 0.5 ** (n - 1))) for share, n in times.items()]


def best_leaves(probabilities: NDArray[np.float64]) -> tuple[TopicGuess, ...]:
    """The likeliest leaves, best first."""
    likely = np.argpartition(-probabilities, LEAVES_REPORTED)[:LEAVES_REPORTED]
    best = likely[np.lexsort((likely, -probabilities[likely]))]
    paths = _tree().paths
    chances = probabilities[best].tolist()
    return tuple([TopicGuess(paths[n], p) for n, p in zip(best.tolist(), chances, strict=True)])


def shown_path(topics: Sequence[TopicGuess], probabilities: NDArray[np.float64]) -> TopicPath:
    """The path certain enough to show: empty, or one to three levels."""
    best = topics[0]
    if best.probability < SHOWN_FROM:
        return ()
    tree = _tree()
    inside = np.where(tree.topic_of == tree.topics.index(best.path[0]), probabilities, 0.0)
    seconds = np.bincount(tree.second_of, weights=inside)
    second = int(seconds.argmax())
    if seconds[second] < SHOWN_DEEPER_FROM * best.probability:
        return best.path
    inside[tree.second_of != second] = 0.0
    third = int(inside.argmax())
    if inside[third] < SHOWN_DEEPER_FROM * seconds[second]:
        return tree.second[second]
    return tree.paths[third]
