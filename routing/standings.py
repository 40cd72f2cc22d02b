"""What speaks for each department: the leaves of the topics it leads, and who answers such messages.

The model of units that ships knows bodies by the catalogue that ships; one trained here also those the
office sends messages to. What the city has given to others since counts for those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from casework.departments import DISTRICT_GOVERNMENTS, DepartmentTree
from casework.judgement import Judgement, TopicPath
from classifier.loading import shipped_labels
from routing.catalogue import Entry

FLOOR = 0.003
"""A body none of the likely leaves belongs to is counted as if its leaves had this probability."""


class Weights(NamedTuple):
    """How much the logarithm of each counts: what the topics say, the words of the catalogue, and
    the model of units. floor: added to what the topics say."""

    topics: float
    words: float
    units: float
    floor: float


PLAIN = Weights(1.0, 1.0, 0.0, 0.0)
"""Where no model knows the bodies of this city's catalogue."""
LONG, SHORT = Weights(0.15, 0.13, 0.45, FLOOR), Weights(0.35, 0.6, 0.9, FLOOR)
"""Where it does: for a letter, in which many words speak for many bodies, and for a line or two. From
what `python -m benchmarks.unit_weights` fits (0.23, 0.13, 0.59 on both together, by replies that
mostly, not always, name who answered), made less certain for letters and more for the short, whose
guesses were never wrong where the fit said 60 %. The words of the catalogue are what a city says of
itself: in a line of text they count for more than the fit has them.
"""
SHORT_AT_MOST = 100
"""Characters."""


@dataclass(slots=True)
class Standing:
    """What speaks for a department. mass: probability of its leaves; listed: the same by the body
    that leads them in the catalogue; told: by the model of units; words, named: factors."""

    mass: float = 0.0
    listed: dict[str, float] = field(default_factory=dict)
    told: float = 0.0
    words: float = 1.0
    named: float = 1.0
    route: str = "dispatch"
    topic: TopicPath = ()
    best_leaf: float = 0.0
    reasons: dict[str, str] = field(default_factory=dict)

    def odds(self, weights: Weights) -> float:
        return float(
            (self.mass + weights.floor) ** weights.topics
            * self.words**weights.words
            * self.told**weights.units
            * self.named
        )


Standings = dict[str, Standing]


def weights_for(standings: Standings, text: str) -> Weights:
    """How much each counts for a text."""
    if not any(standing.told for standing in standings.values()):
        return PLAIN
    return SHORT if len(text) <= SHORT_AT_MOST else LONG


@dataclass(frozen=True, slots=True)
class Today:
    """Who leads at a time. leads: where the city decided otherwise than the catalogue; leaves_of: what the
    catalogue lists under each body; district: of the message, a code or ""."""

    entries: Mapping[TopicPath, Entry]
    leads: Mapping[TopicPath, str]
    leaves_of: Mapping[str, list[TopicPath]]
    departments: DepartmentTree
    district: str

    def body(self, code: str) -> str:
        """The body that a code of the model of units stands for in this city: one of the catalogue, or
        one the model can only have learnt from what the office sent it; "" for neither."""
        if code in self.leaves_of:
            return code
        # Where a city's own catalogue lacks a code of the shipped one, its body may be quite another.
        return "" if code in shipped_labels("unit") else self.departments.dispatched_as(code)

    def leader(self, path: TopicPath) -> str:
        """The code of the department that leads for a leaf, or "" where none stands."""
        code = self.leads.get(path, self.entries[path].lead)
        if code == DISTRICT_GOVERNMENTS and self.district:
            code = self.district
        return self.departments.standing(code)


def by_topic(judgement: Judgement, today: Today) -> Standings:
    """The departments that lead for the likely leaves."""
    standings: Standings = {}
    for leaf in judgement.leaves:
        entry = today.entries.get(leaf.path)
        code = today.leader(leaf.path) if entry else ""
        if not entry or not code:
            continue
        standing = standings.setdefault(code, Standing())
        standing.mass += leaf.probability
        standing.listed[entry.lead] = standing.listed.get(entry.lead, 0.0) + leaf.probability
        if leaf.probability > standing.best_leaf:
            standing.best_leaf = leaf.probability
            standing.topic, standing.route = leaf.path, entry.route
    return standings


def add_units(standings: Standings, judgement: Judgement, today: Today) -> None:
    """Hands the probability of each body to whoever leads now for what the catalogue lists under it; of one
    the catalogue does not list, to itself. Nothing is told where the city has none of them."""
    said = [(guess, body) for guess in judgement.units if (body := today.body(guess.code))]
    for guess, body in said:
        heirs = _heirs(standings, body, judgement, today)
        total = sum(heirs.values())
        for code, share in heirs.items():
            standings[code].told += guess.probability * share / total
            for word in judgement.evidence:
                if word.aspect == "unit" and word.label == guess.code:
                    standings[code].reasons.setdefault(word.text, "word")
    # A body the model does not know, or says little of, is as likely as the last it names.
    least = min((guess.probability for guess, _ in said), default=0.0)
    for standing in standings.values():
        standing.told = max(standing.told, least)


def _heirs(
    standings: Standings, listed: str, judgement: Judgement, today: Today
) -> dict[str, float]:
    """Who leads for the likely leaves that the catalogue lists under a body, and how likely these are.
    Where there are none: for one under the likeliest topic the body has anything to do with. A body
    the catalogue does not list answers itself, and the likeliest leaf says by which route."""
    if listed not in today.leaves_of:
        path = next((leaf.path for leaf in judgement.leaves if leaf.path in today.entries), ())
        route = today.entries[path].route if path else "dispatch"
        standings.setdefault(listed, Standing(topic=path, route=route))
        return {listed: 1.0}
    found = {
        code: standing.listed[listed]
        for code, standing in standings.items()
        if standing.listed.get(listed)
    }
    if found:
        return found
    rank = {guess.path[0]: place for place, guess in enumerate(judgement.topics)}
    path = min(today.leaves_of[listed], key=lambda leaf: rank.get(leaf[0], len(rank)))
    code = today.leader(path)
    if not code:
        return {}
    standings.setdefault(code, Standing(topic=path, route=today.entries[path].route))
    return {code: 1.0}
