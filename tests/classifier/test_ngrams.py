"""The array hashes are those of the strings they stand for."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from classifier.ngrams import CHARACTER_SIZES, CLOSING, OPENING, hashes_of_words, read
from classifier.normalisation import normalised

TEXTS = st.text("小区停水物业公交车投诉，。abc1 \n！😀", max_size=80)


def strings(text: str) -> list[str]:
    """The n-grams as strings, in the order of a reading, without concepts."""
    reading = read(normalised(text))
    squeezed, own = reading.squeezed_text, reading.words
    found = [
        squeezed[at : at + size]
        for size in CHARACTER_SIZES
        for at in range(len(squeezed) - size + 1)
    ]
    found += [f"w:{word}" for word in own]
    found += [
        f"p:{squeezed[first:last]}"
        for first, last in zip(reading.word_first[:-1], reading.word_last[1:], strict=True)
    ]
    found += [f"o:{word}" for word in own[:OPENING]] + [f"c:{word}" for word in own[-CLOSING:]]
    return found


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_equal_strings_have_equal_hashes_and_others_not(texts: list[str]) -> None:
    hash_of: dict[str, int] = {}
    for text in texts:
        reading = read(normalised(text))
        grams = strings(text)
        for gram, key in zip(grams, reading.hashes[: len(grams)].tolist(), strict=True):
            assert hash_of.setdefault(gram, key) == key
    assert len(set(hash_of.values())) == len(hash_of)


@given(TEXTS)
def test_n_grams_stand_where_they_say(text: str) -> None:
    reading = read(normalised(text))
    for gram, first, last in zip(strings(text), reading.first, reading.last, strict=False):
        assert (
            reading.squeezed_text[first:last] == gram[2:]
            or reading.squeezed_text[first:last] == gram
        )


def test_single_words_are_hashed_as_in_a_text() -> None:
    reading = read("物业不作为小区停水")
    assert hashes_of_words(reading.words).tolist() == reading.word_hashes.tolist()
    many = [f"词{number}" for number in range(5000)]
    assert hashes_of_words(many)[-1] == hashes_of_words(many[-1:])[0]
    assert max(Counter(hashes_of_words(many).tolist()).values()) == 1
