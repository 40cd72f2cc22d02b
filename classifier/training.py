"""Training a model from a labelled file, offline: fit, measure, write with a card."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from casework.errors import FileUnreadable
from casework.taxonomy import ACTIONABLE, FITNESS, KINDS, SENTIMENTS, URGENCIES, first_level_topics
from classifier import fitting
from classifier.bayes import WordCounts, count_words
from classifier.bayes_file import save_counts
from classifier.card import Figures, ModelCard, readable, write_card
from classifier.held_out import folds
from classifier.linear import probabilities
from classifier.ngrams import Hashes
from classifier.reading import hashes_of
from classifier.recipes import CIVIC_WEIGHT, DOMAIN_WEIGHT, OWN_WEIGHT, RECIPES
from classifier.rows import Row, read_rows
from classifier.scoring import (
    accuracy,
    calibration_error,
    label_scores,
    macro_f1,
    surest_accuracy,
)
from classifier.seeds import read_seeds
from classifier.segmentation import DICTIONARY_VERSION

Task = Literal["topic", "sentiment", "kind", "urgency", "unit"]

TrainedTask = Task | Literal["actionable", "unfit"]
"""For what is actionable, and for what is unfit, there are no labelled rows but our own sentences."""

OWN = "own sentences"

BAYES_FILE = "sentiment_bayes.json"

LABEL_COLUMNS = {
    "topic": "label",
    "sentiment": "sentiment",
    "kind": "kind",
    "urgency": "urgency",
    "actionable": "actionable",
    "unfit": "unfit",
    "unit": "unit",
}

FOLDS = 5

SUREST = 0.8

FEWEST_ROWS = 10

OPENING = 22
"""Characters a message begins with, about as many as its subject has."""


@dataclass(frozen=True, slots=True)
class _Corpus:
    """Texts read into hashes, with labels, weights and domains, one each. openings: of the rows of
    files, which stand first, how they begin; none where that is not learnt."""

    hashes: list[Hashes]
    openings: list[Hashes]
    labels: NDArray[np.str_]
    weights: NDArray[np.float64]
    domains: NDArray[np.str_]
    names: tuple[str, ...]


def train(
    file: Path,
    task: TrainedTask,
    output: Path,
    *,
    text_column: str = "text",
    label_column: str = "",
    more: Sequence[Path] = (),
    licence: str = "none stated",
    today: date | None = None,
    new_labels: bool = False,
    bodies: Mapping[str, str] | None = None,
) -> ModelCard:
    """Trains on a CSV file and writes <task>.npz, <task>.json and <task>.md into the folder output.

    label_column: "label" for topics, else the task's name. more: further files of the same columns.
    The project's own sentences are added. For the sentiment the word counts of the Bayes engine are
    written too, as sentiment_bayes.json. new_labels: labels the task does not know are taken too,
    after its own. bodies: of units, which of the city's bodies answers for a code; our own sentences about
    others are left out. Raises FileUnreadable: the reasons of read_rows,
    "too_few_rows" (values: rows), "unknown_label" (values: label).
    """
    read_files = [
        read_rows(path, text_column, label_column or LABEL_COLUMNS[task]) for path in (file, *more)
    ]
    rows = [row for one in read_files for row in one.rows]
    own = _own_sentences(task, bodies)
    names = _names(task, rows, own, new_labels)
    corpus = _corpus(task, names, [one.rows for one in read_files], own)
    fold_of = folds(corpus.hashes, corpus.labels.tolist(), FOLDS)
    lifts = _lifts(corpus, RECIPES[task].lift)
    held_out = _held_out(corpus, RECIPES[task], fold_of) + lifts
    weights = corpus.weights * (corpus.domains != OWN)
    position = np.array([names.index(label) for label in corpus.labels.tolist()])
    certainty = fitting.best_certainty(held_out, position, weights)
    fitted = _fit(corpus, RECIPES[task], np.arange(len(corpus.hashes)))
    fitted = replace(fitted, bias=fitted.bias + lifts)
    when = (today or datetime.now(UTC).date()).isoformat()
    digest = hashlib.sha256(fitted.weights.tobytes() + fitted.keys.tobytes()).hexdigest()[:8]
    model = fitting.model_of(fitted, names, certainty, f"{task}-{when}-{digest}")
    chances = probabilities(held_out, certainty.temperature, certainty.doubt)
    of_files = corpus.domains != OWN
    card = ModelCard(
        task=task,
        version=model.version,
        date=when,
        sources=tuple(path.name for path in (file, *more)),
        licence=licence,
        dictionary=DICTIONARY_VERSION,
        rows=len(rows),
        skipped=sum(one.skipped for one in read_files),
        own_sentences=int((~of_files).sum()),
        classes=dict(Counter(corpus.labels.tolist()).most_common()),
        n_grams=len(fitted.keys),
        temperature=certainty.temperature,
        doubt=certainty.doubt,
        calibration_error=calibration_error(
            chances.max(axis=1)[of_files], (held_out.argmax(axis=1) == position)[of_files]
        ),
        held_out=_figures(corpus, held_out, chances, fold_of),
        per_class=label_scores(
            corpus.labels.tolist(), np.array(names)[held_out.argmax(axis=1)].tolist()
        ),
    )
    output.mkdir(parents=True, exist_ok=True)
    if task == "sentiment":
        counts = _word_counts(rows, names)
        _written(output / BAYES_FILE, lambda path: save_counts(counts, path))
    _written(output / f"{task}.npz", model.save)
    _written(output / f"{task}.json", lambda path: write_card(card, path))
    _written(output / f"{task}.md", lambda path: path.write_text(readable(card), encoding="utf-8"))
    return card


def _own_sentences(task: TrainedTask, bodies: Mapping[str, str] | None) -> list[Row]:
    own = [Row(text, label, OWN) for text, label in read_seeds(task)]
    if bodies is None:
        return own
    return [Row(row.text, bodies[row.label], OWN) for row in own if bodies.get(row.label)]


def _names(
    task: TrainedTask, rows: Sequence[Row], own: Sequence[Row], new_labels: bool
) -> tuple[str, ...]:
    allowed = {
        "topic": first_level_topics(),
        "sentiment": SENTIMENTS,
        "kind": KINDS,
        "urgency": URGENCIES,
        "actionable": ACTIONABLE,
        "unfit": FITNESS,
        "unit": tuple(sorted({row.label for row in own})),
    }[task]
    if len(rows) < FEWEST_ROWS:
        raise FileUnreadable("too_few_rows", rows=len(rows))
    others = sorted({row.label for row in rows} - set(allowed))
    if others and not new_labels and task != "unit":
        raise FileUnreadable("unknown_label", label=others[0])
    return (*allowed, *others)


def _corpus(
    task: TrainedTask, names: tuple[str, ...], files: Sequence[Sequence[Row]], own: list[Row]
) -> _Corpus:
    largest = max(len(rows) for rows in files)
    rows = [row for one in files for row in one] + own
    small = CIVIC_WEIGHT.get(task, 1.0) if len(files) > 1 else 1.0
    weights = [
        DOMAIN_WEIGHT.get(row.domain, 1.0) if len(one) == largest else small
        for one in files
        for row in one
    ]
    begun = rows[: len(weights)] if RECIPES[task].openings else []
    return _Corpus(
        hashes_of([row.text for row in rows]),
        hashes_of([_opening(row.text) for row in begun]),
        np.array([row.label for row in rows]),
        np.array(weights + [OWN_WEIGHT.get(task, small)] * len(own)),
        np.array([row.domain for row in rows]),
        names,
    )


def _opening(text: str) -> str:
    """How a message begins. Rows that came as words have a space behind each, half as many again."""
    in_words = text.count(" ") > len(text) / 5
    return text[: OPENING * 3 // 2 if in_words else OPENING]


def _lifts(corpus: _Corpus, lift: float) -> NDArray[np.float64]:
    """What is added to the score of each label. No row of a file carries a label that only our own
    sentences do, and every row teaches that a message is none of those: more than is true."""
    in_files = set(corpus.labels[corpus.domains != OWN].tolist())
    own = set(corpus.labels.tolist()) - in_files
    return np.array([lift if name in own else 0.0 for name in corpus.names])


def _fit(corpus: _Corpus, recipe: fitting.Recipe, rows: NDArray[np.int64]) -> fitting.Fit:
    """Fits a model to these rows, and to how they begin: where labelled messages are long letters, a
    short message would else be taken for what only short sentences of our own are about."""
    begun = rows[rows < len(corpus.openings)]
    return fitting.fit(
        [corpus.hashes[row] for row in rows] + [corpus.openings[row] for row in begun],
        np.concatenate([corpus.labels[rows], corpus.labels[begun]]),
        corpus.names,
        recipe,
        np.concatenate([corpus.weights[rows], np.full(len(begun), recipe.openings)]),
    )


def _held_out(
    corpus: _Corpus, recipe: fitting.Recipe, fold_of: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The scores of every row under a model that has not seen it or a copy of it."""
    scores = np.zeros((len(corpus.hashes), len(corpus.names)))
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        fitted = _fit(corpus, recipe, inside)
        scores[outside] = fitting.scores(fitted, [corpus.hashes[row] for row in outside])
    return scores


