"""The door to the records: what is still open when it is closed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from casework.storage.records import Records


def used_connection(records: Records, closing: bool) -> Any:
    """The driver's connection of a unit of work, in which the records may be closed."""
    with records.read() as work:
        work.session.execute(text("SELECT 1"))
        if closing:
            records.close()
        assert work.session.execute(text("SELECT 2")).scalar_one() == 2
        return work.session.connection().connection.dbapi_connection


@pytest.mark.parametrize("closing", [True, False], ids=["while-closing", "after-closing"])
def test_what_is_used_when_the_records_close_is_closed_when_given_back(
    records: Records, closing: bool
) -> None:
    """A request that is not done when the city ends must leave no connection to the database."""
    if not closing:
        records.close()
    connection = used_connection(records, closing)
    with pytest.raises(Exception, match="closed"):
        connection.cursor().execute("SELECT 3")
