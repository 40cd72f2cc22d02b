"""Scoring texts under several linear models at once.

Looking up n-grams costs more than adding weights, so the models share one table: a place in it
leads to a record with the weights of all models side by side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from classifier.arrays import Offsets, steps
from classifier.certainty import Certainty
from classifier.compiled import compiled
from classifier.lengths import LARGEST, Lengths
from classifier.linear import LinearModel
from classifier.ngrams import Hashes, NGrams

SLOT_BITS = 20
"""Each n-gram has one place in a table of 2^20, found by the upper bits of its hash."""

_SHIFT = np.uint64(64 - SLOT_BITS)
_HALF, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)
"""A place holds the lower half of its n-gram's hash, and in its own lower half the row of its record."""


LINE = 64
"""Bytes of a line of the processor's cache."""


class Known(Struct, frozen=True):
    """The n-grams any of the models knows, text by text. first, last: their characters; begin: where
    those of each text begin, and at last their number; rows: the record of each in `records`, which
    have a column a label of any model, each model to a scale of its own. Those are whole numbers, so
    that their sums are the same whatever texts are read together."""

    first: Offsets
    last: Offsets
    begin: Offsets
    rows: NDArray[np.int32]
    records: NDArray[np.int16]


class Scored(Struct, frozen=True):
    """What one model says of several texts, a row a text.

    probabilities: a column a label, rows sum to 1. any_known: whether any n-gram of the text is known to any model. column: where the model's
    labels begin in Known.weights.
    """

    labels: tuple[str, ...]
    probabilities: NDArray[np.float64]
    any_known: NDArray[np.bool_]
    column: int

    def ranked(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The labels' numbers and their probabilities, most probable first."""
        less = -self.probabilities
        order = less.argsort(axis=1, kind="stable")
        less.sort(axis=1)
        return order, np.negative(less, out=less)

    @property
    def best(self) -> NDArray[np.intp]:
        """The number of the most probable label."""
        return np.asarray(self.probabilities.argmax(axis=1))


class JointModel:
    """Several models over one table. Scoring from several threads is safe.

    An n-gram's record holds the weights of all models as 16-bit numbers: 64 bytes for up to 32
    labels, one line of the processor's cache, because fetching records is what scoring waits for.
    Of two n-grams that share a place the one that weighs more is known.
    """

    def __init__(self, models: Sequence[LinearModel]) -> None:
        self._labels: list[tuple[tuple[str, ...], slice]] = []
        column = 0
        for model in models:
            self._labels.append((model.labels, slice(column, column + len(model.labels))))
            column += len(model.labels)
        self._lengths = Lengths(models, [columns for _, columns in self._labels], column)
        self._scales = [
            max(float(np.abs(model.weights).max(initial=0.0)), 1e-9) / LARGEST for model in models
        ]
        self._certainty = Certainty(models, self._scales, self._lengths)
        keys = _one_a_place(models)
        # Unoccupied places lead to row 0, which weighs nothing.
        rows = np.arange(1, len(keys) + 1)
        row_at = np.zeros(1 << SLOT_BITS, dtype=np.int64)
        row_at[_places(keys)] = rows
        table = _records(len(keys) + 1, self._lengths.width)
        for number, (model, (_, columns), scale) in enumerate(
            zip(models, self._labels, self._scales, strict=True)
        ):
            row = row_at.take(_places(model.keys))
            kept = (keys.take(row - 1) == model.keys).nonzero()[0]
            weights = np.rint(model.weights.take(kept, axis=0) / scale)
            row = row.take(kept)
            table[row, columns] = weights.astype(np.int16)
            self._lengths.write(table, row, model, kept, number)
        self._slots = np.zeros(1 << SLOT_BITS, dtype=np.uint64)
        self._slots[_places(keys)] = (keys << _HALF) | rows.view(np.uint64)
        self._records = table

    def score(self, grams: NGrams) -> tuple[tuple[Scored, ...], Known]:
        """What each model says of each text, in the order the models were given. Where nothing is known
        of a text its probabilities are even."""
        size = len(grams.hashes)
        first, last = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
        rows, begin = np.empty(size, dtype=np.int32), np.zeros_like(grams.begin)
        _look_up(
            grams.hashes,
            grams.first,
            grams.last,
            grams.begin,
            self._slots,
            first,
            last,
            rows,
            begin,
        )
        known = Known(first, last, begin, rows, self._records)
        # A text's score is weighed by all its n-grams, known or not, so that what resembles nothing
        # the models have met stays uncertain.
        return self._scored(rows, begin, steps(grams.begin)), known

    def score_parts(
        self,
        grams: NGrams,
        known: Known,
        texts: Offsets,
        begins: Offsets,
        ends: Offsets,
    ) -> tuple[Scored, ...]:
        """What each model says of stretches of the texts.

        texts: the number of each stretch's text; begins, ends: its characters, counted as those of
        the n-grams. An n-gram belongs to the stretch it begins in.
        """
        counts = np.zeros_like(texts)
        begin = np.zeros(len(texts) + 1, dtype=np.int64)
        rows = np.empty(int(steps(known.begin).take(texts).sum()), dtype=np.int32)
        _look_inside(
            texts,
            begins,
            ends,
            grams.first,
            grams.begin,
            known.first,
            known.begin,
            known.rows,
            counts,
            rows,
            begin,
        )
        return self._scored(rows, begin, counts)

    def _scored(
        self, rows: NDArray[np.int32], begin: Offsets, counts: Offsets
    ) -> tuple[Scored, ...]:
        any_known = steps(begin) > 0
        sums = self._lengths.add_up(rows, begin, self._records)
        chances = self._certainty.probabilities(sums, counts, any_known)
        return tuple(
            [
                Scored(labels, chances[:, columns], any_known, columns.start)
                for labels, columns in self._labels
            ]
        )


def _records(number: int, width: int) -> NDArray[np.int16]:
    """So many empty ones, each beginning where a line of the processor's cache does."""
    memory = np.zeros(2 * number * width + LINE, dtype=np.int8)
    begin = -memory.ctypes.data % LINE
    return memory[begin : len(memory) - LINE + begin].view(np.int16).reshape(number, width)


def _places(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (keys >> _SHIFT).view(np.int64)


def _one_a_place(models: Sequence[LinearModel]) -> NDArray[np.uint64]:
    """The n-grams of all models, sorted, of those that share a place the one that weighs most in
    any model."""
    every = np.concatenate([model.keys for model in models])
    heaviest = [np.abs(model.weights).max(axis=1, initial=0.0) for model in models]
    weight = np.concatenate([each / max(float(each.max(initial=0.0)), 1e-9) for each in heaviest])
    heaviest_at = np.full(1 << SLOT_BITS, -1, dtype=np.int64)
    _find_heaviest(every, weight, heaviest_at)
    # Places are the upper bits of the hashes, and so the n-grams are sorted when they are taken place
    # after place.
    return every.take(heaviest_at[heaviest_at >= 0])


@compiled("void(uint64[::1], float32[::1], int64[::1])")
def _find_heaviest(
    keys: Hashes, weight: NDArray[np.float32], heaviest_at: NDArray[np.int64]
) -> None:
    """Writes for each place the number of the heaviest n-gram, the first of those that weigh as much."""
    for number in range(len(keys)):
        place = keys[number] >> _SHIFT
        before = heaviest_at[place]
        if before < 0 or weight[number] > weight[before]:
            heaviest_at[place] = number


@compiled(
    "void(uint64[::1], int64[::1], int64[::1], int64[::1], uint64[::1], int64[::1], int64[::1],"
    " int32[::1], int64[::1])"
)
def _look_up(
    hashes: Hashes,
    first: Offsets,
    last: Offsets,
    begin: Offsets,
    slots: Hashes,
    known_first: Offsets,
    known_last: Offsets,
    rows: NDArray[np.int32],
    known_begin: Offsets,
) -> None:
    """Writes what is known of the n-grams: `Known`."""
    # In a loop of its own, in which the processor waits for many places at a time.
    fetched = np.empty(len(hashes), dtype=np.uint64)
    for at in range(len(hashes)):
        fetched[at] = slots[hashes[at] >> _SHIFT]
    found = 0
    for text in range(len(begin) - 1):
        for at in range(begin[text], begin[text + 1]):
            slot, row = fetched[at] >> _HALF, np.int32(fetched[at] & _LOWER)
            # Written in any case, and kept where it is known: guessing which would take longer.
            rows[found], known_first[found], known_last[found] = row, first[at], last[at]
            found += (slot == hashes[at] & _LOWER) & (row > 0)
        known_begin[text + 1] = found


@compiled(
    "void(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " int32[::1], int64[::1], int32[::1], int64[::1])"
)
def _look_inside(
    texts: Offsets,
    begins: Offsets,
    ends: Offsets,
    first: Offsets,
    begin: Offsets,
    known_first: Offsets,
    known_begin: Offsets,
    known_rows: NDArray[np.int32],
    counts: Offsets,
    rows: NDArray[np.int32],
    part_begin: Offsets,
) -> None:
    """Writes of stretches of the texts how many n-grams begin in each, and the records of those that
    are known, stretch after stretch."""
    found = 0
    for number, text in enumerate(texts):
        low, high = begins[number], ends[number]
        for at in range(begin[text], begin[text + 1]):
            counts[number] += low <= first[at] < high
        for at in range(known_begin[text], known_begin[text + 1]):
            if low <= known_first[at] < high:
                rows[found] = known_rows[at]
                found += 1
        part_begin[number + 1] = found
