"""Makes classifier/models/company_vectors.npz: words as vectors of what stands beside them in messages and
posts, counted without any label.

    python -m benchmarks.company_vectors

Words that keep the same company come to lie near each other: what is felt in posts and what is asked of a
city is told in words that a model of other texts does not know so. For every pair of words the logarithm of
how much more often they stand within WINDOW words than chance would have it, where that is above 0; of this
table the DIRECTIONS that explain most. Only words of word_vectors.npz are kept.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from sklearn.utils.extmath import randomized_svd

from benchmarks.classifier_train_shipped import DATA
from classifier.ngrams import hashes_of_words
from classifier.reading import read, together
from classifier.word_vectors import COMPANY_FILE, save_vectors, word_vectors

DIRECTIONS = 128
SEEN_AT_LEAST = 6
AT_MOST = 30_000
WINDOW = 5
EVENED = 0.75
"""How often a neighbour stands anywhere counts to this power, so that rare ones are no miracle."""
PORTION = 4000

COLUMNS = {
    "sentiment_train.csv": ("text",),
    "topic_train.csv": ("text", "tokens"),
    "tipdm_messages.csv": ("留言主题", "留言详情"),
    "mailbox_letters.csv": ("subject", "text"),
    "civic_labels.csv": ("subject", "text"),
}


def main() -> None:
    """Reads the texts, counts and writes the file."""
    texts = list(dict.fromkeys(_texts()))
    cut = [words for portion in together(texts) for words in read(portion).words]
    counted = Counter(word for words in cut for word in words)
    often = [word for word, times in counted.most_common(AT_MOST) if times >= SEEN_AT_LEAST]
    number = {word: place for place, word in enumerate(often)}
    rows = [np.array([number[word] for word in words if word in number]) for words in cut]
    vectors = company(rows, len(often))
    kept = np.isin(hashes_of_words(often), word_vectors().hashes).nonzero()[0]
    save_vectors([often[place] for place in kept], vectors[kept], COMPANY_FILE)
    card = COMPANY_FILE.with_suffix(".md")
    card.write_text(card_of(len(texts), len(kept)), encoding="utf-8")
    print(len(texts), "texts,", len(kept), "words,", COMPANY_FILE.stat().st_size, "bytes")


def card_of(texts: int, words: int) -> str:
    """What the file is made of, for whoever uses it."""
    return (
        "# company_vectors\n\n"
        f"{words} words in {DIRECTIONS} directions, by what stands within {WINDOW} words of them in {texts}\n"
        f"texts of {', '.join(COLUMNS)}; no label is used.\n"
        "Licence of the sources: none stated; a part (a mayor's mailbox) MIT. Only words that\n"
        "word_vectors.npz has are kept. Made by `python -m benchmarks.company_vectors`; only training reads it.\n"
    )


def company(rows: Sequence[NDArray[np.int64]], words: int) -> NDArray[np.float32]:
    """A vector of length 1 for each of so many words. rows: the words of each text, by number."""
    beside = csr_matrix((words, words))
    for begin in range(0, len(rows), PORTION):
        pairs = [
            (row[:-apart], row[apart:], 1 / apart)
            for row in rows[begin : begin + PORTION]
            for apart in range(1, WINDOW + 1)
        ]
        near = np.concatenate([np.full(len(one), weight) for one, _, weight in pairs])
        first = np.concatenate([one for one, _, _ in pairs]).astype(np.int64)
        second = np.concatenate([other for _, other, _ in pairs]).astype(np.int64)
        found = coo_matrix((near, (first, second)), beside.shape).tocsr()
        beside = beside + found + found.T
    often = np.asarray(beside.sum(axis=1)).ravel()
    chance = often**EVENED / (often**EVENED).sum()
    pairs_met = beside.tocoo()
    more = np.log(pairs_met.data / (often[pairs_met.row] * chance[pairs_met.col]))
    kept = more > 0
    table = csr_matrix((more[kept], (pairs_met.row[kept], pairs_met.col[kept])), beside.shape)
    left, much, _ = randomized_svd(table, DIRECTIONS, n_iter=3, random_state=7)
    vectors = left * np.sqrt(much)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray(vectors, dtype=np.float32)


def _texts() -> Iterator[str]:
    for name, columns in COLUMNS.items():
        with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                told = [row[column] for column in columns if row[column]]
                # Rows of topics are words cut, or those and the text they are cut from.
                yield told[0] if name == "topic_train.csv" else "\n".join(told)


if __name__ == "__main__":
    main()
