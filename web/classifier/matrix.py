"""A confusion matrix as a picture: squares of one colour, the fuller the more. No script, no style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CELL = 20
MARGIN = 22
"""Room for the numbers of the labels above and at the left."""

MOST_LABELS = 20
FAINTEST = 0.12


@dataclass(frozen=True, slots=True)
class Cell:
    """One square. x, y: its corner; full: how full its colour is, from 0 to 1, by its share of the
    row; right: on the diagonal; dark: whether its number is to be written in the ground's colour."""

    x: int
    y: int
    count: int
    full: float
    right: bool

    @property
    def dark(self) -> bool:
        return self.full > 0.55


@dataclass(frozen=True, slots=True)
class Matrix:
    """labels: of rows (what holds) and columns (what was said), numbered from 1. counts: a row a
    label; cells: those with a count. total, right: rows counted, and those said right; left_out: labels
    for which there is no room, whose rows are counted all the same."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    cells: tuple[Cell, ...]
    total: int
    right: int
    left_out: int

    @property
    def size(self) -> int:
        return MARGIN + CELL * len(self.labels) + 1

    @property
    def heads(self) -> tuple[tuple[int, int], ...]:
        """The number of each label and the middle of its row or column."""
        middle = MARGIN + CELL // 2
        return tuple((n + 1, middle + n * CELL) for n in range(len(self.labels)))


def matrix(labels: Sequence[str], counts: Sequence[Sequence[int]]) -> Matrix:
    """From a row a label; labels that stand nowhere are left out."""
    used = [
        place
        for place in range(len(labels))
        if sum(counts[place]) or sum(row[place] for row in counts)
    ]
    shown = used[:MOST_LABELS]
    kept = tuple(tuple(counts[row][column] for column in shown) for row in shown)
    return Matrix(
        tuple(labels[place] for place in shown),
        kept,
        tuple(_cells(kept)),
        total=sum(map(sum, counts)),
        right=sum(counts[place][place] for place in used),
        left_out=len(used) - len(shown),
    )


def matrix_of(pairs: Mapping[tuple[str, str], int]) -> Matrix:
    """From counts of (what holds, what was said); labels by how often they hold."""
    held: Counter[str] = Counter()
    for (holds, said), number in pairs.items():
        held[holds] += number
        held[said] += 0
    labels = [label for label, _ in held.most_common()]
    return matrix(labels, [[pairs.get((row, column), 0) for column in labels] for row in labels])


def _cells(counts: Sequence[Sequence[int]]) -> list[Cell]:
    found = []
    for row, numbers in enumerate(counts):
        of_row = sum(numbers)
        for column, number in enumerate(numbers):
            if number:
                full = FAINTEST + (1 - FAINTEST) * number / of_row
                x, y = MARGIN + column * CELL, MARGIN + row * CELL
                found.append(Cell(x, y, number, round(full, 3), row == column))
    return found
