"""The writer's feeling: label, score and deciding words, from either of two engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from casework.judgement import Evidence
from classifier.bayes import BayesSentiment
from classifier.evidence import deciding_words, word_evidence
from classifier.joint import Scored
from classifier.ngrams import Reading

EVIDENCE_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Sentiment:
    """label: negative, neutral or positive; score: from -1 to 1, the probability of positive less
    that of negative."""

    label: str
    score: float
    evidence: tuple[Evidence, ...]


class SentimentEngine(Protocol):
    """Judges the sentiment of a reading; `version` names the engine and its model."""

    version: str

    def sentiment_of(self, text: str, reading: Reading, scored: Scored | None) -> Sentiment:
        """scored: what the linear model says of the reading, where there is one."""
        ...


class LinearSentiment:
    """The linear model, scored together with the others."""

    def __init__(self, version: str) -> None:
        self.version = version

    def sentiment_of(self, text: str, reading: Reading, scored: Scored | None) -> Sentiment:
        """Neutral when nothing in the text is known."""
        if scored is None or not scored.any_known:
            return Sentiment("neutral", 0.0, ())
        column = scored.best
        chances = dict(zip(scored.labels, scored.probabilities.tolist(), strict=True))
        words = deciding_words(text, reading, scored, column, "sentiment", EVIDENCE_AT_MOST)
        return Sentiment(scored.labels[column], _score(chances), tuple(words))


class SnowNlpSentiment:
    """SnowNLP's Bayes classifier, trained on the same rows and fed with our words."""

    def __init__(self, bayes: BayesSentiment, version: str) -> None:
        self._bayes = bayes
        self.version = version

    def sentiment_of(self, text: str, reading: Reading, scored: Scored | None) -> Sentiment:
        """Neutral when there are no words."""
        words = [word for word in reading.words if word not in "!?"]
        label = self._bayes.label_of(words)
        weights = [self._bayes.speaks_for(word, label) for word in reading.words]
        evidence = word_evidence(text, reading, weights, "sentiment", label, EVIDENCE_AT_MOST)
        return Sentiment(label, _score(self._bayes.probabilities(words)), tuple(evidence))


def _score(chances: Mapping[str, float]) -> float:
    return max(-1.0, min(1.0, chances.get("positive", 0.0) - chances.get("negative", 0.0)))
