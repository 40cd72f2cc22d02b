"""What the classifier says about a message and the record keeps: labels, how sure, and why.

Structs of msgspec instead of dataclasses: some fifty of these objects are made for every message,
and a frozen dataclass takes ten times as long to make.
"""

from __future__ import annotations

from msgspec import Struct

TopicPath = tuple[str, ...]
"""One to three levels of the taxonomy, e.g. ("环境保护", "噪声污染", "设备噪声")."""


class Evidence(Struct, frozen=True, gc=False):
    """Words that decided, where they stand, and for what they speak.

    aspect: "topic", "kind", "sentiment", "urgency", "unit" or "actionable" (label "yes" or "no").
    label: the label the words speak for, as in the Judgement.
    start, end: character offsets into the judged text, end exclusive; text == judged[start:end].
    weight: strength relative to the other evidence of the same aspect, in (0, 1].
    rule: the id of the rule that fired; empty when a trained model gave the weight.
    """

    aspect: str
    label: str
    text: str
    start: int
    end: int
    weight: float
    rule: str = ""


class Place(Struct, frozen=True, gc=False):
    """A place named in the text. kind: "district", "street", "community", "road", "compound",
    "bus" or "other"; code: the district's department code when the gazetteer knows it, or ""."""

    text: str
    kind: str
    start: int
    end: int
    code: str = ""


class Party(Struct, frozen=True, gc=False):
    """Somebody a text speaks of. kind: "unit" (城管局, 某某公司), "person" (王主任), or "role", who is
    named by what they do alone (物业, 班主任)."""

    text: str
    kind: str
    start: int
    end: int


class Target(Struct, frozen=True, gc=False):
    """Whom or what the writer's feeling is about. kind: as in Party and Place, or "matter"."""

    text: str
    kind: str
    start: int
    end: int


class Matter(Struct, frozen=True, gc=False):
    """One of several matters of a text: where it stands, its topic, and how likely that is."""

    start: int
    end: int
    topic: TopicPath
    probability: float


class TopicGuess(Struct, frozen=True, gc=False):
    """A topic path and its probability in [0, 1]."""

    path: TopicPath
    probability: float


class UnitGuess(Struct, frozen=True, gc=False):
    """The code of a municipal body and the probability, in [0, 1], that it is the one to answer."""

    code: str
    probability: float


class Judgement(Struct, frozen=True):
    """The full judgement of one text.

    topics: every first-level topic with its probability, best first; they sum to 1.
    leaves: the likeliest third-level leaves, best first (at most 12); they sum to at most 1.
    topic: the path that is certain enough to show: one, two or three levels; empty when unsure.
    kind: one of taxonomy.KINDS. sentiment: "negative", "neutral" or "positive";
    sentiment_score: from -1 (negative) to 1 (positive).
    urgency: "urgent" or "normal"; urgency_rule: the id of the rule that fired, or "".
    confidence: probability of the best first-level topic.
    keywords: at most ten words, most telling first. engine: names the models and their versions.
    units: the bodies that answer such messages, best first (at most 12), by those of the city the
    model was trained in; empty where no model knows any.
    parties: whom the text speaks of, at most 12. target: whom or what the feeling is about; None for a
    neutral text, or where nobody can tell. matters: two or more, in their order; empty for one.
    actionable: how likely the text asks for something a body can do; 1 in older judgements on record.
    kind_confidence, sentiment_confidence: probability of the kind and of the sentiment; 0 in
    judgements on record, which do not keep them.
    """

    topics: tuple[TopicGuess, ...]
    leaves: tuple[TopicGuess, ...]
    topic: TopicPath
    kind: str
    sentiment: str
    sentiment_score: float
    urgency: str
    urgency_rule: str
    confidence: float
    places: tuple[Place, ...]
    keywords: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    engine: str
    units: tuple[UnitGuess, ...] = ()
    parties: tuple[Party, ...] = ()
    target: Target | None = None
    matters: tuple[Matter, ...] = ()
    actionable: float = 1.0
    kind_confidence: float = 0.0
    sentiment_confidence: float = 0.0


def judged_text(subject: str, body: str) -> str:
    """The text a message is judged by; evidence offsets count from its beginning."""
    return f"{subject}\n{body}" if subject else body
