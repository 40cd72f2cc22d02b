"""Every engine of the trend index, each empty and ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import TrendIndex
from tests.monitor.documents import search_words, words

Make = Callable[[Path], TrendIndex]

ENGINES: dict[str, Make] = {
    "embedded": lambda folder: EmbeddedIndex(folder / "index", words, search_words, "test"),
}


@pytest.fixture(params=sorted(ENGINES))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TrendIndex]:
    made = ENGINES[request.param](tmp_path)
    with made.rebuilding():
        pass
    yield made
    made.close()
