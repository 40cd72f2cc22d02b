"""Phrases looked for in many texts at once are those found in each by going through it."""

from __future__ import annotations

import random

import pytest

from classifier.matters import _likely, _set_apart
from classifier.phrases import PhraseTable, PhraseTables, Sought
from classifier.reading import READ_AT_MOST, Readings, read
from classifier.seeds import read_seeds

PHRASES = ["停水", "停水了", "水了吗", "不停水", "a区", "区a", "！！", "😀😀", "停电"]
LETTERS = "停水了吗不a区!！😀电。 \ud800"


@pytest.fixture(scope="module")
def table() -> PhraseTable[str]:
    return PhraseTable((phrase, phrase) for phrase in PHRASES)


def odd_texts() -> list[str]:
    rng = random.Random(3)
    return ["".join(rng.choices(LETTERS, k=rng.randrange(40))) for _ in range(400)]


def found_in(readings: Readings, *sought: Sought) -> list[list[list[tuple[int, int, str]]]]:
    return PhraseTables(sought).find(readings.whole, readings.whole_begin)


def test_many_texts_are_looked_through_as_each_is(table: PhraseTable[str]) -> None:
    other = PhraseTable([("了吗", "1"), ("停水", "2"), ("a不", "3")])
    for texts in (odd_texts()[:200], odd_texts()[200:], ["停水" * 30, "", "停"], [""], []):
        readings = read(texts)
        every, longest, others = found_in(
            readings, Sought(table, every=True), Sought(table), Sought(other)
        )
        assert every == [table.find(text) for text in readings.plain]
        assert longest == [table.find_longest(text) for text in readings.plain]
        assert others == [other.find_longest(text) for text in readings.plain]


def test_phrases_are_found_as_far_as_is_asked(table: PhraseTable[str]) -> None:
    readings = read(["好" * READ_AT_MOST + "停水了", "停水了"])
    found, early, earlier = found_in(
        readings, Sought(table), Sought(table, until=READ_AT_MOST + 2), Sought(table, until=1)
    )
    assert found == [[(READ_AT_MOST, READ_AT_MOST + 3, "停水了")], [(0, 3, "停水了")]]
    assert early == [[(READ_AT_MOST, READ_AT_MOST + 2, "停水")], [(0, 3, "停水了")]]
    assert earlier == [[], []]


def test_no_text_with_stretches_set_apart_is_passed_over() -> None:
    texts = [
        f"{before}{sign}{begin}路灯坏了很久没有人修。"
        for before in ("", "小区停水，没有人管", "小区停水 ")
        for sign in ("", "。", "！", "\n", "，", "；　", "… ")
        for begin in (
            "另外",
            "另，",
            "另",
            "还有",
            "再者",
            "顺便",
            "同时还",
            "第二、",
            "二、",
            "一 、",
            "（二）",
            "还想",
        )
    ]
    assert len(texts) > 200
    for portion in (texts[:100], texts[100:200], texts[200:]):
        readings = read(portion)
        apart = {number for number, plain in enumerate(readings.plain) if _set_apart(number, plain)}
        assert apart
        assert apart <= set(_likely(readings))


def test_own_sentences_side_by_side_and_alone(table: PhraseTable[str]) -> None:
    texts = [text for text, _ in read_seeds("kind")][:60]
    (together,) = found_in(read(texts), Sought(table))
    assert together == [found_in(read([text]), Sought(table))[0][0] for text in texts]
    assert any(together)
