from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.storage.records import Records
from monitor.index.embedded import EmbeddedIndex
from tests.databases import Databases
from tests.monitor.documents import search_words, words
from tests.monitor.recorded import city


@pytest.fixture
def records(tmp_path: Path, databases: Databases) -> Iterator[Records]:
    with city(databases.fresh(tmp_path)) as opened:
        yield opened


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    """Not built yet."""
    made = EmbeddedIndex(tmp_path / "index", words, search_words, "test")
    yield made
    made.close()
