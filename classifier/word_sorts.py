"""What sort of word a word is, by the tags of the dictionary that texts are cut with."""

from __future__ import annotations

from functools import lru_cache

from classifier.segmentation import cutter, dictionary_version

CACHED = 20_000

_NO_NAME = ("v", "d", "p", "c", "r", "u", "m", "q", "t", "y", "e", "ad")
_NO_NAME_ALONE = ("p", "c", "d", "r", "u", "y")
"""Beginnings of tags: verbs, adverbs, prepositions, conjunctions, pronouns, particles, numbers, times. Of a single
character verbs and numbers are left out: they are pieces of names (建 in 建业公司)."""

_NUMERALS = frozenset("第零〇一二三四五六七八九十百")

_USED_AS_NOUN = "vn"
_NOUNS = ("n", _USED_AS_NOUN, "j")
_PLACE = "ns"
"""Places are where somebody is displeased, seldom what they are displeased with."""


def ends_name(word: str) -> bool:
    """Whether the name of a body cannot reach back over the word: no noun, by the dictionary, and no
    verb used as one (管理). Words it lacks do not end names, nor do numbers alone (第一, 十五)."""
    if not cutter().has_word(word) or _NUMERALS.issuperset(word):
        return False
    _, tag = _last_piece(word, dictionary_version())
    if len(word) == 1:
        return tag.startswith(_NO_NAME_ALONE)
    return tag.startswith(_NO_NAME) and tag != _USED_AS_NOUN


def last_noun(word: str) -> str:
    """The last word of the dictionary that a word, or several, end in (of 渣土车 it is 车), if that is
    of a single character or a noun and no place; else ""."""
    piece, tag = _last_piece(word, dictionary_version())
    noun = tag.startswith(_NOUNS) and tag != _PLACE
    return piece if noun or len(piece) == 1 else ""


@lru_cache(maxsize=CACHED)
def _last_piece(word: str, _dictionary: str) -> tuple[str, str]:
    """The piece and its tag. A city's own words have none that says anything, and count as nouns.
    The version of the dictionary is there so that another one is asked anew."""
    tagged: list[tuple[str, str]] = cutter().tag(word, False)
    piece, tag = tagged[-1] if tagged else ("", "")
    return piece, "n" if tag == "x" else tag
