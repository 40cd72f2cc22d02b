"""Text in, judgement out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from casework.judgement import (
    Evidence,
    Judgement,
    Matter,
    Party,
    Place,
    TopicGuess,
    UnitGuess,
)
from casework.taxonomy import ACTIONABLE, SENTIMENTS, URGENCIES, URGENT, first_level_topics
from classifier.danger import DangerModel
from classifier.evidence import Question, deciding_words
from classifier.joint import JointModel, Scored
from classifier.keywords import keywords_of
from classifier.kinds import Cue, Kind, cues_sought, kind_of, merged
from classifier.matters import matters_in
from classifier.parties import parties_in, party_words
from classifier.phrases import Found, PhraseTables
from classifier.places import PlaceFinder
from classifier.reading import Readings, read, together
from classifier.sentences import Sentences
from classifier.sentiment import Sentiment, SnowNlpSentiment, linear_sentiment
from classifier.targets import target_of
from classifier.topics import (
    best_leaves,
    leaf_probabilities,
    shown_paths,
)
from classifier.urgency import Signs, signs_in, signs_sought, urgency_of

_URGENT = URGENCIES.index(URGENT)
_NEGATIVE = SENTIMENTS.index("negative")
_YES = ACTIONABLE.index("yes")

WHY, WHY_NOT, WHY_ELSE, WHY_UNIT = 5, 3, 6, 4
"""Words shown for the best topic, for the second best, for kind and sentiment, and for the unit and what
is asked of it."""

UNITS_REPORTED = 12


class Classifier(Protocol):
    """Judges texts. `engine` names the models and their versions. Judging is safe from several
    threads, never raises, and takes time in proportion to the text's length."""

    @property
    def engine(self) -> str: ...

    def judge(self, text: str) -> Judgement:
        """The full judgement of a text (see casework.judgement.judged_text)."""
        ...

    def judge_many(self, texts: Sequence[str]) -> list[Judgement]:
        """What judge says of each, in order; side by side texts take less than half the time."""
        ...


@dataclass(frozen=True, slots=True)
class TrainedClassifier:
    """The classifier over trained models and rules. models: topic, kind, sentiment, urgency, unit and
    actionable, scored together; snownlp: judges the sentiment instead of the linear model, where given; danger:
    weighs what no rule of urgency catches."""

    models: JointModel
    snownlp: SnowNlpSentiment | None
    danger: DangerModel
    place_finder: PlaceFinder
    engine: str

    def judge(self, text: str) -> Judgement:
        """The full judgement. Empty text, or text that resembles nothing, gets even topic
        probabilities and no shown topic."""
        return self._judged([text])[0]

    def judge_many(self, texts: Sequence[str]) -> list[Judgement]:
        """What judge says of each, in order."""
        return [one for portion in together(texts) for one in self._judged(portion)]

    def _judged(self, texts: list[str]) -> list[Judgement]:
        readings = read(texts)
        cues, hits, danger, spoken = _tables().find(readings.whole, readings.whole_begin)
        scored, known = self.models.score(readings.grams)
        topic, kind, sentiment, urgency, unit, actionable = scored
        chances = leaf_probabilities(readings.phrases, _of_the_taxonomy(topic))
        topics, units = topic.ranked(), unit.ranked()
        feeling = sentiment.best
        kinds = _kinds(texts, readings, cues, kind, sentiment)
        why = deciding_words(
            texts,
            readings,
            known,
            (
                Question(topic, topics[0][:, 0], "topic", WHY),
                Question(topic, topics[0][:, 1], "topic", WHY_NOT),
                Question(kind, np.array([each.column for each in kinds]), "kind", WHY_ELSE),
                Question(sentiment, feeling, "sentiment", WHY_ELSE),
                Question(urgency, np.full(len(texts), _URGENT), "urgency", WHY_ELSE),
                Question(unit, units[0][:, 0], "unit", WHY_UNIT),
                Question(actionable, actionable.best, "actionable", WHY_UNIT),
            ),
        )
        return [
            self._assembled(text, readings, number, *parts)
            for number, (text, *parts) in enumerate(
                zip(
                    texts,
                    _guesses(topic.labels, *topics),
                    best_leaves(chances),
                    shown_paths(topic.labels, *topics, chances),
                    kinds,
                    self._sentiments(texts, readings, sentiment, feeling.tolist()),
                    self.place_finder.places_in(texts, readings),
                    parties_in(texts, readings, spoken),
                    matters_in(readings, known, self.models),
                    keywords_of(readings),
                    urgency.probabilities[:, _URGENT].tolist(),
                    _units(unit, *units),
                    actionable.probabilities[:, _YES].tolist(),
                    signs_in(readings, (hits, danger)),
                    why,
                    strict=True,
                )
            )
        ]

    def _assembled(
        self,
        text: str,
        readings: Readings,
        number: int,
        topics: tuple[TopicGuess, ...],
        leaves: tuple[TopicGuess, ...],
        topic: tuple[str, ...],
        kind: Kind,
        sentiment: Sentiment,
        places: tuple[Place, ...],
        parties: tuple[Party, ...],
        matters: tuple[Matter, ...],
        keywords: tuple[str, ...],
        urgent: float,
        units: tuple[UnitGuess, ...],
        actionable: float,
        signs: Signs,
        why: list[list[Evidence]],
    ) -> Judgement:
        why_best, why_not, why_kind, why_sentiment, why_urgent, why_unit, why_actionable = why
        parts = Sentences(readings.plain[number])
        urgency = urgency_of(
            text,
            parts,
            signs,
            kind.label,
            sentiment.score,
            self.danger,
            urgent,
            why_urgent,
        )
        feeling = sentiment.evidence if self.snownlp else why_sentiment
        return Judgement(
            topics=topics,
            leaves=leaves,
            topic=topic,
            kind=kind.label,
            sentiment=sentiment.label,
            sentiment_score=sentiment.score,
            urgency=urgency.level,
            urgency_rule=urgency.rule,
            confidence=topics[0].probability,
            places=places,
            keywords=keywords,
            evidence=(
                *why_best,
                *why_not,
                *merged(kind.cues, why_kind),
                *feeling,
                *urgency.evidence,
                *(why_unit if units else ()),
                *why_actionable,
            ),
            engine=self.engine,
            units=units,
            actionable=actionable,
            parties=parties,
            target=target_of(parts, sentiment.label, feeling, parties, places, why_best),
            matters=matters,
            kind_confidence=kind.probability,
            sentiment_confidence=sentiment.confidence,
        )

    def _sentiments(
        self, texts: Sequence[str], readings: Readings, scored: Scored, best: list[int]
    ) -> list[Sentiment]:
        if self.snownlp:
            return [self.snownlp.sentiment_of(text, readings, n) for n, text in enumerate(texts)]
        return [
            linear_sentiment(
                scored.labels[label], dict(zip(scored.labels, chances, strict=True)), known
            )
            for label, chances, known in zip(
                best,
                scored.probabilities.tolist(),
                scored.any_known.tolist(),
                strict=True,
            )
        ]


