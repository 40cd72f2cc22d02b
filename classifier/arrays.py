"""Small things done with arrays, in less time for short ones than numpy's own functions take: a text by
itself is some hundred short arrays."""

from __future__ import annotations

from itertools import pairwise
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


def heads(numbers: NDArray[Number]) -> NDArray[np.intp]:
    """Where numbers stand that are not the same as the one before."""
    different = np.ones(len(numbers), dtype=np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=different[1:])
    found: NDArray[np.intp] = different.nonzero()[0]
    return found


def ranges(begins: Offsets, counts: Offsets) -> Offsets:
    """So many numbers that follow on each other from each beginning, one beginning after the other."""
    ends = counts.cumsum()
    shift = begins - ends
    shift += counts
    found: Offsets = shift.repeat(counts)
    found += np.arange(len(found))
    return found


def of_each(at: NDArray[np.intp], begins: Offsets) -> list[list[int]]:
    """Sorted places among the things of all texts as places among those of each text.

    begins: where those of each text begin, and at last their number.
    """
    if len(begins) == 2:
        return [at.tolist()]
    bounds = at.searchsorted(begins)
    own = (at - begins[:-1].repeat(steps(bounds))).tolist()
    return [own[low:high] for low, high in pairwise(bounds.tolist())]


def taken(rows: NDArray[Number], columns: NDArray[np.intp]) -> NDArray[Number]:
    """Of each row the columns asked for; numpy.take_along_axis in a third of the time for few rows."""
    begins = np.arange(len(rows))[:, None] * rows.shape[1]
    return np.asarray(rows.reshape(-1).take(columns + begins))
