"""SnowNLP's Bayes classifier, fed with our words: the baseline for the sentiment.

Its counts are kept as JSON (bayes_file.py); SnowNLP's own way of saving (marshal) is never used.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.segmentation import words

LEAST_COUNT = 2
"""Words seen less often are not kept."""


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How often each word stands in the texts of each label: a row a word, a column a label."""

    labels: tuple[str, ...]
    words: tuple[str, ...]
    counts: NDArray[np.int32]

    @property
    def version(self) -> str:
        """Changes with the counts."""
        return hashlib.sha256(self.counts.tobytes()).hexdigest()[:8]


def count_words(rows: Iterable[tuple[str, str]], labels: Sequence[str]) -> WordCounts:
    """Counts the words of texts (text, label)."""
    counters: dict[str, Counter[str]] = {label: Counter() for label in labels}
    for text, label in rows:
        counters[label].update(words(text))
    total: Counter[str] = Counter()
    for counter in counters.values():
        total.update(counter)
    kept = sorted(word for word, number in total.items() if number >= LEAST_COUNT)
    counts = np.array([[counters[label][word] for label in labels] for word in kept])
    return WordCounts(tuple(labels), tuple(kept), counts.astype(np.int32).reshape(-1, len(labels)))


class BayesSentiment:
    """SnowNLP's classifier over such counts. Judging from several threads is safe."""

    def __init__(self, counts: WordCounts) -> None:
        self.labels = counts.labels
        self._bayes = _snownlp_bayes(counts)

    def label_of(self, found: Sequence[str]) -> str:
        """What SnowNLP's classify answers for these words; "neutral" for none."""
        return str(self._bayes.classify(found)[0]) if found else "neutral"

    def probabilities(self, found: Sequence[str]) -> dict[str, float]:
        """The probability of each label, as SnowNLP computes it; even for no words."""
        if not found:
            return dict.fromkeys(self.labels, 1 / len(self.labels))
        logs = {
            label: math.log(self._bayes.d[label].getsum())
            - math.log(self._bayes.total)
            + sum(math.log(self._bayes.d[label].freq(word)) for word in found)
            for label in self.labels
        }
        most = max(logs.values())
        raised = {label: math.exp(log - most) for label, log in logs.items()}
        return {label: value / sum(raised.values()) for label, value in raised.items()}

    def speaks_for(self, word: str, label: str) -> float:
        """How much more likely a word is under the label than under the likeliest other one."""
        others = [self._bayes.d[other].freq(word) for other in self.labels if other != label]
        return math.log(self._bayes.d[label].freq(word)) - math.log(max(others))


def _snownlp_bayes(counts: WordCounts) -> Any:
    with warnings.catch_warnings():
        # SnowNLP leaves its own files open when it is imported.
        warnings.simplefilter("ignore")
        from snownlp.classification.bayes import Bayes
        from snownlp.utils.frequency import AddOneProb
    bayes = Bayes()
    for column, label in enumerate(counts.labels):
        known = AddOneProb()
        # One more for each word, as AddOneProb.add does when it meets a word.
        numbers = counts.counts[:, column].tolist()
        known.d = {w: n + 1 for w, n in zip(counts.words, numbers, strict=True) if n}
        known.total = float(sum(known.d.values()) or 1)
        bayes.d[label] = known
    bayes.total = sum(known.getsum() for known in bayes.d.values())
    return bayes
