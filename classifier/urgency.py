"""Is a message urgent? Rules written as data, read with negation, tense, supposition, quotation."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from casework.judgement import Evidence
from casework.taxonomy import NORMAL, PRAISE, SUGGESTION, URGENT
from classifier.danger import (
    WEIGHED,
    DangerModel,
    Found,
    evidence_of,
    features,
    score,
    words_of_danger,
)
from classifier.phrases import PhraseTable
from classifier.reading import READ_AT_MOST
from classifier.sentences import Sentence, sentences

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

DENIAL_REACHES = 4
"""A denial counts when at most so many characters stand between it and the word."""

FEAR_REACHES = 8
"""A fear ("may", "lest") counts when it stands within so many characters before the word; a
supposition ("if") reaches through the whole sentence."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the file; its fields are explained there. order: its place in the file."""

    id: str
    order: int
    near: tuple[str, ...]
    within: int
    unless: tuple[str, ...]
    event: bool


@dataclass(frozen=True, slots=True)
class Context:
    """The words of the file's context table."""

    denied: tuple[str, ...]
    not_denied: tuple[str, ...]
    staged: tuple[str, ...]
    past: tuple[str, ...]
    still: tuple[str, ...]
    long_past: tuple[str, ...]
    again: tuple[str, ...]
    supposed: tuple[str, ...]
    feared: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Urgency:
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
    plain: str,
    starts: Sequence[int],
    ends: Sequence[int],
    kind: str,
    feeling: float,
    danger: DangerModel,
    chance: float,
    why: Sequence[Evidence],
) -> Urgency:
    """Applies the rules; where none fires, asks of a short text that is neither suggestion nor
    praise whether it reads as urgent ones do, and of a long one weighs its words of danger.

    plain: the normalised text, of the same length as text; starts, ends: where its words stand;
    kind, feeling: what else was judged; chance, why: what the model of short texts says, and the
    words that say so.
    """
    found = by_rules(text, plain, starts, ends)
    if found.rule:
        return found
    if len(plain) <= SHORT and chance > 0.5 and why and kind not in (SUGGESTION, PRAISE):
        return Urgency(URGENT, ALIKE, tuple(why))
    return _weighed(text, plain, kind, feeling, danger)


def _weighed(text: str, plain: str, kind: str, feeling: float, danger: DangerModel) -> Urgency:
    plain = plain[:READ_AT_MOST]
    found = words_of_danger(plain)
    if score(danger, features(found, len(plain), kind, feeling)) < danger.urgent_from:
        return Urgency(NORMAL, "", ())
    # Looking at every word's sentence takes longer than weighing: only what may be urgent is.
    found = _happening(plain, found)
    if score(danger, features(found, len(plain), kind, feeling)) < danger.urgent_from:
        return Urgency(NORMAL, "", ())
    evidence = evidence_of(danger, text, found)
    return Urgency(URGENT, WEIGHED, evidence) if evidence else Urgency(NORMAL, "", ())


def _happening(plain: str, found: Found) -> Found:
    """The words that are neither denied nor copied, in sentences of the present world."""
    context = _rules()[1]
    parts = iter(sentences(plain))
    part, real = next(parts), None
    kept: Found = []
    for start, end, group in found:
        while start >= part.end:
            part, real = next(parts), None
        if real is None:
            real = _is_real(part, context)
        if real and _happens(plain, part, start, context):
            kept.append((start, end, group))
    return kept


