"""Fits how much topics, words of the catalogue and the model of units count in the dispatch.

    .venv/bin/python -m benchmarks.unit_weights

On the messages the model of units is trained from, each judged by a model that has not seen it; then
measured on letters of which nothing was learnt. Prints one JSON line; the weights belong into
routing/standings.py.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.answering_units import DATA, answered_messages, with_subjects
from casework.departments import DepartmentTree
from casework.judgement import UnitGuess
from classifier import fitting
from classifier.held_out import folds
from classifier.interface import UNITS_REPORTED
from classifier.linear import load_linear, softmax
from classifier.loading import SHIPPED, load
from classifier.reading import hashes_of
from classifier.recipes import RECIPES
from classifier.seeds import headed_lines, read_seeds
from routing.assign import Dispatcher, DispatchSettings
from routing.catalogue import read_catalogue, starting_departments
from routing.standings import FLOOR, Standings, Weights, weights_for

OWN = Path(__file__).parents[1] / "tests" / "classifier" / "sentences" / "units.txt"
FOLDS = 5
SURE = (0.6, 0.7, 0.8, 0.85, 0.9)


def main() -> None:
    """Fit, measure, print."""
    classifier = load()
    dispatcher = Dispatcher(
        read_catalogue(), lambda: DepartmentTree(starting_departments()), DispatchSettings(None, 1)
    )
    answered = answered_messages()
    rows = list(with_subjects(answered))
    texts = [text for text, _ in rows]
    judged = [
        replace(judgement, units=units)
        for judgement, units in zip(
            classifier.judge_many(texts), _units_unseen(answered), strict=True
        )
    ]
    stood = [dispatcher.standings(one, text, "") for one, text in zip(judged, texts, strict=True)]
    fitted = minimize(_surprise, [0.33, 0.42, 0.9], (stood, rows), method="Nelder-Mead").x
    weights = Weights(*fitted.tolist(), FLOOR)
    long = [number for number, (text, _) in enumerate(rows) if "\n" in text]
    short = [number for number, (text, _) in enumerate(rows) if "\n" not in text]
    letters = [(row["text"], row["units"]) for row in _read(DATA / "routing_units.csv")]
    own = headed_lines(OWN)
    of_letters, of_own = [
        [
            dispatcher.standings(judgement, text, "")
            for (text, _), judgement in zip(
                texts_of, classifier.judge_many([text for text, _ in texts_of]), strict=True
            )
        ]
        for texts_of in (letters, own)
    ]
    print(
        json.dumps(
            {
                "benchmark": "unit_weights",
                "rows": len(rows),
                "fitted": [round(one, 2) for one in weights[:3]],
                **{
                    f"{kind}, {which}": _figures(
                        [stood[one] for one in chosen], [rows[one] for one in chosen], each
                    )
                    for kind, chosen in (("messages", long), ("subjects", short))
                    for which, each in (("fitted", weights), ("in use"))
                },
                "letters, fitted": _figures(of_letters, letters, weights),
                "letters, in use": _figures(of_letters, letters),
                "own sentences, fitted": _figures(of_own, own, weights),
                "own sentences, in use": _figures(of_own, own),
            }
        )
    )


def _units_unseen(rows: list[tuple[str, str]]) -> list[tuple[UnitGuess, ...]]:
    """What a model says of each message, and of each subject by itself, that was trained without
    both and their copies; as certain of itself as the one that ships."""
    labels = np.array([unit for _, unit in rows])
    hashes = hashes_of([text for text, _ in rows])
    of_fold = folds(hashes, labels.tolist(), FOLDS)
    parts = [list(with_subjects([row])) for row in rows]
    names = tuple(sorted({*labels.tolist(), *(unit for _, unit in read_seeds("unit"))}))
    temperature = load_linear(SHIPPED / "unit.npz").temperature
    found: list[list[tuple[UnitGuess, ...]]] = [[] for _ in rows]
    for fold in range(FOLDS):
        inside = read_seeds("unit")
        inside += [one for number in np.flatnonzero(of_fold != fold) for one in parts[number]]
        fitted = fitting.fit(
            hashes_of([text for text, _ in inside]),
            np.array([unit for _, unit in inside]),
            names,
            RECIPES["unit"],
        )
        for number in np.flatnonzero(of_fold == fold).tolist():
            scores = fitting.scores(fitted, hashes_of([text for text, _ in parts[number]]))
            found[number] = [_guesses(names, row) for row in softmax(scores / temperature)]
    return [guesses for one in found for guesses in one]


def _guesses(names: tuple[str, ...], row: NDArray[np.float64]) -> tuple[UnitGuess, ...]:
    best = np.argsort(-row)[:UNITS_REPORTED].tolist()
    return tuple(UnitGuess(names[number], float(row[number])) for number in best)


def _surprise(
    three: NDArray[np.float64], stood: list[Standings], rows: list[tuple[str, str]]
) -> float:
    weights = Weights(*three.tolist(), FLOOR)
    total = 0.0
    for standings, (_, unit) in zip(stood, rows, strict=True):
        if unit in standings:
            odds = {code: each.odds(weights) for code, each in standings.items()}
            total -= float(np.log(max(odds[unit] / sum(odds.values()), 1e-12)))
    return total


def _figures(
    stood: list[Standings], rows: list[tuple[str, str]], weights: Weights | None = None
) -> dict[str, object]:
    """Share right at first, among three; and for a certainty how many reach it, right how often."""
    certain, right, among = [], [], []
    for standings, (text, units) in zip(stood, rows, strict=True):
        chosen = weights or weights_for(standings, text)
        odds = {code: each.odds(chosen) for code, each in standings.items()}
        ranked = sorted(odds, key=lambda code: -odds[code])
        wanted = set(units.split("|"))
        certain.append(odds[ranked[0]] / sum(odds.values()))
        right.append(ranked[0] in wanted)
        among.append(bool(wanted & set(ranked[:3])))
    sure, hit = np.array(certain), np.array(right)
    return {
        "first": round(float(hit.mean()), 3),
        "of_three": round(float(np.mean(among)), 3),
        "sure": {
            level: [
                round(float((sure >= level).mean()), 2),
                round(float(hit[sure >= level].mean()), 3),
            ]
            for level in SURE
        },
    }


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
