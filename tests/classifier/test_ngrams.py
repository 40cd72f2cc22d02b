"""The array hashes are those of the strings they stand for, whatever is read together."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from classifier.ngrams import CHARACTER_SIZES, CLOSING, LONGER, OPENING, SHORT, hashes_of_words
from classifier.reading import Readings, hashes_of, read, together

read(["热身"])  # dictionary and tables are read before anything is timed
TEXTS = st.text("小区停水物业公交车投诉，。abc1 \n！😀", max_size=80)


def squeezed(reading: Readings) -> str:
    """The text of a single reading without spaces and punctuation."""
    return "".join(word for word, _, _ in reading.words_of(0))


def strings(text: str) -> list[str]:
    """The n-grams as strings, in the order of a reading, without concepts."""
    reading = read([text])
    characters, own = squeezed(reading), [word for word, _, _ in reading.words_of(0)]
    sizes = [size for size in CHARACTER_SIZES if size <= LONGER or len(characters) <= SHORT]
    found = [
        characters[at : at + size] for size in sizes for at in range(len(characters) - size + 1)
    ]
    found += [f"w:{word}" for word in own]
    found += [
        f"p:{characters[first:last]}"
        for first, last in zip(reading.word_first[:-1], reading.word_last[1:], strict=True)
    ]
    found += [f"o:{word}" for word in own[:OPENING]] + [f"c:{word}" for word in own[-CLOSING:]]
    return found


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_equal_strings_have_equal_hashes_and_others_not(texts: list[str]) -> None:
    hash_of: dict[str, int] = {}
    for text in texts:
        grams = strings(text)
        found = read([text]).grams.hashes[: len(grams)]
        for gram, key in zip(grams, found.tolist(), strict=True):
            assert hash_of.setdefault(gram, key) == key
    assert len(set(hash_of.values())) == len(hash_of)


@given(TEXTS)
def test_n_grams_stand_where_they_say(text: str) -> None:
    reading = read([text])
    characters, grams = squeezed(reading), reading.grams
    for gram, first, last in zip(strings(text), grams.first, grams.last, strict=False):
        assert characters[first:last] in (gram, gram[2:])


@given(st.lists(TEXTS, max_size=6))
def test_a_text_reads_alike_alone_and_among_others(texts: list[str]) -> None:
    side_by_side = hashes_of(texts)
    assert len(side_by_side) == len(texts)
    for text, hashes in zip(texts, side_by_side, strict=True):
        assert sorted(hashes_of([text])[0].tolist()) == sorted(hashes.tolist())


def test_long_texts_are_read_by_their_first_part_and_in_portions() -> None:
    texts = ["停水" * 30_000, "", "停电", *["物业不作为" * 2_000] * 30]
    assert [text for portion in together(texts) for text in portion] == texts
    assert hashes_of(texts)[0].tolist() == hashes_of(["停水" * 4096])[0].tolist()
    assert [len(each) for each in hashes_of(texts)[:3]][1:] == [0, len(hashes_of(["停电"])[0])]


def test_single_words_are_hashed_as_in_a_text() -> None:
    reading = read(["物业不作为小区停水"])
    words = [word for word, _, _ in reading.words_of(0)]
    assert hashes_of_words(words).tolist() == reading.grams.word_hashes.tolist()
    many = [f"词{number}" for number in range(5000)]
    assert hashes_of_words(many)[-1] == hashes_of_words(many[-1:])[0]
    assert max(Counter(hashes_of_words(many).tolist()).values()) == 1
