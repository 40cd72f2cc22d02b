"""From first-level probabilities to leaves: which words of a text speak for which leaf."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from casework.judgement import TopicGuess, TopicPath
from casework.taxonomy import first_level_topics, leaves
from classifier.lexicon import leaf_phrases

SHOWN_FROM = 0.5
"""A first-level topic is shown when its probability reaches this."""

SHOWN_DEEPER_FROM = 0.6
"""A level below is shown when it holds this share of the level above."""

LEAVES_REPORTED = 12

PRIOR = 0.6
"""The mass spread over all leaves of a topic beside the words found, a full word weighing 1."""

Chances = NDArray[np.float64]

Number = TypeVar("Number", np.float64, np.intp)


@dataclass(frozen=True, slots=True)
class _Tree:
    """The taxonomy as numbers. paths: of the leaves; topic_of, second_of: for each leaf the number of
    its topic and of its second level; topic_begin, second_begin: the first leaf of each (the leaves
    of a level stand together); prior: what each leaf has without words."""

    paths: tuple[TopicPath, ...]
    topic_of: NDArray[np.int64]
    second_of: NDArray[np.int64]
    topic_begin: NDArray[np.int64]
    second_begin: NDArray[np.int64]
    prior: Chances


@cache
def _tree() -> _Tree:
    topics = first_level_topics()
    paths = tuple(leaf.path for leaf in leaves())
    topic_of = np.array([topics.index(path[0]) for path in paths])
    seconds = list(dict.fromkeys(path[:2] for path in paths))
    second_of = np.array([seconds.index(path[:2]) for path in paths])
    prior = (PRIOR / np.bincount(topic_of))[topic_of]
    return _Tree(paths, topic_of, second_of, _begins(topic_of), _begins(second_of), prior)


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
    # The second time a phrase stands in the text it says half, the third time a quarter.
    found, times = np.unique(phrases[:, 0] * len(leaf.weight) + phrases[:, 1], return_counts=True)
    text, phrase = np.divmod(found, len(leaf.weight))
    more = leaf.weight.take(phrase) * (2 - 0.5 ** (times - 1))
    number, leaf_number = leaf.leaves_of(phrase)
    each = (more / np.bincount(number, minlength=len(phrase)).clip(1)).take(number)
    flat = np.bincount(text.take(number) * count + leaf_number, each, len(topics) * count)
    mass = flat.reshape(len(topics), count) + tree.prior
    totals = np.add.reduceat(mass, tree.topic_begin, axis=1)
    return np.asarray(mass * (topics / totals).take(tree.topic_of, axis=1))


def best_leaves(chances: Chances) -> list[tuple[TopicGuess, ...]]:
    """The likeliest leaves of each text, best first."""
    likely = np.argpartition(-chances, LEAVES_REPORTED, axis=1)[:, :LEAVES_REPORTED]
    likely.sort(axis=1)
    values = taken(chances, likely)
    order = (-values).argsort(axis=1, kind="stable")
    likely = taken(likely, order)
    values = taken(values, order)
    paths = _tree().paths
    return [
        tuple([TopicGuess(paths[n], chance) for n, chance in zip(row, some, strict=True)])
        for row, some in zip(likely.tolist(), values.tolist(), strict=True)
    ]


def taken(rows: NDArray[Number], columns: NDArray[np.intp]) -> NDArray[Number]:
    """Of each row the columns asked for; numpy.take_along_axis in a third of the time for few rows."""
    begins = np.arange(len(rows))[:, None] * rows.shape[1]
    return np.asarray(rows.reshape(-1).take(columns + begins))


def shown_paths(topics: Chances, chances: Chances) -> list[TopicPath]:
    """The path of each text that is certain enough to show: empty, or one to three levels."""
    tree = _tree()
    best = topics.argmax(axis=1)
    certain = topics.max(axis=1)
    inside = chances * (tree.topic_of == best[:, None])
    seconds = np.add.reduceat(inside, tree.second_begin, axis=1)
    second = seconds.argmax(axis=1)
    second_mass = seconds.max(axis=1)
    thirds = inside * (tree.second_of == second[:, None])
    third = thirds.argmax(axis=1).tolist()
    depth = (certain >= SHOWN_FROM).astype(int)
    depth += depth * (second_mass >= SHOWN_DEEPER_FROM * certain)
    depth += (depth == 2) * (thirds.max(axis=1) >= SHOWN_DEEPER_FROM * second_mass)
    first = first_level_topics()
    return [
        tree.paths[third[text]][:levels] if levels > 1 else (first[best[text]],)[:levels]
        for text, levels in enumerate(depth.tolist())
    ]
