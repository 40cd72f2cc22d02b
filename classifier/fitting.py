"""Fitting a linear model with scikit-learn and turning it into arrays. Only training imports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.svm import LinearSVC

from classifier.linear import (
    LEAST_LENGTH,
    LinearModel,
    Rarity,
    Weights,
    dampened,
    probabilities,
)
from classifier.ngrams import Hashes
from classifier.scoring import calibration_error
from classifier.word_vectors import WordVectors, company_vectors, word_vectors

SMALL_CORPUS = 2000
"""With fewer texts than this an n-gram counts from its first occurrence."""


LIGHT = 0.3
"""An n-gram that weighs less than this share of the usual one is left out."""


SMOOTHED = 0.5
"""Added to how much of an n-gram stands with a label and without, so that what is hardly ever met tells little."""

ROUGHLY = 1e-2
"""How exactly the machines are solved where n-grams count by what they tell: more takes three times as long and
changes no figure."""


DOUBTS = (0.0, 0.01, 0.02, 0.03, 0.04, 0.05)
"""Shares of wrong labels that are tried."""

NEARLY = 1.03
"""How much less probable than it can be made the truth may be, in surprise, for an honest certainty."""


@dataclass(frozen=True, slots=True)
class Fit:
    """keys: the n-grams known; weights, bias, rarity: as in LinearModel, one column a label."""

    keys: Hashes
    weights: Weights
    bias: NDArray[np.float64]
    rarity: Rarity | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a task is fitted. cost: of the support vector machine; at_most: n-grams kept, the most
    frequent first; evening: 0 leaves rare labels rare, 1 weighs all labels the same; meaning, company:
    how much the vectors of words count beside the n-grams, those of what words mean and those of what
    they stand beside; telling: how much of an n-gram's say goes by how well it alone tells the label
    from the others, 0 to 1; by_rarity: counts dampened, and texts as long as what is rare in them (see
    LinearModel); lift: added to the score of labels that no row of a file carries; openings: the weight
    of how each row of a file begins, learnt as a message by itself, 0 for none."""

    cost: float = 0.5
    at_most: int = 100_000
    evening: float = 0.0
    meaning: float = 0.0
    company: float = 0.0
    telling: float = 0.0
    by_rarity: bool = False
    lift: float = 0.0
    openings: float = 0.0


def fit(
    hashes: Sequence[Hashes],
    labels: NDArray[np.str_],
    names: tuple[str, ...],
    recipe: Recipe,
    row_weights: NDArray[np.float64] | None = None,
) -> Fit:
    """One support vector machine a label, over counts times idf / the text's length, and beside
    them the vectors of the words added up. What the machine gives to a direction of meaning is then
    put into the weights of all words that lie in it, met or not."""
    keys, idf = _vocabulary(hashes, recipe.at_most)
    rarity = idf.astype(np.float16).astype(np.float32) if recipe.by_rarity else None
    counts = _counted(hashes, keys, recipe.by_rarity)
    lengths = _lengths(hashes, counts, rarity)
    design = diags(1 / lengths) @ counts @ diags(idf)
    n_grams = design.tocsr()
    meanings = _meanings(hashes, recipe, lengths)
    design = hstack([n_grams, *(csr_matrix(each.design) for each in meanings)]).tocsr()
    weights = np.zeros((len(keys), len(names)), dtype=np.float32)
    of_words = [np.zeros((len(each.words), len(names))) for each in meanings]
    bias = np.zeros(len(names))
    heed = _even_weights(labels, recipe.evening) * (1 if row_weights is None else row_weights)
    for column, name in enumerate(names):
        if name not in labels:
            bias[column] = -1.0
            continue
        say = np.ones(design.shape[1])
        if recipe.telling:
            say[: len(keys)] += recipe.telling * (_telling(n_grams, labels == name) - 1)
        tolerance = ROUGHLY if recipe.telling else 1e-4
        machine = LinearSVC(C=recipe.cost, tol=tolerance, random_state=7)
        machine.fit(design @ diags(say), labels == name, sample_weight=heed)
        given = machine.coef_[0] * say
        weights[:, column] = given[: len(keys)] * idf
        bias[column] = machine.intercept_[0]
        first = len(keys)
        for words, each in zip(of_words, meanings, strict=True):
            end = first + each.words.shape[1]
            words[:, column] = each.words @ given[first:end]
            first = end
    if meanings:
        known, weights = _together(keys, weights, meanings, of_words)
        rarity = None if rarity is None else _at(known, keys, rarity)
        keys = known
    return Fit(keys, weights.astype(np.float16).astype(np.float32), bias, rarity)


