from __future__ import annotations

from pathlib import Path

import pytest

from classifier import training
from tests.databases import Databases


@pytest.fixture
def settings(tmp_path: Path, databases: Databases) -> dict[str, str]:
    """Those of a new city."""
    return databases.home(tmp_path / "home")


@pytest.fixture
def fewer_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings take the time of two folds instead of five."""
    monkeypatch.setattr(training, "FOLDS", 2)
