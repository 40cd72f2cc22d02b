"""A judgement as it lies in the record, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from casework.judgement import (
    Evidence,
    Judgement,
    Matter,
    Party,
    Place,
    Target,
    TopicGuess,
    UnitGuess,
)
from casework.storage.tables import JudgementRow

SEPARATOR = "/"
KEPT_TOPICS = 5


def join_topic(path: tuple[str, ...]) -> str:
    """A topic path as one string; "" for none. No topic name contains "/" (tested)."""
    return SEPARATOR.join(path)


def split_topic(topic: str) -> tuple[str, ...]:
    """The path of a joined topic."""
    return tuple(topic.split(SEPARATOR)) if topic else ()


def judgement_values(message_id: UUID, judgement: Judgement, made_at: datetime) -> dict[str, Any]:
    """The values of a JudgementRow that keeps a judgement."""
    return {
        "message_id": message_id,
        "made_at": made_at,
        "engine": judgement.engine,
        "topic": join_topic(judgement.topic),
        "kind": judgement.kind,
        "sentiment": judgement.sentiment,
        "sentiment_score": judgement.sentiment_score,
        "urgency": judgement.urgency,
        "urgency_rule": judgement.urgency_rule,
        "confidence": judgement.confidence,
        "keywords": list(judgement.keywords),
        "detail": {
            "topics": [[g.path, round(g.probability, 4)] for g in judgement.topics[:KEPT_TOPICS]],
            "leaves": [[g.path, round(g.probability, 4)] for g in judgement.leaves],
            "units": [[g.code, round(g.probability, 4)] for g in judgement.units],
            "places": [[p.text, p.kind, p.start, p.end, p.code] for p in judgement.places],
            "parties": [[p.text, p.kind, p.start, p.end] for p in judgement.parties],
            "target": _target(judgement.target),
            "actionable": round(judgement.actionable, 4),
            "matters": [
                [m.start, m.end, m.topic, round(m.probability, 4)] for m in judgement.matters
            ],
            "evidence": [
                [e.aspect, e.label, e.text, e.start, e.end, round(e.weight, 4), e.rule]
                for e in judgement.evidence
            ],
        },
    }


def read_judgement(row: JudgementRow) -> Judgement:
    """The judgement a row keeps (of its topics the likeliest)."""
    detail = row.detail
    return Judgement(
        topics=_guesses(detail["topics"]),
        leaves=_guesses(detail["leaves"]),
        topic=split_topic(row.topic),
        kind=row.kind,
        sentiment=row.sentiment,
        sentiment_score=row.sentiment_score,
        urgency=row.urgency,
        urgency_rule=row.urgency_rule,
        confidence=row.confidence,
        places=tuple(Place(*place) for place in detail["places"]),
        keywords=tuple(row.keywords),
        evidence=tuple(Evidence(*evidence) for evidence in detail["evidence"]),
        engine=row.engine,
        units=tuple(UnitGuess(*guess) for guess in detail.get("units", ())),
        actionable=detail.get("actionable", 1.0),
        parties=tuple(Party(*party) for party in detail.get("parties", ())),
        target=Target(*target) if (target := detail.get("target")) else None,
        matters=tuple(
            Matter(start, end, tuple(topic), probability)
            for start, end, topic, probability in detail.get("matters", ())
        ),
    )


def _target(target: Target | None) -> list[Any] | None:
    return [target.text, target.kind, target.start, target.end] if target else None


def _guesses(rows: list[Any]) -> tuple[TopicGuess, ...]:
    return tuple(TopicGuess(tuple(path), probability) for path, probability in rows)
