"""Is a message urgent? Rules written as data, read with negation, tense, supposition, quotation."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from casework.judgement import Evidence
from casework.taxonomy import NORMAL, PRAISE, SUGGESTION, URGENT
from classifier.danger import (
    WEIGHED,
    DangerModel,
    Found,
    danger_sought,
    evidence_of,
    features,
    score,
)
from classifier.phrases import PhraseTable, PhraseTables, Sought
from classifier.present import Context, Present, supposed
from classifier.reading import READ_AT_MOST, Readings, begins_at, ends_at
from classifier.sentences import Sentence, Sentences

RULES_FILE = Path(__file__).parent / "rules" / "urgency.toml"

EVIDENCE_AT_MOST = 8

ALIKE = "danger.alike"
"""The rule's name where a model, and no rule, says that a text is urgent."""

BY_MODEL = (ALIKE, WEIGHED)
"""What is urgent by a model and not by a rule: one in sixty ordinary messages, mostly wrongly."""

SHORT = 100
"""A text of at most so many characters says one thing; in a long one, words that alone would mean
danger stand among others."""

HITS_AT_MOST = 8
"""Words of the rules looked at in one sentence; what repeats them more often is no sentence."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the file; its fields are explained there. order: its place in the file."""

    id: str
    order: int
    near: tuple[str, ...]
    within: int
    unless: tuple[str, ...]
    event: bool


Hit = tuple[int, int, tuple[Rule, ...]]
"""Start and end of a word of rules, and these rules."""


class Signs(Struct, frozen=True):
    """hits: the words of rules in a text, by their start; danger: its words of danger."""

    hits: list[Hit]
    danger: Found


class Urgency(Struct, frozen=True):
    """level: "urgent" or "normal"; rule: the id of the rule that fired first in the file's order, or
    ""; evidence: the words, with their offsets, of all rules that fired."""

    level: str
    rule: str
    evidence: tuple[Evidence, ...]


@cache
def _rules() -> tuple[PhraseTable[tuple[Rule, ...]], Context]:
    file = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    by_word: dict[str, list[Rule]] = defaultdict(list)
    for order, row in enumerate(file["rule"]):
        rule = Rule(
            row["id"],
            order,
            tuple(row.get("near", ())),
            row.get("within", 12),
            tuple(row.get("unless", ())),
            row.get("event", False),
        )
        for word in row["words"]:
            by_word[word].append(rule)
    table = PhraseTable((word, tuple(rules)) for word, rules in by_word.items())
    return table, Context(**{name: tuple(words) for name, words in file["context"].items()})


def urgency_of(
    text: str,
    parts: Sentences,
    signs: Signs,
    kind: str,
    feeling: float,
    danger: DangerModel,
    chance: float,
    why: Sequence[Evidence],
) -> Urgency:
    """Applies the rules; where none fires, asks of a short text that is neither suggestion nor
    praise whether it reads as urgent ones do, and of a long one weighs its words of danger.

    parts: the sentences of the normalised text, which is as long as text; signs: see `signs_in`;
    kind, feeling: what else was judged; chance, why: what the model of short texts says, and the
    words that say so.
    """
    found = by_rules(text, parts, signs.hits)
    if found.rule:
        return found
    if len(text) <= SHORT and chance > 0.5 and why and kind not in (SUGGESTION, PRAISE):
        return Urgency(URGENT, ALIKE, tuple(why))
    return _weighed(text, parts, signs.danger, kind, feeling, danger)


def _weighed(
    text: str, parts: Sentences, found: Found, kind: str, feeling: float, danger: DangerModel
) -> Urgency:
    plain = parts.plain[:READ_AT_MOST]
    if score(danger, features(found, len(plain), kind, feeling)) < danger.urgent_from:
        return Urgency(NORMAL, "", ())
    # Looking at every word's sentence takes longer than weighing: only what may be urgent is.
    found = _happening(Sentences(plain), found)
    if score(danger, features(found, len(plain), kind, feeling)) < danger.urgent_from:
        return Urgency(NORMAL, "", ())
    evidence = evidence_of(danger, text, found)
    return Urgency(URGENT, WEIGHED, evidence) if evidence else Urgency(NORMAL, "", ())


