"""Words and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.normalisation import normalised
from classifier.segmentation import DICTIONARY_VERSION, cutter, search_words, tokens, words


@given(st.text(st.characters(codec=None), max_size=200))
def test_tokens_stand_where_they_say(text: str) -> None:
    plain = normalised(text)
    assert len(plain) == len(text)
    end_before = 0
    for word, start, end in tokens(text):
        assert end_before <= start < end <= len(text)
        assert word == plain[start:end]
        end_before = end


def test_spaces_and_punctuation_are_no_words() -> None:
    assert words("停水，两天！\n 请 问 http://a.cn/b?c=1") == [
        "停水", "两天", "请", "问", "http", "a.cn", "b", "c", "1",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "😀", "，。", "ａｂｃ１２３", "電話號碼"])
def test_odd_characters_break_nothing(text: str) -> None:
    assert words(text) == [word for word, _, _ in tokens(text)]
    search_words(text)


def test_letters_are_folded() -> None:
    assert words("ＡＢＣ") == words("abc") == words("ABC")
    assert words("電話") == words("电话")


def test_a_longer_word_is_found_by_its_parts() -> None:
    assert "公积金" in search_words("住房公积金怎么提取")
    assert "公交" in search_words("公交车不来")


@given(st.text("小区公积金停水住房公交车站abc 。", max_size=60))
def test_a_document_is_found_by_its_own_words(text: str) -> None:
    assert set(words(text)) <= set(search_words(text))


def test_our_additions_are_words() -> None:
    assert "疾控中心" in words("市疾控中心没有疫苗")
    assert cutter().has_word("网约车")
    assert DICTIONARY_VERSION.startswith("rjieba-")
