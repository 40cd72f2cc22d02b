"""Quality of the classifier on the reference data beside the checkout, as lines of JSON.

    python -m benchmarks.classifier_quality

Held-out figures come from the models' cards (the shipped models have seen these rows); urgency and
routing, which are rules and words, are measured here.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from casework.taxonomy import first_level_topics
from classifier.evaluation import evaluate, read_rows
from classifier.interface import Classifier
from classifier.loading import SHIPPED, load
from classifier.ngrams import read
from classifier.normalisation import normalised
from classifier.topics import leaf_probabilities

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
CATALOGUE = ROOT / "routing" / "catalogue" / "taxonomy_dept.csv"


def main() -> None:
    """Prints one line a measurement; says so when the reference data is absent."""
    for task in ("topic", "sentiment", "kind"):
        card = json.loads((SHIPPED / f"{task}.json").read_text(encoding="utf-8"))
        show(f"{task}, held out", **{k: card[k] for k in ("held_out", "calibration_error")})
    if not DATA.is_dir():
        show("reference data absent", folder=str(DATA))
        return
    classifier = load()
    urgency = read_rows(DATA / "civic_labels.csv", label_column="urgency").pairs
    show(
        "urgency, rules adjusted on these rows", **asdict(evaluate(classifier, urgency, "urgency"))
    )
    baseline = load(sentiment_engine="snownlp")
    civic = read_rows(DATA / "civic_labels.csv", label_column="sentiment").pairs
    show("sentiment, snownlp, rows seen", **asdict(evaluate(baseline, civic, "sentiment")))
    show("lead unit, leaf words written in sight of these letters", **routing(classifier))


def routing(classifier: Classifier) -> dict[str, float]:
    """How often the unit whose leaves sum to most, or one of the first three, is right."""
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        leads = [row["lead_code"] for row in csv.DictReader(file)]
    first = third = number = 0
    with (DATA / "routing_units.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            right = set(row["units"].split("|"))
            ranked = units(classifier, row["text"], leads)
            first += bool(right & set(ranked[:1]))
            third += bool(right & set(ranked[:3]))
            number += 1
    return {"n": number, "top1": first / number, "top3": third / number}


def units(classifier: Classifier, text: str, leads: list[str]) -> list[str]:
    """Lead units by the sum of their leaves, best first."""
    chances = {guess.path[0]: guess.probability for guess in classifier.judge(text).topics}
    sums: dict[str, float] = defaultdict(float)
    phrases = read(normalised(text)).phrases
    topics = [chances[name] for name in first_level_topics()]
    for lead, chance in zip(leads, leaf_probabilities(phrases, topics).tolist(), strict=True):
        sums[lead] += chance
    return sorted(sums, key=lambda lead: -sums[lead])


def show(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
