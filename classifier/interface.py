"""Text in, judgement out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Evidence, Judgement, TopicGuess
from casework.taxonomy import URGENT
from classifier.evidence import deciding_words
from classifier.keywords import keywords_of
from classifier.kinds import kind_of
from classifier.joint import JointModel, Scored
from classifier.ngrams import Reading, read
from classifier.normalisation import normalised
from classifier.places import PlaceFinder
from classifier.sentiment import SentimentEngine
from classifier.topics import best_leaves, leaf_probabilities, shown_path
from classifier.urgency import urgency_of

WHY, WHY_NOT = 5, 3
"""Words shown for the best topic, and for the second best."""


class Classifier(Protocol):
    """Judges texts. `engine` names the models and their versions. Judging is safe from several
    threads, never raises, and takes time in proportion to the text's length."""

    engine: str

    def judge(self, text: str) -> Judgement:
        """The full judgement of a text (see casework.judgement.judged_text)."""
        ...


@dataclass(frozen=True, slots=True)
class TrainedClassifier:
    """The classifier over trained models and rules. models: topic, kind and, with the linear
    sentiment engine, sentiment."""

    models: JointModel
    sentiment_engine: SentimentEngine
    place_finder: PlaceFinder
    engine: str

    def judge(self, text: str) -> Judgement:
        """The full judgement. Empty text, or text that resembles nothing, gets even topic
        probabilities and no shown topic."""
        plain = normalised(text)
        reading = read(text)
        scored, kind_scored, *sentiment_scored = self.models.score(reading)
        topics = _guesses(scored.labels, scored.probabilities)
        chances = leaf_probabilities(
            reading.phrases, {guess.path[0]: guess.probability for guess in topics}
        )
        kind = kind_of(text, plain, reading, kind_scored)
        sentiment = self.sentiment_engine.sentiment_of(
            text, reading, sentiment_scored[0] if sentiment_scored else None
        )
        urgency = urgency_of(text, plain)
        return Judgement(
            topics=topics,
            leaves=best_leaves(chances),
            topic=shown_path(topics, chances),
            kind=kind.label,
            sentiment=sentiment.label,
            sentiment_score=sentiment.score,
            urgency=urgency.level,
            urgency_rule=urgency.rule if urgency.level == URGENT else "",
            confidence=topics[0].probability,
            places=self.place_finder.places_in(text, plain, reading),
            keywords=keywords_of(reading.words),
            evidence=(
                *_topic_evidence(text, reading, scored),
                *kind.evidence,
                *sentiment.evidence,
                *urgency.evidence,
            ),
            engine=self.engine,
        )


def _topic_evidence(text: str, reading: Reading, scored: Scored) -> list[Evidence]:
    """Why the best topic, and what speaks for the second best."""
    if not scored.any_known:
        return []
    best, second = np.argsort(-scored.probabilities, kind="stable")[:2].tolist()
    return [
        *deciding_words(text, reading, scored, best, "topic", WHY),
        *deciding_words(text, reading, scored, second, "topic", WHY_NOT),
    ]


def _guesses(
    labels: tuple[str, ...], probabilities: NDArray[np.float64]
) -> tuple[TopicGuess, ...]:
    order = np.argsort(-probabilities, kind="stable").tolist()
    chances = probabilities.tolist()
    return tuple(TopicGuess((labels[number],), chances[number]) for number in order)
