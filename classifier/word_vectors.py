"""What words mean, as short vectors: training uses them so that a word never met in labelled rows still
says what words of its meaning say. Judging does not need them; what they add is in the weights.

What words mean is made from bge-small-zh-v1.5 (BAAI, MIT licence) by benchmarks/word_vectors.py; what they
stand beside is counted in messages and posts by benchmarks/company_vectors.py.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from casework.errors import FileUnreadable
from classifier.ngrams import Hashes, hashes_of_words

FILE = Path(__file__).parent / "models" / "word_vectors.npz"
COMPANY_FILE = FILE.with_name("company_vectors.npz")


@dataclass(frozen=True, slots=True)
class WordVectors:
    """hashes: of the words, as in NGrams; vectors: a row a word, each of length 1 or less."""

    hashes: Hashes
    vectors: NDArray[np.float32]


@cache
def word_vectors() -> WordVectors:
    """The vectors that ship. Raises FileUnreadable("model_unreadable") when the file is damaged."""
    return load_vectors(FILE)


@cache
def company_vectors() -> WordVectors:
    """Those of the words' company, that ship too. Raises as `word_vectors` does."""
    return load_vectors(COMPANY_FILE)


def save_vectors(words: list[str], vectors: NDArray[np.float32], path: Path) -> None:
    """Writes words and vectors, eight bits a number; the words as one UTF-8 text, a word a line."""
    scale = float(np.abs(vectors).max()) / 127
    listed = np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            words=listed,
            vectors=np.rint(vectors / scale).astype(np.int8),
            scale=np.array(scale),
        )


def load_vectors(path: Path) -> WordVectors:
    """Reads what save_vectors wrote."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            words = arrays["words"].tobytes().decode("utf-8").split("\n")
            vectors = arrays["vectors"].astype(np.float32) * float(arrays["scale"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise FileUnreadable("model_unreadable", file=path.name) from error
    if vectors.ndim != 2 or len(vectors) != len(words):
        raise FileUnreadable("model_unreadable", file=path.name)
    return WordVectors(hashes_of_words(words), vectors)
