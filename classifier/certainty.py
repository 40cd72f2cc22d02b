"""Probabilities from what several linear models add up to (linear.probabilities), all at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Offsets
from classifier.compiled import compiled, part
from classifier.lengths import FINE, Lengths
from classifier.linear import LEAST_LENGTH, LinearModel


class Certainty:
    """What the models say, a column a label of any of them."""

    def __init__(
        self, models: Sequence[LinearModel], scales: Sequence[float], lengths: Lengths
    ) -> None:
        counts = [len(model.labels) for model in models]
        self._begins = np.cumsum([0, *counts])
        temperatures = np.array([model.temperature for model in models]).repeat(counts)
        self._scales = np.array(scales).repeat(counts) / temperatures
        self._bias = np.concatenate([model.bias for model in models]) / temperatures
        doubt = np.array([model.doubt for model in models])
        self._sure = 1 - doubt
        self._doubt = (doubt / counts).repeat(counts)
        self._square_columns, self._square_scales = lengths.columns_and_scales()

    def probabilities(
        self, sums: NDArray[np.int64], counts: Offsets, any_known: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """sums: of lengths.add_up; counts: how many n-grams each text has; any_known: where the bias
        counts."""
        chances = np.empty((len(sums), len(self._scales)))
        _write_chances(
            sums,
            counts,
            any_known,
            self._begins,
            self._square_columns,
            self._square_scales,
            FINE,
            LEAST_LENGTH,
            self._scales,
            self._bias,
            self._sure,
            self._doubt,
            chances,
        )
        return chances


@part
def _write_softmax(scores: NDArray[np.float64], sure: float, doubt: NDArray[np.float64]) -> None:
    """Turns the scores of one text and model into probabilities, in place."""
    most, total = scores.max(), 0.0
    for label in range(len(scores)):
        scores[label] = math.exp(scores[label] - most)
        total += scores[label]
    for label in range(len(scores)):
        scores[label] = scores[label] * (sure / total) + doubt[label]


@compiled(
    "void(int64[:, ::1], int64[::1], boolean[::1], int64[::1], int64[::1], float64[::1], int64,"
    " float64, float64[::1], float64[::1], float64[::1], float64[::1], float64[:, ::1])"
)
def _write_chances(
    sums: NDArray[np.int64],
    counts: Offsets,
    any_known: NDArray[np.bool_],
    begins: Offsets,
    square_columns: Offsets,
    square_scales: NDArray[np.float64],
    fine: int,
    least_length: float,
    scales: NDArray[np.float64],
    bias: NDArray[np.float64],
    sure: NDArray[np.float64],
    doubt: NDArray[np.float64],
    chances: NDArray[np.float64],
) -> None:
    for text in range(len(sums)):
        for model in range(len(sure)):
            low, high = begins[model], begins[model + 1]
            length = math.sqrt(max(counts[text], 1))
            if square_columns[model] >= 0:
                square = sums[text, square_columns[model]] / fine * square_scales[model]
                length = math.sqrt(max(square, least_length**2))
            for label in range(low, high):
                score = sums[text, label] / fine * (1 / length) * scales[label] + bias[label]
                chances[text, label] = score if any_known[text] else 0.0
            _write_softmax(chances[text, low:high], sure[model], doubt[low:high])
