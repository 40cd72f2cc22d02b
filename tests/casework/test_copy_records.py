"""A city moves between SQLite and PostgreSQL, whole, and is compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text

from casework.errors import RecordsUnavailable, Rejected
from casework.storage import audit, copy_records
from casework.storage.contacts import contact_of
from casework.storage.copy_records import LEFT_BEHIND, count_records
from casework.storage.engine import open_engine
from casework.storage.records import Records
from casework.storage.sources import Source, SourceKind, add_key, save_source
from casework.storage.tables import MessageRow, Table
from intake.examine import Intake
from intake.receive import receive
from tests.builders import draft
from tests.conftest import NOW
from tests.databases import Databases


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def target(
    request: pytest.FixtureRequest, tmp_path: Path, databases: Databases, records: Records
) -> Iterator[Engine]:
    """An empty database of the other kind as well as of this one."""
    folder = tmp_path / "target"
    folder.mkdir()
    kind = Databases("") if request.param == "sqlite" else databases
    opened = open_engine(kind.fresh(folder), records.vault)
    yield opened
    opened.dispose()


@pytest.fixture
def lived_in(intake: Intake) -> Records:
    """A city with messages that point at each other, sealed data, sources and an audit trail."""
    records = intake.records
    for n in range(5):
        receive(intake, draft(form_token=f"{n}" * 32), NOW)  # the same words: linked as repeats
    with records.write() as work:
        feed = Source("feed", "订阅", SourceKind.FEED, "news", {"url": "https://example.org/"})
        save_source(work, feed, "guanli", NOW)
        add_key(work, "feed", "secret", "guanli", NOW)
        # The first message points at the last one: a row that comes before what it points to.
        ids = work.session.scalars(select(MessageRow.id).order_by(MessageRow.id)).all()
        work.session.get_one(MessageRow, ids[0]).repeats_id = ids[-1]
        work.commit()
    return records


def test_everything_is_copied_and_reads_the_same(lived_in: Records, target: Engine) -> None:
    total = count_records(lived_in.engine)
    seen: list[int] = []
    copied = copy_records.copy_records(lived_in.engine, target, seen.append)
    assert {each.table for each in copied} == set(Table.metadata.tables) - LEFT_BEHIND
    assert sum(each.rows for each in copied) == sum(seen) == total
    moved = Records(target, lived_in.vault)
    with moved.read() as work, lived_in.read() as before:
        assert list(audit.verify(work)) == []
        for message in before.session.scalars(select(MessageRow)):
            twin = work.session.get_one(MessageRow, message.id)
            assert contact_of(twin) == contact_of(message)
            assert (twin.received_at, twin.repeats_id) == (message.received_at, message.repeats_id)


def test_a_city_is_never_copied_over_another(lived_in: Records, target: Engine) -> None:
    copy_records.copy_records(lived_in.engine, target)
    with pytest.raises(Rejected, match="copy_not_empty"):
        copy_records.copy_records(lived_in.engine, target)


def test_a_difference_is_found_and_the_target_left_empty(
    lived_in: Records, target: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = copy_records._copy

    def lossy(*arguments: object) -> None:
        whole(*arguments)  # type: ignore[arg-type]
        if arguments[2].name == "clocks":  # type: ignore[attr-defined]
            arguments[1].execute(text("UPDATE clocks SET amount = amount + 1"))  # type: ignore[attr-defined]

    monkeypatch.setattr(copy_records, "_copy", lossy)
    with pytest.raises(RecordsUnavailable, match="clocks differs"):
        copy_records.copy_records(lived_in.engine, target)
    assert set(inspect(target).get_table_names()) == {"alembic_version"}
