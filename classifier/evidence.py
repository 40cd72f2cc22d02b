"""Which words decided: a model's n-gram weights gathered on the whole words they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from casework.judgement import Evidence
from classifier.arrays import Offsets
from classifier.compiled import compiled, part
from classifier.joint import Known, Scored
from classifier.ngrams import Hashes
from classifier.rarity import stop_hashes
from classifier.reading import Readings

PARTS = 840
"""A weight is cut into so many parts, which 1 to 8 characters share evenly."""

LOOKED_AT = 3
"""So many times the words that are wanted are looked at, to find different ones."""

_LAST_LETTER = 0xFFFF
"""Emoji have code points above those of living languages."""


class Question(Struct, frozen=True):
    """Which words speak, in each text, for a label (its number in the model)? At most so many are
    wanted of a text."""

    scored: Scored
    labels: NDArray[np.intp]
    aspect: str
    at_most: int


def deciding_words(
    texts: Sequence[str], readings: Readings, known: Known, questions: Sequence[Question]
) -> list[list[list[Evidence]]]:
    """For each text and each question the words that speak most for the label, strongest first, each
    word once.

    An n-gram's weight is spread evenly over its characters; a word has the sum of its characters.
    Words that speak against are left out, and so are single characters, which decide little that a
    reader would understand. Politeness may weigh something in a model of topics, but decides nothing a
    reader would accept.
    """
    labels = np.stack([question.labels for question in questions], axis=1)
    wanted = np.array([question.at_most for question in questions])
    size = labels.size * int(wanted.max())
    starts, ends = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    weights = np.empty(size)
    counts: NDArray[np.int64] = np.empty(labels.shape, dtype=np.int64)
    _write_deciding(
        known.first,
        known.last,
        known.begin,
        known.rows,
        known.records,
        labels + np.array([question.scored.column for question in questions]),
        wanted,
        np.array([question.aspect == "topic" for question in questions]),
        readings.character_begin,
        readings.word_begin,
        readings.word_first,
        readings.word_last,
        readings.word_start,
        readings.word_end,
        readings.several | (readings.last_codes > _LAST_LETTER),
        readings.grams.word_hashes,
        stop_hashes(),
        starts,
        ends,
        weights,
        counts,
    )
    found = int(counts.sum())
    shown: list[list[int]] = counts.tolist()
    told = zip(
        starts[:found].tolist(), ends[:found].tolist(), weights[:found].tolist(), strict=True
    )
    return [
        [
            _evidence(text, question, label, islice(told, count))
            for question, label, count in zip(questions, of_text, of_questions, strict=True)
        ]
        for text, of_text, of_questions in zip(texts, labels.tolist(), shown, strict=True)
    ]


def _evidence(
    text: str, question: Question, number: int, told: Iterable[tuple[int, int, float]]
) -> list[Evidence]:
    """told: start, end and weight of each word."""
    aspect, label = question.aspect, question.scored.labels[number]
    return [
        Evidence(aspect, label, text[start:end], start, end, weight) for start, end, weight in told
    ]


@part
def _write_said(
    said: NDArray[np.int64],
    columns: NDArray[np.int64],
    first: Offsets,
    last: Offsets,
    rows: NDArray[np.int32],
    records: NDArray[np.int16],
    begin: int,
) -> None:
    """What all characters of one text before each one, a row each, and before its end, say together for
    the labels of the columns. begin: the text's first character."""
    said[:] = 0
    labels = len(columns)
    # What a character says is another where n-grams begin and where they end, and nowhere else.
    for at in range(len(rows)):
        begins, ends = first[at] - begin, last[at] - begin
        parts = PARTS // (ends - begins)
        record = records[rows[at]]
        for label in range(labels):
            share = record[columns[label]] * parts
            said[begins, label] += share
            said[ends, label] -= share
    for label in range(labels):
        says, together = 0, 0
        for character in range(len(said)):
            says += said[character, label]
            said[character, label] = together
            together += says


