"""What a recipe changes in a model that is fitted."""

from __future__ import annotations

import numpy as np

from classifier.fitting import Recipe, fit, scores
from classifier.ngrams import Hashes, hashes_of_words
from classifier.reading import hashes_of
from classifier.word_vectors import company_vectors, word_vectors

NAMES = ("negative", "positive")
TEXTS = [
    "难过 昨天 又 下雨 了",
    "昨天 出门 难过 死 了",
    "昨天 开心 地 出门 了",
    "开心 昨天 不 下雨",
] * 3
LABELS = np.array(["negative", "negative", "positive", "positive"] * 3)


def difference(recipe: Recipe, word: str) -> float:
    """How much more the word speaks for positive."""
    fitted = fit(hashes_of(TEXTS), LABELS, NAMES, recipe)
    (place,) = np.flatnonzero(fitted.keys == hashes_of_words([word])[0])
    return float(fitted.weights[place, 1] - fitted.weights[place, 0])


def test_what_stands_with_every_label_says_less_where_words_count_by_what_they_tell() -> None:
    plain, telling = Recipe(), Recipe(telling=1.0)
    assert difference(telling, "开心") > difference(plain, "开心") > 0
    share = abs(difference(telling, "昨天")) / difference(telling, "开心")
    assert share < abs(difference(plain, "昨天")) / difference(plain, "开心")


def test_a_word_never_met_says_what_words_of_its_company_say() -> None:
    recipe = Recipe(company=2.0)
    unmet = hashes_of(["伤心 委屈"])
    assert not np.isin(unmet[0], np.concatenate(hashes_of(TEXTS))).any()
    negative, positive = scores(fit(hashes_of(TEXTS), LABELS, NAMES, recipe), unmet)[0]
    assert negative > positive


def test_vectors_of_company_are_of_known_words_and_of_one_length() -> None:
    known = company_vectors()
    hashes: Hashes = known.hashes
    assert len(hashes) > 20_000
    assert np.isin(hashes, word_vectors().hashes).all()
    lengths = np.linalg.norm(known.vectors, axis=1)
    assert np.abs(lengths - 1).max() < 0.1