def _happening(parts: Sentences, found: Found) -> Found:
    """The words that are neither denied nor copied, in sentences of the present world."""
    present = Present(parts, _rules()[1])
    return [word for word in found if present.tells(word[0])]


@cache
def signs_sought() -> tuple[Sought, Sought]:
    """The words of rules and those of danger."""
    return Sought(_rules()[0], every=True), danger_sought()


def signs_in(
    readings: Readings, sought: tuple[list[list[Hit]], list[Found]] | None = None
) -> list[Signs]:
    """The signs in each text. sought: what was found of signs_sought, if that is known already."""
    hits, danger = sought or _tables().find(readings.whole, readings.whole_begin)
    return [
        Signs(_whole_words(hits, edges) if hits else hits, words)
        for hits, edges, words in zip(hits, readings.edges, danger, strict=True)
    ]


@cache
def _tables() -> PhraseTables:
    return PhraseTables(signs_sought())


def by_rules(text: str, parts: Sentences, hits: list[Hit]) -> Urgency:
    """What the rules alone say."""
    context = _rules()[1]
    if not hits:
        return Urgency(NORMAL, "", ())
    present = Present(parts, context)
    fired: list[tuple[Rule, int, int]] = []
    known: dict[tuple[str, int, int], list[Rule]] = {}
    part, looked = Sentence("", 0, 0), 0
    for start, end, rules in hits:
        if start >= part.end:
            part, looked = present.sentence_at(start), 0
        looked += 1
        if looked <= HITS_AT_MOST and present.tells(start):
            key = (part.text, start - part.start, end - start)
            if key not in known:
                known[key] = [one for one in rules if _applies(one, part, start, end, context)]
            fired += [(rule, start, end) for rule in known[key]]
    if not fired:
        return Urgency(NORMAL, "", ())
    first = min(fired, key=lambda hit: hit[0].order)[0]
    return Urgency(URGENT, first.id, _evidence(text, fired))


def _whole_words(hits: list[Hit], edges: bytes) -> list[Hit]:
    """Leaves out what both begins and ends inside other words: 轻生 in 减轻|生产, 断水 in 挖断|水管.
    Beyond what was read nothing is left out."""
    return [
        hit
        for hit in hits
        if _is_cut(hit[0], edges) or _is_cut(hit[1], edges) or hit[1] > READ_AT_MOST
    ]


def _is_cut(at: int, edges: bytes) -> bool:
    """Whether a word begins or ends here."""
    return begins_at(edges, at) or ends_at(edges, at)


def _applies(rule: Rule, part: Sentence, start: int, end: int, context: Context) -> bool:
    first, last = start - part.start, end - part.start
    if any(word in part.text for word in rule.unless):
        return False
    if rule.event and supposed(part.text[:first], context):
        return False
    if not rule.near:
        return True
    around = part.text[max(0, first - rule.within) : last + rule.within]
    rest = around.replace(part.text[first:last], "", 1)
    return any(word in rest for word in rule.near)


def _evidence(text: str, fired: list[tuple[Rule, int, int]]) -> tuple[Evidence, ...]:
    words: list[Evidence] = []
    for rule, start, end in sorted(fired, key=lambda hit: (hit[0].order, hit[1])):
        if len(words) == EVIDENCE_AT_MOST:
            break
        if all(end <= word.start or start >= word.end for word in words):
            words.append(Evidence("urgency", URGENT, text[start:end], start, end, 1.0, rule.id))
    weights = [1 / (rank + 1) for rank in range(EVIDENCE_AT_MOST)]
    return tuple(replace(word, weight=weight) for word, weight in zip(words, weights, strict=False))
