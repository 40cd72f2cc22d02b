"""The databases of a test run: SQLite files, or databases on Debian's PostgreSQL.

`pytest --database postgresql` runs every test that touches the records against PostgreSQL.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from casework.storage.engine import open_engine
from casework.storage.vault import Vault
from runtime.settings import read_settings
from tests.services import postgresql

SERVER = "MINSHENG_TEST_POSTGRESQL"
"""Where the run's PostgreSQL listens; set by the process that started it, for all its workers."""


@dataclass
class Databases:
    """Makes databases and removes them again. server: PostgreSQL's address; "" for SQLite."""

    server: str
    _made: list[str] = field(default_factory=list)

    @property
    def sqlite(self) -> bool:
        return not self.server

    def fresh(self, folder: Path) -> str:
        """The address of a new, empty database; of SQLite a file in the folder."""
        if self.sqlite:
            return f"sqlite:///{folder / 'records.sqlite'}"
        return self._remember(postgresql.new_database(self.server))

    def home(self, folder: Path) -> dict[str, str]:
        """The settings of a new city in the folder, as the environment gives them. It assigns what a
        cautious city would show a person first, so that a ticket does not take two steps to make."""
        settings = {"MINSHENG_HOME": str(folder), "MINSHENG_DISPATCH_CONFIDENCE": "0.6"}
        return settings if self.sqlite else {**settings, "DATABASE_URL": self.fresh(folder)}

    def copy(self, original: str, folder: Path) -> str:
        """The address of a copy of a database that nobody has open."""
        if self.sqlite:
            file = folder / "records.sqlite"
            shutil.copyfile(original.removeprefix("sqlite:///"), file)
            return f"sqlite:///{file}"
        template = original.rpartition("/")[2]
        return self._remember(postgresql.new_database(self.server, template))

    def _remember(self, url: str) -> str:
        self._made.append(url)
        return url

    def remove_all(self) -> None:
        """Remove what was made on the server."""
        while self._made:
            postgresql.drop_database(self._made.pop())


def scalar(environment: Mapping[str, str], sql: str) -> Any:
    """The answer to a question of one figure, asked beside the program."""
    vault = Vault(b"k" * 32)
    engine = open_engine(read_settings(environment).database_url, vault)
    try:
        with engine.connect() as connection:
            return connection.execute(text(sql)).scalar_one()
    finally:
        engine.dispose()


def server_of_this_run() -> str:
    """The address of the run's PostgreSQL, or "" for SQLite."""
    return os.environ.get(SERVER, "")
