"""Full judgements a second on one core, beside jieba's cutting and stock SnowNLP, in one run.

    python -m benchmarks.classifier_speed [messages]

Messages of 350 characters: real ones where the reference data lies beside the checkout, otherwise
put together from the project's own sentences. Prints lines of JSON.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from classifier.loading import load
from classifier.seeds import read_seeds
from classifier.segmentation import words

Task = Callable[[Sequence[str]], object]

LENGTH = 350
ROUNDS = 5
DATA = Path(__file__).parents[2] / "shared" / "data" / "tipdm_messages.csv"


def main() -> None:
    """Measures each in turn, several rounds, and prints the best and the middle of the rounds."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    for source, texts in (("own sentences", own(number)), ("real messages", real(number))):
        if texts:
            measure(source, texts)


def measure(source: str, texts: Sequence[str]) -> None:
    """One source of messages: the judgement, our cutting, jieba's, SnowNLP's sentiment."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        from snownlp import SnowNLP
    jieba.initialize()
    snownlp = load(sentiment_engine="snownlp")
    ours = load()
    tasks: dict[str, tuple[Task, int]] = {
        "judgements, side by side": (ours.judge_many, len(texts)),
        "judgement, one by one": (each(ours.judge), len(texts)),
        "judgement, snownlp engine": (each(snownlp.judge), len(texts)),
        "words": (each(words), len(texts)),
        "jieba, cutting only": (each(jieba.lcut), min(200, len(texts))),
        "stock snownlp, sentiment only": (
            each(lambda text: SnowNLP(text).sentiments),
            min(20, len(texts)),
        ),
    }
    rates: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, (task, number) in tasks.items():
            rates[name].append(rate(task, texts[:number]))
    judged = max(rates["judgements, side by side"])
    for name, found in rates.items():
        figures = {
            "what": name,
            "texts": source,
            "characters": LENGTH,
            "best_per_second": round(max(found), 1),
            "median_per_second": round(statistics.median(found), 1),
            "judgements_for_one": round(judged / max(found), 3),
        }
        print(json.dumps(figures, ensure_ascii=False))


def each(task: Callable[[str], object]) -> Task:
    """A task for one text as one for many."""

    def all_of(texts: Sequence[str]) -> None:
        for text in texts:
            task(text)

    return all_of


def rate(task: Task, texts: Sequence[str]) -> float:
    """Texts a second of processor time, so that other programs do not count."""
    task(texts[:1])
    began = time.process_time()
    task(texts)
    return len(texts) / (time.process_time() - began)


def own(number: int) -> list[str]:
    """Messages of the project's own sentences in a fixed random order."""
    sentences = [text for text, _ in read_seeds("topic") + read_seeds("kind")]
    chooser = random.Random(7)
    return [
        "".join(itertools.islice(iter(lambda: chooser.choice(sentences), ""), 20))[:LENGTH]
        for _ in range(number)
    ]


def real(number: int) -> list[str]:
    """Real messages cut to length; none when the reference data is absent."""
    if not DATA.exists():
        return []
    with DATA.open(encoding="utf-8-sig", newline="") as file:
        texts = [f"{row['留言主题']}\n{row['留言详情'].strip()}" for row in csv.DictReader(file)]
    return [text[:LENGTH] for text in texts if len(text) >= LENGTH][:number]


if __name__ == "__main__":
    main()
