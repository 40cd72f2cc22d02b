"""Whom or what the writer's feeling is about."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path

from casework.judgement import Evidence, Party, Place, Target
from casework.taxonomy import NEUTRAL
from classifier.segmentation import dictionary_version
from classifier.sentences import Sentences
from classifier.word_sorts import last_noun

RULES_FILE = Path(__file__).parent / "rules" / "targets.toml"

NEAR = 12
"""At so many characters a word of feeling says half as much about somebody."""

BEHIND = 6
"""Who is named behind the word of feeling counts as so much farther away: 物业态度恶劣."""

MATTER = "matter"

MEANT = ("compound", "road", "bus", "other")
"""Kinds of places people are displeased with; a district is only where they are."""

COUNTS = {MATTER: 0.8, "compound": 0.5, "road": 0.5, "bus": 0.9, "other": 0.5}
"""What is said beside what the message is about, or beside a place, may be about somebody else."""

_HELPS = re.compile(
    r"(?:政府|局|委|委员会|部门|办|办事处|派出所|法院|检察院|大队|中队|居委会|村委会|书记|[市县区镇乡省]长|领导|人员|城管|交警|[民公]?警察?|热线)$"
)
"""Bodies and people whom others ask to help."""

_ASKS = re.compile(
    r"(?:希望|盼望?|期[盼望]|恳[请求]|请求?|敬请|跪?求|望|呼吁|相信|信任|依靠|指望|麻烦|拜托|建议|尊敬的?)[^,。!?;:\n]{0,6}$"
)
_TURNS_TO = re.compile(r"(?:向|到|去|往|经|找|转?给|打|致电|联系|前往|询问|咨询)[^。!?;:\n]{0,10}$")
_TOLD = re.compile(
    r"[^,。!?;:\n]{0,5}(?:反映|反应|投诉|了解|咨询|询问|求助|举报|报告|申请|上访|报案|报警|信访|无人知晓)"
)
"""Before and behind whom the writer asked: 希望市政府…, 多次向街道办事处反映."""

LOOKED_AT = 16
"""Characters before and behind a name that say whether it was asked for help."""


@cache
def _words() -> dict[str, frozenset[str]]:
    file = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in file.items()}


def target_of(
    parts: Sentences,
    label: str,
    feeling: Sequence[Evidence],
    parties: Sequence[Party],
    places: Sequence[Place],
    topic: Sequence[Evidence],
) -> Target | None:
    """What is named nearest to the words of feeling, in the same sentence: somebody, a thing the
    message is about, or a place; else the strongest word of the topic that is a thing. Whom the writer
    asks for help is not meant. None for a neutral text, and where nothing is left.

    parts: the sentences of the text; label: the sentiment; feeling, topic: the words that decided sentiment and topic.
    """
    if label == NEUTRAL or not feeling:
        return None
    plain = parts.plain
    named = [
        *((one.text, one.kind, one.start, one.end) for one in parties),
        *(
            (one.text, MATTER, one.start, one.end)
            for one in topic
            if is_thing(plain[one.start : one.end])
        ),
        *((one.text, one.kind, one.start, one.end) for one in places if _is_meant(one)),
    ]
    named = [one for one in named if not _asked(plain, one[2], one[3])]
    spoken: dict[int, list[Evidence]] = defaultdict(list)
    for word in sorted(feeling, key=attrgetter("start")):
        spoken[parts.number_at(word.start)].append(word)
    best, most = None, 0.0
    for one in named:
        words = spoken.get(parts.number_at(one[2]))
        if words:
            says = COUNTS.get(one[1], 1.0) * sum([_says(word, *one[1:]) for word in words])
            if says > most:
                best, most = one, says
    if best is None:
        best = next((one for one in named if one[1] == MATTER), None)
    return None if best is None else Target(*best)


def _says(word: Evidence, kind: str, start: int, end: int) -> float:
    """How much a word of feeling says about what is named there: the more the nearer. A name says
    nothing about itself, though texts that name it be mostly displeased ones."""
    if kind != MATTER and word.start < end and start < word.end:
        return 0.0
    before = word.start - end
    distance = before if before >= 0 else max(0, start - word.end) + BEHIND
    return word.weight / (1 + distance / NEAR)


def _is_meant(place: Place) -> bool:
    return place.kind in MEANT and not place.text.endswith(("市", "省"))


def is_thing(word: str) -> bool:
    """Whether a word of the topic names what one can be displeased with: no verb, no place, no piece
    of two words, and not those who write."""
    return _is_thing(word, dictionary_version())


@lru_cache(maxsize=20_000)
def _is_thing(word: str, _dictionary: str) -> bool:
    """By the dictionary of this version."""
    words = _words()
    if word in words["things"]:
        return True
    if word in words["vague"] or word.isascii() or word.endswith(tuple(words["writers"])):
        return False
    head = last_noun(word)
    if len(head) == 1:
        return len(word) > 1 and head in words["heads"]
    return bool(head) and head not in words["vague"]


@lru_cache(maxsize=20_000)
def _helps(name: str) -> bool:
    return _HELPS.search(name) is not None


def _asked(plain: str, start: int, end: int) -> bool:
    """Whether the writer asks this body or person for help, or has told them."""
    if not _helps(plain[start:end]):
        return False
    before = plain[max(0, start - LOOKED_AT) : start]
    if _ASKS.search(before):
        return True
    behind = plain[end : end + LOOKED_AT]
    return bool(_TURNS_TO.search(before) and _TOLD.match(behind))
