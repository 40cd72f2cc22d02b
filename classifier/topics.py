"""From first-level probabilities to leaves: which words of a text speak for which leaf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from casework.judgement import TopicGuess, TopicPath
from casework.taxonomy import first_level_topics, leaves
from classifier.arrays import taken
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
    topic_begin, second_begin: the first leaf of each topic and second level (the leaves of a level
    stand together); seconds: the second levels of each topic, thirds: the leaves of each second
    level, both the first and the one behind the last; prior: what each leaf has without words."""

    paths: tuple[TopicPath, ...]
    topic_of: NDArray[np.int64]
    topic_begin: NDArray[np.int64]
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
        topic_begin,
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
    count = len(tree.paths)
    found = Counter((phrases[:, 0] * len(leaf.weight) + phrases[:, 1]).tolist())
    text, phrase = np.divmod(np.array(list(found), dtype=np.int64), len(leaf.weight))
    # The second time a phrase stands in the text it says half, the third time a quarter.
    times = np.array(list(found.values()), dtype=np.int64)
    more = leaf.share.take(phrase) * (2 - 0.5 ** (times - 1))
    number, leaf_number = leaf.leaves_of(phrase)
    each = more.take(number)
    flat = np.bincount(text.take(number) * count + leaf_number, each, len(topics) * count)
    mass = flat.reshape(len(topics), count) + tree.prior
    totals = np.add.reduceat(mass, tree.topic_begin, axis=1)
    return np.asarray(mass * (topics / totals).take(tree.topic_of, axis=1))


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
