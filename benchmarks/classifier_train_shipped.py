"""Trains the models that ship, from the reference data beside the checkout.

python -m benchmarks.classifier_train_shipped [topic] [sentiment] [kind]
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from classifier.loading import SHIPPED
from classifier.training import train

DATA = Path(__file__).parents[2] / "shared" / "data"


def main() -> None:
    """Trains the tasks named, or all three, and prints each card as a line of JSON."""
    tasks = sys.argv[1:] or ["topic", "sentiment", "kind"]
    civic = DATA / "civic_labels.csv"
    if "topic" in tasks:
        print(
            json.dumps(
                asdict(train(DATA / "topic_train.csv", "topic", SHIPPED)), ensure_ascii=False
            )
        )
    if "sentiment" in tasks:
        card = train(DATA / "sentiment_train.csv", "sentiment", SHIPPED, more=[civic])
        print(json.dumps(asdict(card), ensure_ascii=False))
    if "kind" in tasks:
        licence = "none stated; a part (a mayor's mailbox) MIT"
        card = train(civic, "kind", SHIPPED, licence=licence)
        print(json.dumps(asdict(card), ensure_ascii=False))


if __name__ == "__main__":
    main()
