"""One classifier for all tests, and the reference data where it is present."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from classifier.interface import Classifier
from classifier.loading import load

SHARED = Path(__file__).parents[3] / "shared" / "data"


@cache
def shipped() -> Classifier:
    """The shipped classifier, loaded by the first test that asks; collecting the tests loads nothing."""
    return load()


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return shipped()


@pytest.fixture
def shared() -> Path:
    """The reference data; the test is skipped, saying so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"reference data absent: {SHARED}")
    return SHARED