@part
def _heaviest(
    said: NDArray[np.int64],
    first: Offsets,
    last: Offsets,
    places: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> int:
    """Writes the places of the words that say most for the label, as many as there is room for, the most
    first and of those that say as much the first; returns how many. first, last: characters of each."""
    found, least = 0, 0
    for word in range(len(first)):
        says = said[last[word]] - said[first[word]]
        if says <= least:
            continue
        place = min(found, len(sums) - 1)
        while place > 0 and sums[place - 1] < says:
            sums[place], places[place] = sums[place - 1], places[place - 1]
            place -= 1
        sums[place], places[place] = says, word
        found = min(found + 1, len(sums))
        least = sums[found - 1] if found == len(sums) else 0
    return found


@part
def _is_among(hashes: Hashes, key: np.uint64) -> bool:
    """Whether it is one of sorted hashes."""
    at = np.searchsorted(hashes, key)
    return bool(at < len(hashes) and hashes[at] == key)


@part
def _stands_before(words: NDArray[np.int64], at: int, hashes: Hashes, lengths: Offsets) -> bool:
    """Whether the word at this place is the same as one before it: 95% has the hash of 95."""
    for earlier in words[:at]:
        if hashes[earlier] == hashes[words[at]] and lengths[earlier] == lengths[words[at]]:
            return True
    return False


@part
def _choose(
    words: NDArray[np.int64],
    hashes: Hashes,
    lengths: Offsets,
    stops: Hashes,
    chosen: NDArray[np.int64],
) -> int:
    """Writes which of the words are shown, as many as there is room for: each once, and none of those
    whose sorted hashes are given; returns how many."""
    count = 0
    for at in range(len(words)):
        if count == len(chosen):
            break
        if not _is_among(stops, hashes[words[at]]) and not _stands_before(
            words, at, hashes, lengths
        ):
            chosen[count] = at
            count += 1
    return count


@compiled(
    "void(int64[::1], int64[::1], int64[::1], int32[::1], int16[:, ::1], int64[:, ::1], int64[::1],"
    " boolean[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " boolean[::1], uint64[::1], uint64[::1], int64[::1], int64[::1], float64[::1],"
    " int64[:, ::1])"
)
def _write_deciding(
    first: Offsets,
    last: Offsets,
    known: Offsets,
    rows: NDArray[np.int32],
    records: NDArray[np.int16],
    columns: NDArray[np.int64],
    wanted: NDArray[np.int64],
    without_stops: NDArray[np.bool_],
    characters: Offsets,
    words: Offsets,
    word_first: Offsets,
    word_last: Offsets,
    word_start: Offsets,
    word_end: Offsets,
    shown: NDArray[np.bool_],
    hashes: Hashes,
    stops: Hashes,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    weights: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> None:
    """columns: of the records, a row a text, a column a question. Writes where the deciding
    words stand, what each weighs beside the heaviest, and how many there are."""
    lengths = word_end - word_start
    heavy = np.empty(LOOKED_AT * wanted.max(), dtype=np.int64)
    sums, chosen = np.empty_like(heavy), np.empty_like(heavy)
    written = 0
    for text in range(len(counts)):
        begin = characters[text]
        some = slice(known[text], known[text + 1])
        said = np.empty((characters[text + 1] - begin + 1, len(wanted)), dtype=np.int64)

        _write_said(said, columns[text], first[some], last[some], rows[some], records, begin)
        own = words[text] + shown[words[text] : words[text + 1]].nonzero()[0]
        begins, ends_of = word_first[own] - begin, word_last[own] - begin
        for question in range(len(wanted)):
            found = _heaviest(said[:, question], begins, ends_of, heavy, sums)
            those = own[heavy[:found]]
            stop = stops if without_stops[question] else stops[:0]
            count = _choose(those, hashes, lengths, stop, chosen[: wanted[question]])
            for at in chosen[:count]:
                starts[written], ends[written] = word_start[those[at]], word_end[those[at]]
                weights[written] = sums[at] / sums[0]
                written += 1
            counts[text, question] = count
