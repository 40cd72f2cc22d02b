"""What may be the same matter as a text: asked of the records and of the trend index."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from casework.errors import IndexUnavailable
from casework.model import OPEN_STATES
from casework.permissions import Scope
from casework.storage.queries.alike import Alike, Known, Why, alike
from casework.taxonomy import REPORT
from classifier.segmentation import tokens, words
from web.city import city
from web.evidence import Mark, underline

SIMILAR = 8
SHORTEST_WORD = 2
LEAST_SHARED = 0.3
"""The index always finds something; less in common than this is not worth showing."""
SAME_SENDER = 0.5
SAME_WORDS = 1.0
"""What each adds to the share of words in common, for the order."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A ticket that may be the same matter; excerpt: with the words both have underlined. shared:
    the part, in [0, 1], of the words of the shorter of both that the other one has. joinable:
    whether it can carry another message."""

    found: Alike
    excerpt: Markup
    shared: float
    joinable: bool

    @property
    def weight(self) -> float:
        """How likely it is the same: people ring about many things, so the words say more."""
        why = self.found.why
        return self.shared + SAME_SENDER * (Why.SENDER in why) + SAME_WORDS * (Why.WORDS in why)


def offers_like(text: str, known: Known, scope: Scope) -> tuple[tuple[Offer, ...], bool]:
    """What may be the same, the likeliest first, and whether the index answered."""
    served = city()
    answered, similar = True, []
    if text.strip():
        try:
            hits = served.index.similar(text, scope, SIMILAR)
            similar = [hit.message_id for hit in hits]
        except IndexUnavailable:
            answered = False
    with served.records.read() as work:
        found = alike(work, served.office(), scope, known, similar)
    own = {word for word in words(text) if len(word) >= SHORTEST_WORD}
    offers = [_offer(one, own) for one in found]
    worth = [one for one in offers if one.shared >= LEAST_SHARED or one.found.why != (Why.SIMILAR,)]
    return tuple(sorted(worth, key=lambda one: -one.weight)), answered


def _offer(found: Alike, own: set[str]) -> Offer:
    excerpt = found.line.excerpt
    cut = [token for token in tokens(excerpt) if len(token[0]) >= SHORTEST_WORD]
    theirs = {word for word, _, _ in cut}
    marks = [Mark(start, end, "same") for word, start, end in cut if word in own]
    shorter = min(len(own), len(theirs))
    shared = len(own & theirs) / shorter if shorter else 0.0
    joinable = found.line.state in OPEN_STATES and found.line.kind != REPORT
    return Offer(found, underline(excerpt, marks), shared, joinable)
