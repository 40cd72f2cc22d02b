"""Fitting a linear model with scikit-learn and turning it into arrays. Only training imports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.svm import LinearSVC

from classifier.linear import LinearModel, Weights, slots_of, softmax
from classifier.ngrams import Hashes

SMALL_CORPUS = 2000
"""With fewer texts than this an n-gram counts from its first occurrence."""


@dataclass(frozen=True, slots=True)
class Fit:
    """keys: the n-grams known; weights, bias: as in LinearModel, one column a label."""

    keys: Hashes
    weights: Weights
    bias: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a task is fitted. cost: of the support vector machine; at_most: n-grams kept, the most
    frequent first; evening: 0 leaves rare labels rare, 1 weighs all labels the same."""

    cost: float = 0.5
    at_most: int = 100_000
    evening: float = 0.0


def fit(
    hashes: Sequence[Hashes],
    labels: NDArray[np.str_],
    names: tuple[str, ...],
    recipe: Recipe,
    row_weights: NDArray[np.float64] | None = None,
) -> Fit:
    """One support vector machine a label, over counts times idf / sqrt(known n-grams)."""
    keys, idf = _vocabulary(hashes, recipe.at_most)
    counts = count_matrix(hashes, keys)
    known = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)
    design = diags(1 / np.sqrt(known)) @ counts @ diags(idf)
    weights = np.zeros((len(keys), len(names)), dtype=np.float32)
    bias = np.zeros(len(names))
    shares = _even_weights(labels, recipe.evening) * (1 if row_weights is None else row_weights)
    for column, name in enumerate(names):
        machine = LinearSVC(C=recipe.cost, random_state=7)
        machine.fit(design, labels == name, sample_weight=shares)
        weights[:, column] = machine.coef_[0] * idf
        bias[column] = machine.intercept_[0]
    return Fit(keys, weights.astype(np.float16).astype(np.float32), bias)


def scores(fitted: Fit, hashes: Sequence[Hashes]) -> NDArray[np.float64]:
    """The scores of many texts at once, a row a text; what JointModel.score computes one by one."""
    counts = count_matrix(hashes, fitted.keys)
    known = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)
    sums = np.asarray(counts @ fitted.weights.astype(np.float64))
    return np.asarray(sums / np.sqrt(known)[:, None] + fitted.bias, dtype=np.float64)


def best_temperature(
    held_out: NDArray[np.float64], truth: NDArray[np.int64], weights: NDArray[np.float64]
) -> float:
    """The temperature under which the truth of held-out rows is the most probable."""
    rows = np.arange(len(truth))

    def surprise(temperature: float) -> float:
        chosen = softmax(held_out / temperature)[rows, truth]
        return float(-(weights * np.log(np.maximum(chosen, 1e-12))).sum())

    return float(min(np.geomspace(0.05, 3, 80).tolist(), key=surprise))


def model_of(fitted: Fit, names: tuple[str, ...], temperature: float, version: str) -> LinearModel:
    """The fit as a model that judges."""
    return LinearModel(names, fitted.keys, fitted.weights, fitted.bias, temperature, version)


def count_matrix(hashes: Sequence[Hashes], keys: Hashes) -> csr_matrix:
    """Occurrences of the known n-grams: a row a text, a column a key."""
    order = np.argsort(keys)
    found = []
    ends = [0]
    for text_hashes in hashes:
        place = np.searchsorted(keys, text_hashes, sorter=order)
        column = order[np.minimum(place, len(keys) - 1)]
        found.append(column[keys[column] == text_hashes])
        ends.append(ends[-1] + len(found[-1]))
    columns = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    matrix = csr_matrix(
        (np.ones(len(columns)), columns, np.array(ends)), shape=(len(hashes), len(keys))
    )
    matrix.sum_duplicates()
    return matrix


def _vocabulary(hashes: Sequence[Hashes], at_most: int) -> tuple[Hashes, NDArray[np.float64]]:
    """The most frequent n-grams, one a slot, with their inverse document frequency (mean 1)."""
    every = np.concatenate([np.unique(text_hashes) for text_hashes in hashes])
    keys, documents = np.unique(every, return_counts=True)
    least = 3 if len(hashes) >= SMALL_CORPUS else 1
    by_frequency = np.argsort(-documents, kind="stable")
    by_frequency = by_frequency[documents[by_frequency] >= least][:at_most]
    _, first = np.unique(slots_of(keys[by_frequency]), return_index=True)
    kept = by_frequency[np.sort(first)]
    idf = np.log((1 + len(hashes)) / (1 + documents[kept])) + 1
    return keys[kept], idf / idf.mean()


def _even_weights(labels: NDArray[np.str_], evening: float) -> NDArray[np.float64]:
    names, position, number = np.unique(labels, return_inverse=True, return_counts=True)
    share = len(labels) / (len(names) * number)
    return np.asarray((share**evening)[position])
