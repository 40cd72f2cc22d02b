"""The word counts of the Bayes engine as a JSON file: plain numbers that anybody can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from casework.errors import FileUnreadable
from classifier.bayes import WordCounts

FORMAT = 1
LARGEST_BYTES = 64 * 1024 * 1024
MOST = 2_000_000_000


def save_counts(counts: WordCounts, path: Path) -> None:
    """Writes the labels, and for each word how often it stands in the texts of each."""
    words = dict(zip(counts.words, counts.counts.tolist(), strict=True))
    kept = {"format": FORMAT, "labels": list(counts.labels), "words": words}
    path.write_text(json.dumps(kept, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def load_counts(path: Path) -> WordCounts:
    """Reads what save_counts wrote. Raises FileUnreadable("model_format") for another format,
    FileUnreadable("model_unreadable") for anything else."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("too large")
        kept = json.loads(path.read_bytes())
        if kept["format"] != FORMAT:
            raise FileUnreadable("model_format", file=path.name)
        labels, words = tuple(kept["labels"]), kept["words"]
        _check(labels, words)
        counts = np.array(list(words.values()), dtype=np.int32).reshape(-1, len(labels))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileUnreadable("model_unreadable", file=path.name) from error
    return WordCounts(labels, tuple(words), counts)


def _check(labels: tuple[Any, ...], words: dict[str, Any]) -> None:
    """Raises ValueError unless there is a number of 0 or more for each word and label."""
    if not labels or not all(isinstance(label, str) for label in labels):
        raise ValueError("labels")
    for numbers in words.values():
        if len(numbers) != len(labels):
            raise ValueError("numbers")
        if not all(type(number) is int and 0 <= number <= MOST for number in numbers):
            raise ValueError("number")
