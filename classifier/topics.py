"""From first-level probabilities to leaves: which words of a text speak for which leaf."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from casework.judgement import TopicGuess, TopicPath
from casework.taxonomy import leaves
from classifier.lexicon import LeafShare, leaf_phrases

SHOWN_FROM = 0.5
"""A first-level topic is shown when its probability reaches this."""

SHOWN_DEEPER_FROM = 0.6
"""A level below is shown when it holds this share of the level above."""

LEAVES_REPORTED = 12

PRIOR = 0.6
"""The mass spread over all leaves of a topic beside the words found, a full word weighing 1."""

@cache
def _first_levels() -> tuple[dict[str, NDArray[np.intp]], NDArray[np.intp]]:
    """The leaves of each first-level topic, and for each leaf the number of its topic."""
    members: dict[str, list[int]] = defaultdict(list)
    for number, leaf in enumerate(leaves()):
        members[leaf.level1].append(number)
    names = list(members)
    topic_of = np.array([names.index(leaf.level1) for leaf in leaves()])
    return {name: np.array(numbers) for name, numbers in members.items()}, topic_of


def leaf_probabilities(
    phrases: Sequence[tuple[int, int, LeafShare]], topics: dict[str, float]
) -> NDArray[np.float64]:
    """The probability of every leaf, in the taxonomy's order: its topic's probability times its
    share of the words found that speak for a leaf of that topic.

    phrases: the leaf phrases of a reading. The result sums to the sum of the topics' probabilities.
    """
    members, topic_of = _first_levels()
    mass = np.zeros(len(topic_of))
    for numbers, weight in _found_once(phrases):
        for number in numbers:
            mass[number] += weight / len(numbers)
    sizes = np.array([len(numbers) for numbers in members.values()])
    mass += (PRIOR / sizes)[topic_of]
    totals = np.bincount(topic_of, weights=mass)
    chances = np.array([topics.get(name, 0.0) for name in members])
    return np.asarray(mass * (chances / totals)[topic_of])


def _found_once(
    phrases: Sequence[tuple[int, int, LeafShare]],
) -> list[tuple[tuple[int, ...], float]]:
    """What the phrases say; the second time one stands in the text it says half, the third time a
    quarter, and so on."""
    times: dict[LeafShare, int] = defaultdict(int)
    said = []
    for _, _, share in phrases:
        said.append((share.leaves, share.weight * 0.5 ** min(times[share], 20)))
        times[share] += 1
    return said


def best_leaves(probabilities: NDArray[np.float64]) -> tuple[TopicGuess, ...]:
    """The likeliest leaves, best first."""
    best = np.argsort(-probabilities, kind="stable")[:LEAVES_REPORTED].tolist()
    return tuple(TopicGuess(leaves()[n].path, float(probabilities[n])) for n in best)


def shown_path(
    topics: Sequence[TopicGuess], probabilities: NDArray[np.float64]
) -> TopicPath:
    """The path certain enough to show: empty, or one to three levels."""
    best = topics[0]
    if best.probability < SHOWN_FROM:
        return ()
    members, _ = _first_levels()
    shares: dict[TopicPath, float] = defaultdict(float)
    for number in members[best.path[0]].tolist():
        leaf = leaves()[number]
        shares[leaf.path[:2]] += float(probabilities[number])
        shares[leaf.path] += float(probabilities[number])
    path: TopicPath = best.path
    above = best.probability
    for depth in (2, 3):
        below = {p: share for p, share in shares.items() if len(p) == depth and p[:-1] == path}
        likeliest = max(below, key=lambda p: below[p])
        if below[likeliest] < SHOWN_DEEPER_FROM * above:
            return path
        path, above = likeliest, below[likeliest]
    return path
