"""Whom or what the writer's feeling is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from casework.judgement import Evidence, Party, Place, Target
from casework.taxonomy import NEUTRAL
from classifier.sentences import Sentences

NEAR = 12
"""At so many characters a word of feeling says half as much about somebody."""

BEHIND = 6
"""Who is named behind the word of feeling counts as so much farther away: 物业态度恶劣."""

MATTER = "matter"

MEANT = ("compound", "road", "bus", "other")
"""Kinds of places people are displeased with; a district is only where they are."""

COUNTS = {MATTER: 0.8, "compound": 0.5, "road": 0.5, "bus": 0.9, "other": 0.5}
"""What is said beside what the message is about, or beside a place, may be about somebody else."""


def target_of(
    parts: Sentences,
    label: str,
    feeling: Sequence[Evidence],
    parties: Sequence[Party],
    places: Sequence[Place],
    topic: Sequence[Evidence],
) -> Target | None:
    """What is named nearest to the words of feeling, in the same sentence: somebody, what the
    message is about, or a place; else the strongest word of the topic. None for a neutral text.

    parts: the sentences of the text; label: the sentiment; feeling, topic: the words that decided sentiment and topic.
    """
    if label == NEUTRAL or not feeling:
        return None
    named = [
        *((one.text, one.kind, one.start, one.end) for one in parties),
        *((one.text, MATTER, one.start, one.end) for one in topic),
        *((one.text, one.kind, one.start, one.end) for one in places if one.kind in MEANT),
    ]
    spoken: dict[int, list[Evidence]] = defaultdict(list)
    for word in sorted(feeling, key=attrgetter("start")):
        spoken[parts.number_at(word.start)].append(word)
    best, most = None, -1.0
    for one in named:
        words = spoken.get(parts.number_at(one[2]))
        if words:
            says = COUNTS.get(one[1], 1.0) * sum([_says(word, one[2], one[3]) for word in words])
            if says > most:
                best, most = one, says
    if best is None:
        best = next((one for one in named if one[1] == MATTER), None)
    return None if best is None else Target(*best)


def _says(word: Evidence, start: int, end: int) -> float:
    """How much a word of feeling says about what is named there: the more the nearer."""
    before = word.start - end
    distance = before if before >= 0 else max(0, start - word.end) + BEHIND
    return word.weight / (1 + distance / NEAR)
