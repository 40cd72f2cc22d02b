"""One classifier for all tests, and the reference data where it is present."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.interface import Classifier
from classifier.loading import load

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return load()


@pytest.fixture
def shared() -> Path:
    """The reference data; the test is skipped, saying so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"reference data absent: {SHARED}")
    return SHARED
