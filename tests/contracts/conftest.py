"""Every engine of the trend index, each empty and ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import TrendIndex
from tests.monitor.clusters import fresh_index, remove_all
from tests.monitor.documents import search_words, words

Make = Callable[[Path, pytest.FixtureRequest], TrendIndex]


def _embedded(folder: Path, request: pytest.FixtureRequest) -> TrendIndex:
    return EmbeddedIndex(folder / "index", words, search_words, "test")


def _elasticsearch(folder: Path, request: pytest.FixtureRequest) -> TrendIndex:
    return fresh_index(request.getfixturevalue("elasticsearch_url"))


ENGINES: dict[str, Make] = {"embedded": _embedded, "elasticsearch": _elasticsearch}


@pytest.fixture(params=sorted(ENGINES))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TrendIndex]:
    made = ENGINES[request.param](tmp_path, request)
    with made.rebuilding():
        pass
    yield made
    made.close()
    if isinstance(made, ElasticsearchIndex):
        remove_all(made)
