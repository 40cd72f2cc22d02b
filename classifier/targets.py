"""Whom or what the writer's feeling is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from casework.judgement import Evidence, Party, Place, Target
from casework.taxonomy import NEUTRAL
from classifier.sentences import Sentence, sentences

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
    plain: str,
    label: str,
    feeling: Sequence[Evidence],
    parties: Sequence[Party],
    places: Sequence[Place],
    topic: Sequence[Evidence],
) -> Target | None:
    """What is named nearest to the words of feeling, in the same sentence: somebody, what the
    message is about, or a place; else the strongest word of the topic. None for a neutral text.

    label: the sentiment; feeling, topic: the words that decided sentiment and topic.
    """
    if label == NEUTRAL or not feeling:
        return None
    named = [
        *(Target(one.text, one.kind, one.start, one.end) for one in parties),
        *(Target(one.text, MATTER, one.start, one.end) for one in topic),
        *(Target(one.text, one.kind, one.start, one.end) for one in places if one.kind in MEANT),
    ]
    spoken: dict[int, float] = defaultdict(float)
    for part, words in _by_sentence(plain, sorted(feeling, key=_start)):
        for number, one in enumerate(named):
            if part.start <= one.start < part.end:
                spoken[number] += COUNTS.get(one.kind, 1.0) * sum(
                    _says(word, one) for word in words
                )
    if spoken:
        return named[max(spoken, key=lambda number: (spoken[number], -number))]
    return next((one for one in named if one.kind == MATTER), None)


def _by_sentence(
    plain: str, words: Sequence[Evidence]
) -> Iterator[tuple[Sentence, list[Evidence]]]:
    """The sentences in which words of feeling stand, with them; both in their order."""
    rest = list(reversed(words))
    for part in sentences(plain):
        inside = []
        while rest and rest[-1].start < part.end:
            inside.append(rest.pop())
        if inside:
            yield part, inside
        if not rest:
            return


def _says(word: Evidence, named: Target) -> float:
    """How much a word of feeling says about somebody: the more the nearer."""
    before = word.start - named.end
    distance = before if before >= 0 else max(0, named.start - word.end) + BEHIND
    return word.weight / (1 + distance / NEAR)


def _start(evidence: Evidence) -> int:
    return evidence.start
