"""The city's words: the file they come in, their frequencies, and that jieba would cut the same."""

from __future__ import annotations

import csv
import logging
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import FileUnreadable
from casework.word_lists import UserWord
from classifier.listed_lines import PROBLEMS_TOLD, BadLine, ListUnreadable, decoded
from classifier.normalisation import normalised
from classifier.segmentation import (
    DICTIONARY_VERSION,
    additions,
    cut,
    dictionary_in_use,
    dictionary_version,
    plain_dictionary,
    use_dictionary,
)
from classifier.user_dictionary import JiebaFrequencies, build, read_dictionary, read_word, written

ENOUGH = 0.995
"""Of jieba's tokens; what differs are figures and addresses joined by - and ., see docs/learning.md."""


@pytest.fixture
def _dictionary_put_back() -> Iterator[None]:
    before = dictionary_in_use()
    yield
    use_dictionary(before)


@pytest.fixture(scope="module")
def jieba() -> Any:
    import jieba as library

    library.setLogLevel(logging.ERROR)
    return library


def fresh_tokenizer(jieba: Any) -> Any:
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word, frequency in additions():
        tokenizer.add_word(word, frequency, "n")
    return tokenizer


@pytest.fixture(scope="module")
def messages() -> list[str]:
    file = Path(__file__).parents[3] / "shared" / "data" / "tipdm_messages.csv"
    if not file.exists():
        pytest.skip(f"reference data absent: {file}")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [normalised(row["留言详情"] or "") for row in csv.DictReader(lines)][:2500]


def test_a_jieba_file_is_read_with_or_without_frequency_and_tag() -> None:
    text = "\ufeff云栖小镇 500 ns\n\n# 说明\n烂尾楼\n三供一业 n\nＣ＋＋語言  3\n云栖小镇 7\n"
    assert read_dictionary(decoded(text.encode("utf-8"))) == (
        UserWord("云栖小镇", 7, ""),
        UserWord("烂尾楼"),
        UserWord("三供一业", None, "n"),
        UserWord("c++语言", 3),
    )


def test_what_is_written_reads_the_same() -> None:
    words = (UserWord("烂尾楼"), UserWord("云栖小镇", 500, "ns"), UserWord("三供一业", None, "n"))
    assert read_dictionary(written(words)) == words


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("云栖 小镇 5", "word"),
        ("云栖，小镇", "word"),
        ("长" * 41, "word"),
        ("烂尾楼 0", "frequency"),
        ("烂尾楼 1.5", "frequency"),
        ("烂尾楼 -3", "frequency"),
        ("烂尾楼 9999999999", "frequency"),
        ("烂尾楼 5 abcdefghijk", "tag"),
        ("<b>粗</b>", "word"),
        ("坏\x00字", "word"),
    ],
)
def test_a_bad_line_is_told_with_its_number(line: str, reason: str) -> None:
    with pytest.raises(ListUnreadable) as caught:
        read_dictionary(f"好词\n\n{line}\n")
    (problem,) = caught.value.problems
    assert (problem.line, problem.reason) == (3, reason)


def test_of_many_bad_lines_the_first_are_told_and_all_counted() -> None:
    with pytest.raises(ListUnreadable) as caught:
        read_dictionary("，\n" * 100)
    assert len(caught.value.problems) == PROBLEMS_TOLD
    assert caught.value.total == 100


@pytest.mark.parametrize(
    ("raw", "reason"), [(b"\xff\xfe\x00\x81\x00", "encoding"), (b"a" * 9_000_000, "list_too_large")]
)
def test_a_file_that_is_none_says_so(raw: bytes, reason: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        decoded(raw)
    assert caught.value.reason == reason


@given(st.text(max_size=200))
def test_any_text_is_a_dictionary_or_says_why_not(text: str) -> None:
    lines = len(text.splitlines())
    try:
        words, problems = read_dictionary(text), ()
    except ListUnreadable as error:
        words, problems = (), error.problems
    assert all(1 <= problem.line <= lines for problem in problems)
    assert read_dictionary(written(words)) == words


@pytest.mark.usefixtures("_dictionary_put_back")
def test_a_word_is_no_longer_cut_apart_and_the_version_says_so() -> None:
    use_dictionary(plain_dictionary())
    assert "云栖蓝湾" not in cut("云栖蓝湾停水")
    assert dictionary_version() == DICTIONARY_VERSION
    use_dictionary(build([read_word("雲棲藍灣")]))
    assert cut("云栖蓝湾停水") == ["云栖蓝湾", "停水"]
    first = dictionary_version()
    assert first != DICTIONARY_VERSION
    use_dictionary(build([read_word("云栖蓝湾", "900")]))
    assert dictionary_version() not in (first, DICTIONARY_VERSION)
    assert build([]).version == DICTIONARY_VERSION


def test_a_word_typed_wrong_is_refused() -> None:
    with pytest.raises(BadLine, match="frequency"):
        read_word("烂尾楼", "many")


def pieces_of(messages: list[str], number: int) -> list[str]:
    """Stretches of Chinese of the messages: words, halves of words, and names."""
    rng = random.Random(7)
    found: dict[str, None] = {}
    while len(found) < number:
        text = rng.choice(messages)
        size = rng.randint(2, 6)
        piece = text[(start := rng.randrange(max(1, len(text) - size))) : start + size]
        if re.fullmatch(r"[\u4e00-\u9fd5]{2,}", piece):
            found[piece] = None
    return list(found)


@pytest.mark.shared
def test_missing_frequencies_are_jiebas(jieba: Any, messages: list[str]) -> None:
    """5,000 words one after another, each with what jieba suggests after those before."""
    words = [
        *pieces_of(messages, 4990),
        *["c++", "4g基站", "abc", "a1b2", "r&d", "万科.金域", "5号线", "no.1", "k歌", "ktv包厢"],
    ]
    ours, theirs = JiebaFrequencies(words), fresh_tokenizer(jieba)
    for word, frequency in additions():
        ours.add(word, frequency)
    for word in words:
        suggested = theirs.suggest_freq(word)
        assert ours.suggest(word) == suggested, word
        theirs.add_word(word, suggested)
        ours.add(word, suggested)


@pytest.mark.shared
@pytest.mark.parametrize("own_words", [0, 5000])
def test_texts_are_cut_as_jieba_cuts_them(
    jieba: Any, messages: list[str], own_words: int, record_property: Any
) -> None:
    theirs = fresh_tokenizer(jieba)
    rng = random.Random(3)
    words = [
        UserWord(piece, rng.choice((None, None, 3, 50, 2000)))
        for piece in (pieces_of(messages, own_words) if own_words else ())
    ]
    for word in words:
        theirs.add_word(word.word, word.frequency)
    cutter = build(words).cutter
    tokens, different = 0, Counter[str]()
    for text in messages:
        expected = spans(theirs.cut(text))
        tokens += len(expected)
        different.update(text[start:end] for start, end in expected - spans(cutter.cut(text)))
    record_property("different", different.most_common(50))
    assert different.total() / tokens < 1 - ENOUGH, different.most_common(50)
    chinese = [word for word in different if not re.search(r"[a-z0-9.\-_%+&#]", word)]
    assert sum(different[word] for word in chinese) / tokens < 0.0005, chinese


def spans(pieces: Any) -> set[tuple[int, int]]:
    found, start = set(), 0
    for piece in pieces:
        found.add((start, start + len(piece)))
        start += len(piece)
    return found
