"""Records for tests, and messages in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from casework.storage import outbox
from casework.storage.engine import open_engine
from casework.storage.judgements import join_topic
from casework.storage.records import Records, Work
from casework.storage.tables import (
    AccusationRow,
    DepartmentRow,
    JudgementRow,
    MessageRow,
    Table,
    TicketRow,
)
from casework.storage.trend_documents import TrendDocument
from casework.storage.vault import Vault

DEPARTMENTS = (
    ("CITY", None, "city"),
    ("ZJJ", "CITY", "bureau"),
    ("HBJ", "CITY", "bureau"),
    ("D1", "CITY", "district"),
    ("D1S1", "D1", "street"),
    ("D2", "CITY", "district"),
    ("D3", "CITY", "district"),
    ("D4", "CITY", "district"),
    ("D5", "CITY", "district"),
)
NOW = datetime(2026, 11, 18, tzinfo=UTC)


def open_records(url: str) -> Records:
    """The records at an address, as they are."""
    vault = Vault(b"k" * 32)
    return Records(open_engine(url, vault), vault)


@contextmanager
def city(url: str) -> Iterator[Records]:
    """Fresh records with all tables and a few departments."""
    records = open_records(url)
    Table.metadata.create_all(records.engine)
    with records.write() as work:
        for code, parent, level in DEPARTMENTS:
            work.session.add(
                DepartmentRow(code=code, name=code, parent=parent, level=level, aliases=[])
            )
            work.session.flush()
        work.commit()
    yield records
    records.close()


def record_all(records: Records, documents: Iterable[TrendDocument]) -> None:
    """Record messages and announce them, a table at a time: a benchmark records a million."""
    wanted = list(documents)
    with records.write() as work:
        for rows in zip(*(_rows(document) for document in wanted), strict=True):
            work.session.bulk_save_objects(rows)
        work.session.bulk_save_objects(
            [accusation for document in wanted for accusation in _accusations(document)]
        )
        for document in wanted:
            outbox.announce(work, document.message_id, document.received_at)
        work.commit()


def record(work: Work, document: TrendDocument) -> None:
    """A message with judgement, ticket and outbox row, from which `document` is read again."""
    work.session.add_all(_rows(document))
    work.session.flush()
    work.session.add_all(_accusations(document))
    outbox.announce(work, document.message_id, document.received_at)


def _rows(document: TrendDocument) -> Iterator[Table]:
    topic = join_topic(document.topic)
    yield MessageRow(
        id=document.message_id,
        channel=document.channel,
        source="",
        source_ref=str(document.message_id),
        mode="new",
        subject="原文",
        body="原文 13800000000",
        shown_subject=document.subject,
        shown_body=document.body,
        content_digest=b"",
        received_at=document.received_at,
        recorded_at=document.received_at,
        version=document.version,
        deleted_at=NOW if document.deleted else None,
    )
    yield JudgementRow(
        message_id=document.message_id,
        made_at=document.received_at,
        engine="test",
        topic=topic,
        kind=document.kind,
        sentiment=document.sentiment,
        sentiment_score=document.sentiment_score,
        urgency=document.urgency,
        confidence=0.9,
        keywords=list(document.keywords),
        detail={
            "topics": [],
            "leaves": [],
            "places": [[place, "road", 0, len(place), ""] for place in document.places],
            "evidence": [],
        },
    )
    yield TicketRow(
        id=document.message_id,
        message_id=document.message_id,
        number=document.number,
        state=document.state,
        kind=document.kind,
        topic=topic,
        urgency=document.urgency,
        route="dispatch",
        district=document.district or None,
        lead_department=document.department or None,
        guesses=[],
        unscreened_report=document.unscreened_report,
        policy_version="test",
        opened_at=document.received_at,
    )


def _accusations(document: TrendDocument) -> Iterator[AccusationRow]:
    for code in document.accused:
        yield AccusationRow(
            ticket_id=document.message_id, department=code, named_by="program", named_at=NOW
        )


def delete_message(work: Work, message_id: UUID, now: datetime) -> None:
    """Mark a message deleted and announce it."""
    row = work.session.get_one(MessageRow, message_id)
    row.deleted_at = now
    row.version += 1
    outbox.announce(work, message_id, now)