def by_rules(text: str, plain: str, starts: Sequence[int], ends: Sequence[int]) -> Urgency:
    """What the rules alone say."""
    table, context = _rules()
    hits = table.find(plain)
    if hits:
        hits = _whole_words(hits, {*starts, *ends})
    if not hits:
        return Urgency(NORMAL, "", ())
    fired: list[tuple[Rule, int, int]] = []
    parts = iter(sentences(plain))
    part = next(parts)
    real: bool | None = None
    looked = 0
    for start, end, rules in hits:
        while start >= part.end:
            part = next(parts)
            real, looked = None, 0
        if real is None:
            real = _is_real(part, context)
        looked += 1
        if looked <= HITS_AT_MOST and real and _happens(plain, part, start, context):
            fired += [
                (rule, start, end) for rule in rules if _applies(rule, part, start, end, context)
            ]
    if not fired:
        return Urgency(NORMAL, "", ())
    first = min(fired, key=lambda hit: hit[0].order)[0]
    return Urgency(URGENT, first.id, _evidence(text, fired))


def _whole_words(
    hits: list[tuple[int, int, tuple[Rule, ...]]], cuts: set[int]
) -> list[tuple[int, int, tuple[Rule, ...]]]:
    """Leaves out what both begins and ends inside other words: 轻生 in 减轻|生产, 断水 in 挖断|水管.
    Beyond what was read nothing is left out."""
    return [hit for hit in hits if hit[0] in cuts or hit[1] in cuts or hit[1] > READ_AT_MOST]


def _is_real(part: Sentence, context: Context) -> bool:
    """Whether a sentence tells of the present world: nothing staged, nothing of former times."""
    if _has(part.text, context.staged):
        return False
    if _has(part.text, context.long_past):
        return _has(part.text, context.again)
    return not _has(part.text, context.past) or _has(part.text, context.still)


def _has(sentence: str, words: tuple[str, ...]) -> bool:
    return any(word in sentence for word in words)


def _happens(plain: str, part: Sentence, start: int, context: Context) -> bool:
    """Whether the word at start is neither denied nor copied."""
    before = part.text[: start - part.start]
    around = part.text[max(0, start - part.start - 6) :][:16]
    return not _denied(before, around, context) and not _copied(plain, part, start, context)


def _denied(before: str, around: str, context: Context) -> bool:
    if any(word in around for word in context.not_denied):
        return False
    reach = before[-(DENIAL_REACHES + 4) :]
    for word in context.denied:
        at = reach.rfind(word)
        if at >= 0 and len(reach) - at - len(word) <= DENIAL_REACHES:
            return True
    return False


def _copied(plain: str, part: Sentence, start: int, context: Context) -> bool:
    """Whether the word stands in a title, or in quotation marks that nobody's speech precedes."""
    title = plain.rfind("《", part.start, start)
    if title > plain.rfind("》", part.start, start):
        return True
    opening = plain.rfind("“", part.start, start)
    if opening <= plain.rfind("”", part.start, start):
        return False
    return not any(word in plain[max(0, opening - 8) : opening] for word in context.said)


def _applies(rule: Rule, part: Sentence, start: int, end: int, context: Context) -> bool:
    first, last = start - part.start, end - part.start
    if any(word in part.text for word in rule.unless):
        return False
    if rule.event and _supposed(part.text[:first], context):
        return False
    if not rule.near:
        return True
    around = part.text[max(0, first - rule.within) : last + rule.within]
    rest = around.replace(part.text[first:last], "", 1)
    return any(word in rest for word in rule.near)


def _supposed(before: str, context: Context) -> bool:
    if any(word in before for word in context.supposed):
        return True
    close = before[-FEAR_REACHES:]
    return any(word in close for word in context.feared)


def _evidence(text: str, fired: list[tuple[Rule, int, int]]) -> tuple[Evidence, ...]:
    words: list[Evidence] = []
    for rule, start, end in sorted(fired, key=lambda hit: (hit[0].order, hit[1])):
        if len(words) == EVIDENCE_AT_MOST:
            break
        if all(end <= word.start or start >= word.end for word in words):
            words.append(Evidence("urgency", URGENT, text[start:end], start, end, 1.0, rule.id))
    weights = [1 / (rank + 1) for rank in range(EVIDENCE_AT_MOST)]
    return tuple(replace(word, weight=weight) for word, weight in zip(words, weights, strict=False))
