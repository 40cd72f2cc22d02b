"""Words and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.normalisation import all_normalised, normalised
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
    assert words(text) == [word for word, _, _ in tokens(text)]


@given(st.lists(st.text(st.characters(codec=None) | st.sampled_from("後於乾來臺後来"), max_size=9)))
def test_many_texts_are_normalised_as_each_is(texts: list[str]) -> None:
    assert all_normalised(texts) == [normalised(text) for text in texts]


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


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("路灯不亮", "路灯"),
        ("小区路灯不亮已经三天", "路灯"),
        ("电动车楼道充电", "充电"),
        ("电动车在楼道里充电很危险", "电动车 楼道"),
        ("自来水发黄", "自来水"),
        ("公积金提取要什么材料", "提取"),
        ("住房公积金怎么提取", "公积金提取"),
        ("地铁站口共享单车乱停", "地铁 单车"),
        ("ＷＩＦＩ信号差", "wifi"),
        ("電動車亂停", "电动车"),
    ],
)
def test_a_document_is_found_by_dictionary_words_standing_in_it(text: str, query: str) -> None:
    assert set(words(query)) <= set(search_words(text))


def test_search_words_are_few() -> None:
    text = "路灯不亮，小区的路灯不亮。\n\n——电动车楼道充电！"
    found = search_words(text)
    single = [word for word in found if len(word) == 1]
    assert single == [word for word in words(text) if len(word) == 1]
    extra = found[len(words(text)) :]
    assert len(extra) == len(set(extra))
    assert not set(extra) & set(words(text))
    assert all(word.isalnum() for word in extra)


DICTIONARY_WORDS = st.sampled_from(
    [
        "路灯",
        "灯",
        "电动车",
        "楼道",
        "充电",
        "自来水",
        "发黄",
        "公积金",
        "提取",
        "物业",
        "小区",
        "停水",
        "公交",
        "公交车",
        "车站",
        "地铁",
        "学校",
        "没有",
        "人",
        "处理",
        "垃圾",
        "垃圾站",
        "的",
        "噪音",
        "扰民",
        "施工",
        "工地",
        "网约车",
        "疾控中心",
    ]
)


@given(st.lists(DICTIONARY_WORDS, min_size=1, max_size=6), st.lists(DICTIONARY_WORDS, max_size=6))
def test_a_query_that_is_a_sentence_of_the_text_finds_it(own: list[str], other: list[str]) -> None:
    query, around = "".join(own), "".join(other)
    found = set(search_words(f"{around}，{query}。{around}"))
    assert set(words(query)) <= found


@given(st.lists(DICTIONARY_WORDS, max_size=6), DICTIONARY_WORDS, st.lists(DICTIONARY_WORDS))
def test_a_dictionary_word_finds_any_text_it_stands_in(
    before: list[str], word: str, after: list[str]
) -> None:
    """Not words of one character, which are found where they are words of their own."""
    found = set(search_words("".join([*before, word, *after])))
    assert len(word) == 1 or not cutter().has_word(word) or word in found


@given(st.text("小区公积金停水住房公交车站abc 。", max_size=60))
def test_a_document_is_found_by_its_own_words(text: str) -> None:
    assert set(words(text)) <= set(search_words(text))


def test_our_additions_are_words() -> None:
    assert "疾控中心" in words("市疾控中心没有疫苗")
    assert cutter().has_word("网约车")
    assert DICTIONARY_VERSION.startswith("rjieba-")
