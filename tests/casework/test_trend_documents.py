"""The document of a message is the message as it now stands, without anything personal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casework.storage.records import Records
from casework.storage.tables import CorrectionRow, JudgementRow, MessageRow, TicketRow
from casework.storage.trend_documents import all_documents, count_documents, read_documents
from tests.databases import Databases
from tests.monitor.documents import NOON, make, scatter, uuid
from tests.monitor.recorded import city, delete_message, record_all


@pytest.fixture
def records(tmp_path: Path, databases: Databases) -> Iterator[Records]:
    with city(databases.fresh(tmp_path)) as opened:
        yield opened


def test_what_is_recorded_is_read(records: Records) -> None:
    documents = scatter(1, 40, NOON, timedelta(days=3))
    documents.append(make(99, accused=frozenset({"D1", "HBJ"}), places=("人民路", "东湖小区")))
    record_all(records, documents)
    with records.read() as work:
        assert list(all_documents(work, None, 1000)) == documents
        assert read_documents(work, [uuid(3), uuid(99), uuid(12345)]) == (
            documents[3],
            documents[-1],
        )
        assert read_documents(work, []) == ()


def test_the_original_text_never_leaves(records: Records) -> None:
    record_all(records, [make(1)])
    with records.read() as work:
        [document] = all_documents(work, None, 10)
    assert "13800000000" not in repr(document)


def test_pages_follow_the_ids(records: Records) -> None:
    record_all(records, [make(n) for n in range(7)])
    with records.read() as work:
        assert count_documents(work) == 7
        found, after = [], None
        while page := all_documents(work, after, 3):
            found.extend(page)
            after = page[-1].message_id
    assert [document.message_id for document in found] == [uuid(n) for n in range(7)]


def test_the_tickets_word_holds_over_the_classifiers(records: Records) -> None:
    record_all(records, [make(1)])
    with records.write() as work:
        ticket = work.session.get_one(TicketRow, uuid(1))
        ticket.topic, ticket.kind, ticket.urgency = "城乡建设", "咨询", "urgent"
        ticket.lead_department = "D1S1"
        work.commit()
    with records.read() as work:
        [document] = read_documents(work, [uuid(1)])
    assert (document.topic, document.kind, document.urgency) == (("城乡建设",), "咨询", "urgent")
    assert document.department_above == {"D1S1", "D1", "CITY"}


def test_a_message_without_a_ticket_goes_by_its_judgement(records: Records) -> None:
    record_all(records, [make(1)])
    with records.write() as work:
        work.session.delete(work.session.get_one(TicketRow, uuid(1)))
        work.commit()
    with records.read() as work:
        [document] = read_documents(work, [uuid(1)])
    assert document == replace(
        make(1), number="", department="", department_above=frozenset(), district="", state=""
    )


def test_what_a_person_last_said_holds_over_the_judgement(records: Records) -> None:
    """A ticket holds it already, but for the sentiment."""
    said = (
        (uuid(1), 5, "topic", "交通运输"),
        (uuid(1), 1, "topic", "城乡建设"),
        (uuid(1), 1, "sentiment", "positive"),
        (uuid(1), 1, "unit", "ZJJ"),
        (uuid(2), 2, "topic", "城乡建设"),
        (uuid(2), 2, "sentiment", "neutral"),
    )
    record_all(records, [make(n) for n in range(4)])
    with records.write() as work:
        work.session.delete(work.session.get_one(TicketRow, uuid(1)))
        for number, (message_id, hour, task, after) in enumerate(said):
            row = {"message_id": message_id, "at": NOON + timedelta(hours=hour), "task": task}
            work.session.add(
                CorrectionRow(
                    id=uuid(100 + number), by="p", before="", after=after, engine="test", **row
                )
            )
        work.commit()
    with records.read() as work:
        found = all_documents(work, None, 10)
        assert read_documents(work, [uuid(1), uuid(2)]) == found[1:3]
    assert (found[0], found[3]) == (make(0), make(3))
    assert (found[1].topic, found[1].kind) == (("交通运输",), make(1).kind)
    assert (found[1].sentiment, found[1].sentiment_score) == ("positive", 1.0)
    assert (found[2].topic, found[2].sentiment) == (make(2).topic, "neutral")


def test_a_message_not_yet_judged_has_no_labels(records: Records) -> None:
    record_all(records, [make(1)])
    with records.write() as work:
        work.session.delete(work.session.get_one(TicketRow, uuid(1)))
        work.session.delete(work.session.get_one(JudgementRow, uuid(1)))
        work.commit()
    with records.read() as work:
        [document] = read_documents(work, [uuid(1)])
    assert (document.topic, document.kind, document.sentiment) == ((), "", "")
    assert (document.keywords, document.places) == ((), ())


def test_a_deleted_message_is_a_tombstone(records: Records) -> None:
    record_all(records, [make(1)])
    with records.write() as work:
        delete_message(work, uuid(1), NOON)
        work.commit()
    with records.read() as work:
        [document] = read_documents(work, [uuid(1)])
        assert work.session.get_one(MessageRow, uuid(1)).version == document.version == 2
    assert document.deleted
