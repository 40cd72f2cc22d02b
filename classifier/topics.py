"""From first-level probabilities to leaves: which words of a text speak for which leaf."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from casework.judgement import TopicGuess, TopicPath
from casework.taxonomy import first_level_topics, leaves
from classifier.lexicon import LeafShare
from classifier.making import maker

guess = maker(TopicGuess)

SHOWN_FROM = 0.5
"""A first-level topic is shown when its probability reaches this."""

SHOWN_DEEPER_FROM = 0.6
"""A level below is shown when it holds this share of the level above."""

LEAVES_REPORTED = 12

PRIOR = 0.6
"""The mass spread over all leaves of a topic beside the words found, a full word weighing 1."""


@dataclass(frozen=True, slots=True)
class _Tree:
    """The taxonomy as numbers. paths: of the leaves; topic_of: for each leaf the number of its topic;
    prior: what each leaf has without words; below: for each topic the stretches of leaves that make
    up its second levels (a level's leaves stand together)."""

    paths: tuple[TopicPath, ...]
    topic_of: NDArray[np.int64]
    topic_of_leaf: list[int]
    prior: NDArray[np.float64]
    below: dict[str, list[tuple[int, int]]]


@cache
def _tree() -> _Tree:
    topics = first_level_topics()
    paths = tuple(leaf.path for leaf in leaves())
    topic_of = np.array([topics.index(path[0]) for path in paths])
    prior = (PRIOR / np.bincount(topic_of))[topic_of]
    below: dict[str, list[tuple[int, int]]] = {topic: [] for topic in topics}
    begin = 0
    for second, group in groupby(paths, key=lambda path: path[:2]):
        end = begin + len(list(group))
        below[second[0]].append((begin, end))
        begin = end
    return _Tree(paths, topic_of, topic_of.tolist(), prior, below)


def leaf_probabilities(
    phrases: Sequence[tuple[int, int, LeafShare]], topics: Sequence[float]
) -> NDArray[np.float64]:
    """The probability of every leaf, in the taxonomy's order: its topic's probability times its
    share of the words found that speak for a leaf of that topic.

    phrases: the leaf phrases of a reading; topics: a probability for each first-level topic, in the
    taxonomy's order. The result sums to the sum of the topics' probabilities.
    """
    tree = _tree()
    found: dict[int, float] = defaultdict(float)
    for share, times in _counted(phrases).items():
        # The second time a phrase stands in the text it says half, the third time a quarter.
        more = share.weight * (2 - 0.5 ** (times - 1)) / len(share.leaves)
        for number in share.leaves:
            found[number] += more
    mass = tree.prior.copy()
    totals = [PRIOR] * len(topics)
    for number, more in found.items():
        mass[number] += more
        totals[tree.topic_of_leaf[number]] += more
    shares = np.array([topic / total for topic, total in zip(topics, totals, strict=True)])
    return np.asarray(mass * shares.take(tree.topic_of))


def _counted(phrases: Sequence[tuple[int, int, LeafShare]]) -> dict[LeafShare, int]:
    times: dict[LeafShare, int] = {}
    for _, _, share in phrases:
        times[share] = times.get(share, 0) + 1
    return times


def best_leaves(probabilities: NDArray[np.float64]) -> tuple[TopicGuess, ...]:
    """The likeliest leaves, best first."""
    less = -probabilities
    likely = less.argpartition(LEAVES_REPORTED)[:LEAVES_REPORTED]
    best = sorted(zip(less.take(likely).tolist(), likely.tolist(), strict=True))
    paths = _tree().paths
    return tuple([guess(paths[number], -chance) for chance, number in best])


def shown_path(topics: Sequence[TopicGuess], probabilities: NDArray[np.float64]) -> TopicPath:
    """The path certain enough to show: empty, or one to three levels."""
    best = topics[0]
    if best.probability < SHOWN_FROM:
        return ()
    tree = _tree()
    below = tree.below[best.path[0]]
    offset = below[0][0]
    inside = probabilities[offset : below[-1][1]].tolist()
    sums = [sum(inside[begin - offset : end - offset]) for begin, end in below]
    most = max(sums)
    if most < SHOWN_DEEPER_FROM * best.probability:
        return best.path
    begin, end = below[sums.index(most)]
    thirds = inside[begin - offset : end - offset]
    third = begin + thirds.index(max(thirds))
    deep_enough = max(thirds) >= SHOWN_DEEPER_FROM * most
    return tree.paths[third] if deep_enough else tree.paths[third][:2]
