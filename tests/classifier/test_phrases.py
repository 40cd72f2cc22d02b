"""Phrases looked for only where they may begin are those found by going through the whole text."""

from __future__ import annotations

import random

import pytest

from classifier.matters import _likely, _set_apart
from classifier.phrases import PhraseTable, PhraseTables
from classifier.reading import (
    READ_AT_MOST,
    likely_places,
    likely_places_of_all,
    phrases_in,
    read,
)
from classifier.seeds import read_seeds

PHRASES = ["停水", "停水了", "水了吗", "不停水", "a区", "区a", "！！", "😀😀", "停电"]
LETTERS = "停水了吗不a区!！😀电。 \ud800"


@pytest.fixture(scope="module")
def table() -> PhraseTable[str]:
    return PhraseTable((phrase, phrase) for phrase in PHRASES)


def odd_texts() -> list[str]:
    rng = random.Random(3)
    return ["".join(rng.choices(LETTERS, k=rng.randrange(40))) for _ in range(400)]


def test_looking_where_phrases_may_begin_finds_them_all(table: PhraseTable[str]) -> None:
    for texts in (odd_texts()[:200], odd_texts()[200:], ["停水" * 30, "", "停"]):
        readings = read(texts)
        assert phrases_in(table, readings) == [table.find_longest(text) for text in readings.plain]
        assert [
            table.find_at(plain, places)
            for plain, places in zip(readings.plain, likely_places(table, readings), strict=True)
        ] == [table.find(plain) for plain in readings.plain]


def test_several_tables_are_looked_up_as_each_is(table: PhraseTable[str]) -> None:
    other = PhraseTable([("了吗", 1), ("停水", 2), ("a不", 3)])
    for texts in (odd_texts()[:200], ["停水了吗" * 9], [""]):
        readings = read(texts)
        both = likely_places_of_all(PhraseTables([table, other]), readings)
        assert both == [likely_places(table, readings), likely_places(other, readings)]
    assert both == [[[]], [[]]]


def test_behind_what_was_read_phrases_are_found_too(table: PhraseTable[str]) -> None:
    text = "好" * READ_AT_MOST + "停水了"
    assert phrases_in(table, read([text]))[0] == [(READ_AT_MOST, READ_AT_MOST + 3, "停水了")]


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
    texts = [text for text, _ in read_seeds("kind")]
    together = phrases_in(table, read(texts[:60]))
    assert together == [phrases_in(table, read([text]))[0] for text in texts[:60]]
