"""Small things done with arrays, in less time for short ones than numpy's own functions take: a text by
itself is some hundred short arrays."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]

Codes = NDArray[np.uint32]
"""Code points."""

Number = TypeVar("Number", np.float64, np.intp, np.uint64)


def steps(numbers: Offsets) -> Offsets:
    """From each number to the next."""
    return numbers[1:] - numbers[:-1]


def taken(rows: NDArray[Number], columns: NDArray[np.intp]) -> NDArray[Number]:
    """Of each row the columns asked for; numpy.take_along_axis in a third of the time for few rows."""
    begins = np.arange(len(rows))[:, None] * rows.shape[1]
    return np.asarray(rows.reshape(-1).take(columns + begins))
