"""Past messages as the dispatch saw them, to try another catalogue on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import structs
from sqlalchemy import select

from casework.judgement import Judgement, TopicGuess, judged_text
from casework.storage.judgements import read_judgement, split_topic
from casework.storage.records import Work
from casework.storage.tables import JudgementRow, MessageRow, TicketRow
from casework.taxonomy import REPORT

LOOKED_BACK = timedelta(days=90)
MOST = 5_000


@dataclass(frozen=True, slots=True)
class PastDispatch:
    """judgement: with the topic a person corrected it to. moved: from unit to unit since; lead: who
    has it now, or ""."""

    number: str
    judgement: Judgement
    text: str
    kind: str
    district: str
    moved: bool
    lead: str


def past_dispatches(work: Work, now: datetime) -> Iterator[PastDispatch]:
    """Those of the last LOOKED_BACK, the newest MOST; without 举报, which a person always dispatches
    and administrators know nothing of."""
    rows = work.session.execute(
        select(TicketRow, MessageRow.subject, MessageRow.body, JudgementRow)
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .join(JudgementRow, JudgementRow.message_id == TicketRow.message_id)
        .where(
            TicketRow.opened_at > now - LOOKED_BACK,
            TicketRow.kind != REPORT,
            TicketRow.unscreened_report.is_(False),
            MessageRow.deleted_at.is_(None),
        )
        .order_by(TicketRow.opened_at.desc(), TicketRow.id)
        .limit(MOST)
        .execution_options(yield_per=500)
    )
    for ticket, subject, body, judged in rows:
        judgement = read_judgement(judged)
        if ticket.topic and ticket.topic != judged.topic:
            topic = split_topic(ticket.topic)
            judgement = structs.replace(judgement, topic=topic, leaves=(TopicGuess(topic, 1.0),))
        yield PastDispatch(
            ticket.number,
            judgement,
            judged_text(subject, body),
            ticket.kind,
            ticket.district or "",
            ticket.moves > 0,
            ticket.lead_department or "",
        )
