"""Finding what is on record already: right, and without reading all that a source ever sent."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from casework.storage.records import Records
from casework.storage.repeats import known_references
from tests import builders


def test_a_message_is_known_by_its_source_and_reference(records: Records) -> None:
    for source, reference in (("old", "1"), ("old", "2"), ("new", "1")):
        draft = builders.draft(
            source=source, source_ref=reference, body=f"{source}{reference}的路灯"
        )
        builders.record_one(records, builders.new_case(draft))
    wanted = [("old", "1"), ("new", "1"), ("new", "2"), ("other", "1"), ("old", "")]
    with records.read() as work:
        assert set(known_references(work, wanted)) == {("old", "1"), ("new", "1")}
        assert known_references(work, [("old", "")]) == {}


@pytest.mark.sqlite
def test_each_reference_is_looked_up_by_itself(records: Records) -> None:
    """Found in an import that took three times as long a row after 400,000 rows of one source."""
    asked: list[tuple[str, object]] = []
    with records.read() as work:
        engine = work.session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2:4]))
        known_references(work, [("old", "1"), ("old", "2"), ("new", "1")])
        plans = [
            line
            for statement, values in list(asked)
            for line in work.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", values
            )
        ]
    assert len(plans) == 2
    assert all("source=? AND source_ref=?" in plan[3] for plan in plans), plans