def _figures(
    corpus: _Corpus,
    held_out: NDArray[np.float64],
    chances: NDArray[np.float64],
    fold_of: NDArray[np.int64],
) -> dict[str, Figures]:
    guessed = np.array(corpus.names)[held_out.argmax(axis=1)]
    chosen = {"all": corpus.domains != OWN}
    chosen |= {domain: corpus.domains == domain for domain in np.unique(corpus.domains).tolist()}
    found = {}
    for domain, rows in chosen.items():
        truth, guess = corpus.labels[rows].tolist(), guessed[rows].tolist()
        each = [
            macro_f1(corpus.labels[part].tolist(), guessed[part].tolist())
            for part in (rows & (fold_of == fold) for fold in range(FOLDS))
        ]
        found[domain] = Figures(
            len(truth),
            accuracy(truth, guess),
            macro_f1(truth, guess),
            float(np.std(each)),
            surest_accuracy(chances[rows].max(axis=1), (guessed == corpus.labels)[rows], SUREST),
        )
    return found


def _word_counts(rows: Sequence[Row], names: tuple[str, ...]) -> WordCounts:
    return count_words([(row.text, row.label) for row in rows], names)


def _written(path: Path, write: Callable[[Path], object]) -> None:
    """Writes beside the target and renames, so that nobody reads half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
