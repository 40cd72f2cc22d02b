"""How each model is fitted. What was tried, and what each thing brought: docs/classifier.md."""

from __future__ import annotations

from classifier.fitting import Recipe

RECIPES = {
    "topic": Recipe(
        cost=1.5,
        at_most=100_000,
        evening=0.5,
        meaning=0.4,
        company=0.4,
        telling=0.55,
        by_rarity=True,
        lift=0.35,
        openings=0.3,
    ),
    "sentiment": Recipe(
        cost=0.3, at_most=80_000, evening=0.3, meaning=1.2, company=0.8, telling=0.7
    ),
    "kind": Recipe(
        cost=0.25, at_most=60_000, evening=0.8, meaning=0.3, company=0.3, by_rarity=True
    ),
    "urgency": Recipe(cost=1.0, at_most=20_000, evening=0.8, meaning=2.0),
    "actionable": Recipe(cost=0.5, at_most=20_000, meaning=2.0),
    "unfit": Recipe(cost=0.5, at_most=20_000, meaning=2.0),
    "unit": Recipe(cost=0.5, at_most=40_000, meaning=1.0),
}

CIVIC_WEIGHT = {"sentiment": 8.0, "kind": 5.0}
"""Beside a large file, each row of a small one (and each own sentence) weighs so much; else 1."""

DOMAIN_WEIGHT = {"virus": 2.0}
"""Each row of these domains of the largest file; else 1. Posts of an epidemic are what a city watches, and
fewer than the others beside them."""

OWN_WEIGHT = {"actionable": 10.0, "unfit": 10.0}
"""Each own sentence weighs so much where the rows of the files are labelled by where they come from."""
