"""What may be the same matter as a text: asked of the records and of the trend index."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from casework.errors import IndexUnavailable
from casework.model import OPEN_STATES
from casework.permissions import Scope
from casework.storage.queries.alike import Alike, Known, alike
from casework.taxonomy import REPORT
from classifier.segmentation import tokens, words
from web.city import city
from web.evidence import Mark, underline

SIMILAR = 8
SHORTEST_WORD = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """A ticket that may be the same matter; excerpt: with the words both have underlined.
    joinable: whether it can carry another message."""

    found: Alike
    excerpt: Markup
    joinable: bool


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
    same = {word for word in words(text) if len(word) >= SHORTEST_WORD}
    return tuple(_offer(one, same) for one in found), answered


def _offer(found: Alike, same: set[str]) -> Offer:
    excerpt = found.line.excerpt
    marks = [Mark(start, end, "same") for word, start, end in tokens(excerpt) if word in same]
    joinable = found.line.state in OPEN_STATES and found.line.kind != REPORT
    return Offer(found, underline(excerpt, marks), joinable)
