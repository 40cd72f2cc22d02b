"""How much of a processor's time 10,000 characters take to judge, whatever they are: 50 ms at most."""

from __future__ import annotations

import argparse
import json
import random
import time

import numpy as np

from classifier.loading import load
from classifier.seeds import read_seeds

CHARACTERS = 10_000
BUDGET_MS = 50.0
PIECES = [
    "没有火灾", "“停水", "//@小明:", "<p>", "&lt;", "https://a.cn/", "A1区", "912路", "举报", "区", "a", "1", "。", " ",
    "😀", "\ud800", "電話", "ＡＢ", "\x00", "救命！", "去年", "并非", "街道", "社区", "小区", "不",
    "法人王，", "王主任", "物业公司", "城管局", "另外，", "二、",
]  # fmt: skip


def texts(number: int) -> list[str]:
    """Of one piece, of two, of sentences, and of anything at all."""
    rng = random.Random(5)
    sentences = [text for task in ("topic", "kind") for text, _ in read_seeds(task)]
    made = [piece * CHARACTERS for piece in PIECES]
    while len(made) < number:
        chosen = rng.choice(
            (
                rng.choices(PIECES, k=2),
                rng.choices(sentences, k=30),
                rng.choices(PIECES + sentences, k=40),
                [chr(rng.randrange(0x20, 0x3000)) for _ in range(2000)],
                [chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(2000)],
            )
        )
        made.append("".join(chosen) * (CHARACTERS // max(1, len("".join(chosen))) + 1))
    return [text[:CHARACTERS] for text in made[:number]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=400)
    given = parser.parse_args()
    classifier = load()
    took = []
    tried = texts(given.texts)
    for text in tried:
        began = time.process_time()
        classifier.judge(text)
        took.append(1000 * (time.process_time() - began))
    figures = np.array(took)
    print(
        json.dumps(
            {
                "benchmark": "classifier_budget",
                "characters": CHARACTERS,
                "texts": len(took),
                "ms_median": round(float(np.median(figures)), 2),
                "ms_p99": round(float(np.percentile(figures, 99)), 2),
                "ms_most": round(float(figures.max()), 2),
                "budget_ms": BUDGET_MS,
                "over_budget": int((figures > BUDGET_MS).sum()),
                "slowest": [ascii(tried[n][:12]) for n in np.argsort(-figures)[:3].tolist()],
            }
        )
    )


if __name__ == "__main__":
    main()
