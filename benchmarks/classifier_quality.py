"""Quality of the classifier on the reference data beside the checkout, as lines of JSON.

    python -m benchmarks.classifier_quality

Held-out figures come from the models' cards (the shipped models have seen these rows); urgency,
which is rules and words, is measured here. Dispatch: `flask routing evaluate`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from classifier.evaluation import evaluate, read_rows
from classifier.loading import SHIPPED, load

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"


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


def show(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
