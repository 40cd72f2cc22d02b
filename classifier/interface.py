"""Text in, judgement out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from casework.judgement import Judgement, TopicGuess, TopicPath
from casework.taxonomy import first_level_topics
from classifier.evidence import Question, deciding_words
from classifier.joint import JointModel, Scored
from classifier.keywords import keywords_of
from classifier.kinds import kind_of, merged
from classifier.ngrams import read
from classifier.normalisation import codes_of, text_of
from classifier.phrases import pair_hashes
from classifier.places import PlaceFinder
from classifier.sentiment import SnowNlpSentiment, linear_sentiment
from classifier.topics import SHOWN_FROM, best_leaves, guess, leaf_probabilities, shown_path
from classifier.urgency import urgency_of

WHY, WHY_NOT, WHY_ELSE = 5, 3, 6
"""Words shown for the best topic, for the second best, and for kind and sentiment."""


class Classifier(Protocol):
    """Judges texts. `engine` names the models and their versions. Judging is safe from several
    threads, never raises, and takes time in proportion to the text's length."""

    @property
    def engine(self) -> str: ...

    def judge(self, text: str) -> Judgement:
        """The full judgement of a text (see casework.judgement.judged_text)."""
        ...


@dataclass(frozen=True, slots=True)
class TrainedClassifier:
    """The classifier over trained models and rules. models: topic, kind and sentiment, scored
    together; snownlp: judges the sentiment instead of the linear model, where given."""

    models: JointModel
    snownlp: SnowNlpSentiment | None
    place_finder: PlaceFinder
    engine: str

    def judge(self, text: str) -> Judgement:
        """The full judgement. Empty text, or text that resembles nothing, gets even topic
        probabilities and no shown topic."""
        codes = codes_of(text)
        plain = text_of(codes)
        reading = read(plain, codes)
        topic_scored, kind_scored, sentiment_scored = self.models.score(reading)
        topics = _guesses(topic_scored)
        chances = leaf_probabilities(reading.phrases, topic_scored.probabilities)
        pairs = pair_hashes(codes)
        kind = kind_of(text, plain, pairs, kind_scored)
        if self.snownlp:
            sentiment = self.snownlp.sentiment_of(text, reading)
        else:
            sentiment = linear_sentiment(sentiment_scored)
        urgency = urgency_of(text, plain, pairs, reading)
        why, why_not, why_kind, why_sentiment = deciding_words(
            text, reading, _questions(topic_scored, kind_scored, kind.column, sentiment_scored)
        )
        return Judgement(
            topics=topics,
            leaves=best_leaves(chances),
            topic=_shown(topics, chances),
            kind=kind.label,
            sentiment=sentiment.label,
            sentiment_score=sentiment.score,
            urgency=urgency.level,
            urgency_rule=urgency.rule,
            confidence=topics[0].probability,
            places=self.place_finder.places_in(text, plain, reading),
            keywords=keywords_of(reading),
            evidence=(
                *why,
                *why_not,
                *merged(kind.cues, why_kind),
                *(sentiment.evidence if self.snownlp else why_sentiment),
                *urgency.evidence,
            ),
            engine=self.engine,
        )


def _shown(topics: tuple[TopicGuess, ...], chances: NDArray[np.float64]) -> TopicPath:
    """A topic of the city's own has no levels below the first."""
    best = topics[0]
    if best.path[0] in first_level_topics():
        return shown_path(topics, chances)
    return best.path if best.probability >= SHOWN_FROM else ()


def _questions(topic: Scored, kind: Scored, kind_column: int, sentiment: Scored) -> list[Question]:
    """Why the best topic, what speaks for the second best, why the kind, why the sentiment."""
    return [
        Question(topic, topic.order[0], "topic", WHY),
        Question(topic, topic.order[1], "topic", WHY_NOT),
        Question(kind, kind_column, "kind", WHY_ELSE),
        Question(sentiment, sentiment.order[0], "sentiment", WHY_ELSE),
    ]


def _guesses(scored: Scored) -> tuple[TopicGuess, ...]:
    chances = scored.probabilities
    return tuple([guess((scored.labels[n],), chances[n]) for n in scored.order])
