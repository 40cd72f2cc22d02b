"""Writes the draft of a migration: python -m casework.storage.draft_migration 0002 "Add ratings"."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from casework.storage import migrate
from casework.storage.engine import open_engine
from casework.storage.vault import open_vault


def main(revision: str, message: str) -> None:
    """Compare the tables with a database migrated so far, and write what differs."""
    with tempfile.TemporaryDirectory() as folder:
        vault = open_vault(Path(folder) / "key")
        engine = open_engine(f"sqlite:///{folder}/records.sqlite", vault)
        migrate.upgrade(engine)
        migrate.draft(engine, revision, message)
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:3])
