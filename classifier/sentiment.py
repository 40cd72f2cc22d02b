"""The writer's feeling: label, score and deciding words, from either of two engines."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from casework.judgement import Evidence
from classifier.bayes import BayesSentiment
from classifier.reading import Readings

EVIDENCE_AT_MOST = 8


class Sentiment(Struct, frozen=True):
    """label: negative, neutral or positive; confidence: its probability; score: from -1 to 1, the
    probability of positive less that of negative; evidence: the engine's own, where the linear model does not give it."""

    label: str
    confidence: float
    score: float
    evidence: tuple[Evidence, ...] = ()


def linear_sentiment(label: str, chances: Mapping[str, float], any_known: bool) -> Sentiment:
    """What the linear model says; neutral when nothing in the text is known."""
    if not any_known:
        return Sentiment("neutral", 1 / len(chances), 0.0)
    return Sentiment(label, chances[label], _score(chances))


class SnowNlpSentiment:
    """SnowNLP's Bayes classifier, trained on the same rows and fed with our words."""

    def __init__(self, bayes: BayesSentiment, version: str) -> None:
        self._bayes = bayes
        self.version = version

    def sentiment_of(self, text: str, readings: Readings, number: int) -> Sentiment:
        """Of one of the texts read; neutral when there are no words."""
        words = [word for word, _, _ in readings.words_of(number) if word not in "!?"]
        if not words:
            return Sentiment("neutral", 0.0, 0.0)
        label = self._bayes.label_of(words)
        chances = self._bayes.probabilities(words)
        return Sentiment(
            label,
            chances.get(label, 0.0),
            _score(chances),
            self._evidence(text, readings, number, label),
        )

    def _evidence(
        self, text: str, readings: Readings, number: int, label: str
    ) -> tuple[Evidence, ...]:
        places: dict[str, tuple[int, int]] = {}
        for word, start, end in readings.words_of(number):
            if len(word) > 1:
                places.setdefault(word, (start, end))
        speaks = {word: self._bayes.speaks_for(word, label) for word in places}
        best = sorted((word for word in speaks if speaks[word] > 0), key=lambda word: -speaks[word])
        return tuple(
            Evidence(
                "sentiment", label, text[start:end], start, end, speaks[word] / speaks[best[0]]
            )
            for word in best[:EVIDENCE_AT_MOST]
            for start, end in (places[word],)
        )


def _score(chances: Mapping[str, float]) -> float:
    return max(-1.0, min(1.0, chances.get("positive", 0.0) - chances.get("negative", 0.0)))