@cache
def _tables() -> PhraseTables:
    """The tables whose phrases are looked for in every text: of kinds, urgency, danger and parties."""
    return PhraseTables((cues_sought(), *signs_sought(), party_words().sought))


def _of_the_taxonomy(topic: Scored) -> NDArray[np.float64]:
    """The probabilities of the taxonomy's topics; those of the city's own come after them."""
    return topic.probabilities[:, : len(first_level_topics())]


def _kinds(
    texts: Sequence[str],
    readings: Readings,
    cues: list[Found[Cue]],
    scored: Scored,
    sentiment: Scored,
) -> list[Kind]:
    rows = zip(
        texts,
        readings.plain,
        cues,
        scored.probabilities.tolist(),
        scored.any_known.tolist(),
        sentiment.probabilities[:, _NEGATIVE].tolist(),
        strict=True,
    )
    return [
        kind_of(text, plain, found, scored.labels, chances, known, negative)
        for text, plain, found, chances, known, negative in rows
    ]


def _guesses(
    labels: Sequence[str], order: NDArray[np.intp], chances: NDArray[np.float64]
) -> list[tuple[TopicGuess, ...]]:
    paths = [(label,) for label in labels]
    return [
        tuple([TopicGuess(paths[n], chance) for n, chance in zip(row, some, strict=True)])
        for row, some in zip(order.tolist(), chances.tolist(), strict=True)
    ]


def _units(
    scored: Scored, order: NDArray[np.intp], chances: NDArray[np.float64]
) -> list[tuple[UnitGuess, ...]]:
    """The likeliest bodies of each text; none where nothing of the text is known."""
    rows = zip(
        order[:, :UNITS_REPORTED].tolist(),
        chances[:, :UNITS_REPORTED].tolist(),
        scored.any_known.tolist(),
        strict=True,
    )
    codes = scored.labels
    return [
        tuple([UnitGuess(codes[n], chance) for n, chance in zip(row, some, strict=True)])
        if known
        else ()
        for row, some, known in rows
    ]