def _telling(design: csr_matrix, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How well each n-gram alone tells the chosen texts from the others, 1 in the mean: the logarithm of
    its share among all n-grams of the ones over its share among those of the others, whatever its sign."""
    shares = []
    for rows in (chosen, ~chosen):
        mass = np.asarray(design[rows].sum(axis=0)).ravel()
        shares.append((mass + SMOOTHED) / mass.sum())
    told = np.abs(np.log(shares[0] / shares[1]))
    return np.asarray(told / max(float(told.mean()), 1e-9))


@dataclass(frozen=True, slots=True)
class _Meanings:
    """hashes: of the words; design: a row a text, a column a direction of meaning; words: a row a word,
    what one occurrence of it gives to each."""

    hashes: Hashes
    design: NDArray[np.float64]
    words: NDArray[np.float64]


def _meanings(
    hashes: Sequence[Hashes], recipe: Recipe, lengths: NDArray[np.float64]
) -> list[_Meanings]:
    """Of each kind of vectors that the recipe heeds."""
    kinds = ((word_vectors, recipe.meaning), (company_vectors, recipe.company))
    return [
        _meanings_of(read(), much, hashes, recipe.by_rarity, lengths)
        for read, much in kinds
        if much
    ]


def _meanings_of(
    known: WordVectors,
    much: float,
    hashes: Sequence[Hashes],
    by_rarity: bool,
    lengths: NDArray[np.float64],
) -> _Meanings:
    counts = _counted(hashes, known.hashes, by_rarity)
    documents = np.bincount(counts.indices, minlength=len(known.hashes))
    idf = np.log((1 + len(hashes)) / (1 + documents)) + 1
    words = known.vectors * (much * idf / idf.mean())[:, None]
    return _Meanings(known.hashes, np.asarray(diags(1 / lengths) @ (counts @ words)), words)


def _together(
    keys: Hashes,
    weights: Weights,
    meanings: Sequence[_Meanings],
    of_words: Sequence[NDArray[np.float64]],
) -> tuple[Hashes, Weights]:
    """The weights of n-grams and words added up; words that hardly weigh are left out."""
    listed = np.concatenate([keys, *(each.hashes for each in meanings)])
    every, place = np.unique(listed, return_inverse=True)
    total = np.zeros((len(every), weights.shape[1]), dtype=np.float32)
    np.add.at(total, place, np.concatenate([weights, *of_words]).astype(np.float32))
    heavy = np.abs(total).max(axis=1)
    kept = heavy > LIGHT * np.median(heavy)
    return every[kept], total[kept]


def _at(known: Hashes, keys: Hashes, rarity: Rarity) -> Rarity:
    """The rarity of each n-gram known; of words that are no n-gram of the rows 0."""
    place = known.searchsorted(keys).clip(max=len(known) - 1)
    same = known[place] == keys
    found = np.zeros(len(known), dtype=np.float32)
    found[place[same]] = rarity[same]
    return found


def scores(fitted: Fit, hashes: Sequence[Hashes]) -> NDArray[np.float64]:
    """The scores of many texts at once, a row a text; what JointModel.score computes one by one."""
    counts = _counted(hashes, fitted.keys, fitted.rarity is not None)
    sums = np.asarray(counts @ fitted.weights.astype(np.float64))
    lengths = _lengths(hashes, counts, fitted.rarity)
    return np.asarray(sums / lengths[:, None] + fitted.bias, dtype=np.float64)


def _counted(hashes: Sequence[Hashes], keys: Hashes, by_rarity: bool) -> csr_matrix:
    counts = count_matrix(hashes, keys)
    if by_rarity:
        counts.data = dampened(counts.data)
    return counts


def _lengths(
    hashes: Sequence[Hashes], counts: csr_matrix, rarity: Rarity | None
) -> NDArray[np.float64]:
    """What the sum of a text's weights is divided by."""
    if rarity is None:
        return np.sqrt(np.maximum([len(each) for each in hashes], 1))
    squares = counts.multiply(counts) @ (rarity.astype(np.float64) ** 2)
    return np.asarray(np.maximum(np.sqrt(squares), LEAST_LENGTH))


@dataclass(frozen=True, slots=True)
class Certainty:
    """How scores become probabilities; see linear.probabilities."""

    temperature: float
    doubt: float


def best_certainty(
    held_out: NDArray[np.float64], truth: NDArray[np.int64], weights: NDArray[np.float64]
) -> Certainty:
    """Under which the certainty stated of held-out rows is nearest to the share that is right, among
    those under which the truth is nearly as probable as it can be made. Rows of weight 0 are left
    out."""
    used = weights > 0
    scores, truth, weights = held_out[used], truth[used], weights[used]
    rows, right = np.arange(len(truth)), scores.argmax(axis=1) == truth
    found: list[tuple[float, float, Certainty]] = []
    for temperature in np.geomspace(0.05, 3, 80).tolist():
        for doubt in DOUBTS:
            chosen = probabilities(scores, temperature, doubt)
            surprise = -(weights * np.log(np.maximum(chosen[rows, truth], 1e-12))).sum()
            gap = calibration_error(chosen.max(axis=1), right)
            found.append((float(surprise), gap, Certainty(temperature, doubt)))
    least = min(surprise for surprise, _, _ in found)
    near = [(gap, made) for surprise, gap, made in found if surprise <= NEARLY * least]
    return min(near, key=lambda pair: pair[0])[1]


def model_of(
    fitted: Fit, names: tuple[str, ...], certainty: Certainty, version: str
) -> LinearModel:
    """The fit as a model that judges."""
    return LinearModel(
        names,
        fitted.keys,
        fitted.weights,
        fitted.bias,
        certainty.temperature,
        version,
        certainty.doubt,
        fitted.rarity,
    )


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
    """The most frequent n-grams with their inverse document frequency (mean 1)."""
    every = np.concatenate([np.unique(text_hashes) for text_hashes in hashes])
    keys, documents = np.unique(every, return_counts=True)
    least = 3 if len(hashes) >= SMALL_CORPUS else 1
    by_frequency = np.argsort(-documents, kind="stable")
    kept = by_frequency[documents[by_frequency] >= least][:at_most]
    idf = np.log((1 + len(hashes)) / (1 + documents[kept])) + 1
    return keys[kept], idf / idf.mean()


def _even_weights(labels: NDArray[np.str_], evening: float) -> NDArray[np.float64]:
    names, position, number = np.unique(labels, return_inverse=True, return_counts=True)
    share = len(labels) / (len(names) * number)
    return np.asarray((share**evening)[position])
