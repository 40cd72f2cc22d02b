"""From first-level probabilities to leaves: which words of a text speak for which leaf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from casework.judgement import TopicGuess, TopicPath
from casework.taxonomy import first_level_topics, leaves
from classifier.arrays import taken
from classifier.compiled import compiled
from classifier.lexicon import leaf_phrases

SHOWN_FROM = 0.5
"""A first-level topic is shown when its probability reaches this."""

SHOWN_DEEPER_FROM = 0.6
"""A level below is shown when it holds this share of the level above."""

LEAVES_REPORTED = 12

PRIOR = 0.6
"""The mass spread over all leaves of a topic beside the words found, a full word weighing 1."""

Chances = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Tree:
    """The taxonomy as numbers. paths: of the leaves; topic_of: for each leaf the number of its topic;
    second_begin: the first leaf of each second level (the leaves of a level stand together); seconds: the second levels of each topic, thirds: the leaves of each second
    level, both the first and the one behind the last; prior: what each leaf has without words."""

    paths: tuple[TopicPath, ...]
    topic_of: NDArray[np.int64]
    second_begin: NDArray[np.int64]
    seconds: list[tuple[int, int]]
    thirds: list[tuple[int, int]]
    prior: Chances


@cache
def _tree() -> _Tree:
    topics = first_level_topics()
    paths = tuple(leaf.path for leaf in leaves())
    topic_of = np.array([topics.index(path[0]) for path in paths])
    seconds = list(dict.fromkeys(path[:2] for path in paths))
    second_of = np.array([seconds.index(path[:2]) for path in paths])
    prior = (PRIOR / np.bincount(topic_of))[topic_of]
    topic_begin, second_begin = _begins(topic_of), _begins(second_of)
    return _Tree(
        paths,
        topic_of,
        second_begin,
        list(pairwise([*second_of.take(topic_begin).tolist(), len(seconds)])),
        list(pairwise([*second_begin.tolist(), len(paths)])),
        prior,
    )


def _begins(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(np.diff(numbers, prepend=-1))


def leaf_probabilities(phrases: NDArray[np.int64], topics: Chances) -> Chances:
    """The probability of every leaf, a row a text, a column a leaf in the taxonomy's order: its
    topic's probability times its share of the words found that speak for a leaf of that topic.

    phrases: Readings.phrases; topics: a row a text, a column a first-level topic in the taxonomy's
    order. A row sums to the sum of the text's topics.
    """
    tree, leaf = _tree(), leaf_phrases()
    chances = np.empty((len(topics), len(tree.paths)))
    _write_chances(
        np.ascontiguousarray(phrases),
        leaf.leaves,
        leaf.leaf_end,
        leaf.share,
        tree.topic_of,
        tree.prior,
        np.ascontiguousarray(topics),
        chances,
    )
    return chances


def best_leaves(chances: Chances) -> list[tuple[TopicGuess, ...]]:
    """The likeliest leaves of each text, best first."""
    less = -chances
    likely = less.argpartition(LEAVES_REPORTED, axis=1)[:, :LEAVES_REPORTED]
    rows = zip(taken(less, likely).tolist(), likely.tolist(), strict=True)
    paths = _tree().paths
    return [
        tuple([TopicGuess(paths[n], -least) for least, n in sorted(zip(*row, strict=True))])
        for row in rows
    ]


def shown_paths(
    labels: Sequence[str], order: NDArray[np.intp], certainty: Chances, chances: Chances
) -> list[TopicPath]:
    """The path of each text that is certain enough to show: empty, or one to three levels. A topic of
    the city's own has one level.

    labels: of all topics, those of the taxonomy first; order, certainty: their numbers and
    probabilities, most probable first; chances: of the leaves.
    """
    tree = _tree()
    seconds = np.add.reduceat(chances, tree.second_begin, axis=1)
    return [
        _shown_path(tree, labels, topic, certain, second, leaf) if certain >= SHOWN_FROM else ()
        for topic, certain, second, leaf in zip(
            order[:, 0].tolist(), certainty[:, 0].tolist(), seconds, chances, strict=True
        )
    ]


def _shown_path(
    tree: _Tree,
    labels: Sequence[str],
    topic: int,
    certain: float,
    seconds: Chances,
    thirds: Chances,
) -> TopicPath:
    """The path below a topic that is shown. seconds, thirds: the probabilities of all second levels
    and of all leaves."""
    if topic >= len(tree.seconds):
        return (labels[topic],)
    begin, end = tree.seconds[topic]
    second = begin + int(seconds[begin:end].argmax())
    share = float(seconds[second])
    if share < SHOWN_DEEPER_FROM * certain:
        return (labels[topic],)
    begin, end = tree.thirds[second]
    third = begin + int(thirds[begin:end].argmax())
    levels = 3 if thirds[third] >= SHOWN_DEEPER_FROM * share else 2
    return tree.paths[third][:levels]


@compiled(
    "void(int64[:, ::1], int64[::1], int64[::1], float64[::1], int64[::1], float64[::1],"
    " float64[:, ::1], float64[:, ::1])"
)
def _write_chances(
    phrases: NDArray[np.int64],
    leaves_of: NDArray[np.int64],
    leaf_end: NDArray[np.int64],
    share: Chances,
    topic_of: NDArray[np.int64],
    prior: Chances,
    topics: Chances,
    chances: Chances,
) -> None:
    """share: of a phrase's weight, for each of its leaves."""
    half = np.empty(len(share))
    totals = np.empty(topics.shape[1])
    row = 0
    for text in range(len(topics)):
        own = chances[text]
        own[:] = prior
        begin = row
        while row < len(phrases) and phrases[row, 0] == text:
            half[phrases[row, 1]] = 1.0
            row += 1
        for phrase in phrases[begin:row, 1]:
            # The second time a phrase stands in the text it says half, the third time a quarter.
            for leaf in leaves_of[leaf_end[phrase] : leaf_end[phrase + 1]]:
                own[leaf] += share[phrase] * half[phrase]
            half[phrase] /= 2
        totals[:] = 0.0
        for leaf in range(len(own)):
            totals[topic_of[leaf]] += own[leaf]
        for leaf in range(len(own)):
            own[leaf] *= topics[text, topic_of[leaf]] / totals[topic_of[leaf]]
