"""Judging with arrays gives what scikit-learn's own vectoriser and machine give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from classifier import fitting
from classifier.held_out import folds
from classifier.joint import SLOT_BITS, JointModel
from classifier.linear import LEAST_LENGTH, LinearModel, load_linear, probabilities, softmax
from classifier.loading import SHIPPED
from classifier.reading import hashes_of, read
from classifier.scoring import calibration_error
from classifier.seeds import read_seeds

ROWS = read_seeds("kind")
TEXTS = [text for text, _ in ROWS]
LABELS = np.array([label for _, label in ROWS])
NAMES = tuple(dict.fromkeys(LABELS.tolist()))


def hash_strings(text: str) -> list[str]:
    """A reading's n-grams as an analyser of scikit-learn hands them on."""
    return [format(key, "x") for key in hashes_of([text])[0].tolist()]


@pytest.fixture(scope="module")
def fitted() -> fitting.Fit:
    return fitting.fit(hashes_of(TEXTS), LABELS, NAMES, fitting.Recipe(at_most=20_000))


def test_counts_are_those_of_scikit_learns_vectoriser(fitted: fitting.Fit) -> None:
    vocabulary = {format(key, "x"): column for column, key in enumerate(fitted.keys.tolist())}
    reference = CountVectorizer(analyzer=hash_strings, vocabulary=vocabulary).transform(TEXTS)
    ours = fitting.count_matrix(hashes_of(TEXTS), fitted.keys)
    assert (reference != ours).nnz == 0


def test_scores_are_those_of_the_vectoriser_and_the_weights(fitted: fitting.Fit) -> None:
    vocabulary = {format(key, "x"): column for column, key in enumerate(fitted.keys.tolist())}
    counts = CountVectorizer(analyzer=hash_strings, vocabulary=vocabulary).transform(TEXTS)
    root = np.sqrt([[len(hashes)] for hashes in hashes_of(TEXTS)])
    reference = softmax(np.asarray(counts @ fitted.weights) / root + fitted.bias)
    model = JointModel([fitting.model_of(fitted, NAMES, fitting.Certainty(1.0, 0.0), "test")])
    (scored,), _ = model.score(read(TEXTS).grams)
    # Weights are rounded, and of two n-grams that share a place only one is known.
    assert np.allclose(scored.probabilities, reference, atol=0.01)
    assert (scored.ranked()[0][:, 0] == scored.best).all()


@pytest.fixture(scope="module")
def by_rarity() -> fitting.Fit:
    """Without n-grams that share a place in the table, of which judging knows only one."""
    recipe = fitting.Recipe(at_most=20_000, meaning=1.0, by_rarity=True)
    fit = fitting.fit(hashes_of(TEXTS), LABELS, NAMES, recipe)
    _, alone = np.unique(fit.keys >> np.uint64(64 - SLOT_BITS), return_index=True)
    assert fit.rarity is not None
    return fitting.Fit(fit.keys[alone], fit.weights[alone], fit.bias, fit.rarity[alone])


def test_texts_measured_by_rarity_are_scored_as_the_vectoriser_and_norms_say(
    by_rarity: fitting.Fit,
) -> None:
    texts = [*TEXTS, "救命！" * 40, "".join(TEXTS[:30]), "qwertz", "停水"]
    vocabulary = {format(key, "x"): column for column, key in enumerate(by_rarity.keys.tolist())}
    found = CountVectorizer(analyzer=hash_strings, vocabulary=vocabulary).transform(texts)
    counts = np.log2(1 + found.toarray())
    assert by_rarity.rarity is not None
    length = np.linalg.norm(counts * by_rarity.rarity, axis=1).clip(min=LEAST_LENGTH)
    assert length.max() > 2 * length.min()
    plain = counts @ by_rarity.weights / length[:, None] + by_rarity.bias
    assert np.allclose(fitting.scores(by_rarity, hashes_of(texts)), plain, atol=1e-5)
    model = JointModel([fitting.model_of(by_rarity, NAMES, fitting.Certainty(1.0, 0.0), "test")])
    (scored,), _ = model.score(read(texts).grams)
    known = found.toarray().any(axis=1)
    assert known.sum() >= len(texts) - 1
    # Weights are rounded.
    assert np.allclose(scored.probabilities[known], softmax(plain[known]), atol=1e-3)
    for number, text in enumerate(texts):
        (alone,), _ = model.score(read([text]).grams)
        assert (alone.probabilities[0] == scored.probabilities[number]).all()


def test_models_scored_together_say_what_each_says_alone() -> None:
    models = [load_linear(SHIPPED / f"{task}.npz") for task in ("topic", "kind", "sentiment")]
    texts = TEXTS
    grams = read(texts).grams
    together, _ = JointModel(models).score(grams)
    for number, scored in enumerate(together):
        (alone,), _ = JointModel([models[number]]).score(grams)
        # Of two n-grams that share a place only one is known to all models together.
        assert np.abs(scored.probabilities - alone.probabilities).mean() < 0.01
        assert (scored.best == alone.best).mean() > 0.95


def test_a_model_survives_its_file(fitted: fitting.Fit, tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    model = fitting.model_of(fitted, NAMES, fitting.Certainty(0.5, 0.03), "v")
    model.save(path)
    again = load_linear(path)
    assert isinstance(again, LinearModel)
    assert again.labels == model.labels
    assert (again.version, again.temperature, again.doubt) == ("v", 0.5, 0.03)
    assert (again.keys == model.keys).all()
    assert np.allclose(again.weights, model.weights)
    assert again.rarity is None


def test_what_is_rare_survives_the_file(by_rarity: fitting.Fit, tmp_path: Path) -> None:
    model = fitting.model_of(by_rarity, NAMES, fitting.Certainty(0.5, 0.03), "v")
    model.save(tmp_path / "m.npz")
    again = load_linear(tmp_path / "m.npz").rarity
    assert again is not None
    assert model.rarity is not None
    assert np.array_equal(again, model.rarity)


def test_certainty_states_the_share_that_is_right_where_labels_are_wrong_at_random() -> None:
    """A label in ten is wrong, however plain the text: no certainty above nine tenths is honest."""
    chance = np.random.default_rng(7)
    truth = chance.integers(0, 3, 4000)
    scores = 4.0 * np.eye(3)[truth] + chance.normal(0, 0.2, (4000, 3))
    labels = np.where(chance.random(4000) < 0.1, chance.integers(0, 3, 4000), truth)
    made = fitting.best_certainty(scores, labels, np.ones(4000))
    chances = probabilities(scores, made.temperature, made.doubt)
    assert made.doubt > 0
    gap = calibration_error(chances.max(axis=1), scores.argmax(axis=1) == labels)
    plain = fitting.best_certainty(scores, truth, np.ones(4000))
    assert gap < 0.03
    assert plain.doubt == 0


def test_copies_stay_on_one_side() -> None:
    texts = [f"{text}。请领导尽快处理为盼，谢谢领导！" for text in TEXTS for _ in range(2)]
    labels = [label for label in LABELS.tolist() for _ in range(2)]
    fold_of = folds(hashes_of(texts), labels, 5)
    assert (fold_of[::2] == fold_of[1::2]).all()
    assert len(set(fold_of.tolist())) == 5
