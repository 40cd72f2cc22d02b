"""Which rows are kept apart when a model is scored: near-duplicates always on the same side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.ngrams import Hashes

SKETCH = 40
"""A text is compared by its 40 smallest n-gram hashes."""

SHARED = 16
"""Texts that share so many of them count as the same message told twice."""

_COMMON = 50
"""A hash in more texts than this is an idiom, not a sign of a copy."""


def folds(hashes: Sequence[Hashes], labels: Sequence[str], count: int) -> NDArray[np.int64]:
    """The fold, 0 to count - 1, of every text. Groups of near-duplicates are dealt out by label and
    size in a fixed order, so every fold holds about the same share of every label."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(_near_duplicates(hashes)):
        groups[group].append(row)
    order = np.random.default_rng(7).permutation(len(groups)).tolist()
    shuffled = [list(groups.values())[position] for position in order]
    filled: dict[str, Counter[int]] = defaultdict(Counter)
    fold_of = np.zeros(len(labels), dtype=np.int64)
    for rows in sorted(shuffled, key=len, reverse=True):
        label = labels[rows[0]]
        fold = min(range(count), key=lambda number: filled[label][number])
        filled[label][fold] += len(rows)
        fold_of[rows] = fold
    return fold_of


def _near_duplicates(hashes: Sequence[Hashes]) -> list[int]:
    """A group number for every text."""
    parents = list(range(len(hashes)))

    def root(row: int) -> int:
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    seen: dict[int, list[int]] = defaultdict(list)
    for row, all_hashes in enumerate(hashes):
        shared: Counter[int] = Counter()
        for key in np.unique(all_hashes)[:SKETCH].tolist():
            if len(seen[key]) <= _COMMON:
                shared.update(seen[key])
                seen[key].append(row)
        for other, number in shared.items():
            if number >= SHARED:
                parents[root(row)] = root(other)
    return [root(row) for row in range(len(hashes))]
