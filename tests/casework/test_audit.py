from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from casework.errors import Conflict
from casework.events import OFFICE_CHAIN, EventName
from casework.storage import audit
from casework.storage.records import Records
from casework.storage.tables import AuditEventRow
from tests.builders import record_one

NOW = datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def chain(records: Records) -> str:
    ticket = str(record_one(records).ticket_id)
    with records.write() as work:
        audit.append(work, ticket, EventName.SIGNED, "lin", NOW, "收到")
        audit.append(work, ticket, EventName.ANSWERED, "lin", NOW, "已修好")
        audit.append(work, OFFICE_CHAIN, EventName.SIGNED_IN, "lin", NOW)
        work.commit()
    return ticket


def flaws(records: Records) -> list[audit.Broken]:
    with records.read() as work:
        return list(audit.verify(work))


def test_chains_hold(records: Records, chain: str) -> None:
    assert flaws(records) == []
    with records.read() as work:
        assert audit.count(work) == (2, 5)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE audit_events SET actor = 'somebody' WHERE sequence = 3", "digest"),
        ("UPDATE audit_events SET at = '2020-01-01 00:00:00' WHERE sequence = 3", "digest"),
        ("DELETE FROM audit_events WHERE sequence = 3", "sequence"),
        ("UPDATE audit_events SET previous = digest WHERE sequence = 4", "previous"),
        ("UPDATE audit_texts SET text = '没有修' WHERE sequence = 4", "text"),
    ],
)
def test_tampering_shows(records: Records, chain: str, change: str, what: str) -> None:
    with records.engine.begin() as connection:
        assert connection.execute(text(change)).rowcount == 1
    assert [flaw.what for flaw in flaws(records)][0] == what


def test_words_can_be_erased_without_breaking_the_chain(records: Records, chain: str) -> None:
    with records.write() as work:
        audit.erase_text(work, chain, 4)
        work.commit()
    assert flaws(records) == []
    with records.engine.connect() as connection:
        left = connection.execute(text("SELECT text FROM audit_texts")).scalars().all()
    assert "已修好" not in left


def test_two_writers_cannot_take_the_same_place(records: Records, chain: str) -> None:
    link, _ = audit._link(chain, 4, "0" * 64, (EventName.CLOSED, "lin", NOW, ""))

    def write() -> None:
        with records.write() as work:
            work.session.add(AuditEventRow(**link))
            work.commit()

    with pytest.raises(Conflict):
        write()
    assert flaws(records) == []
