"""What people said against the program: labelled rows to train the classifier on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from uuid_utils.compat import uuid7

from casework.judgement import Judgement, judged_text
from casework.storage.judgements import join_topic
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.tables import CorrectionRow, MessageRow

TOPIC, KIND, URGENCY, UNIT, SENTIMENT = "topic", "kind", "urgency", "unit", "sentiment"
TASKS = (TOPIC, KIND, URGENCY, UNIT, SENTIMENT)


@dataclass(frozen=True, slots=True)
class Labels:
    """What holds of a message, or what the program thought: a topic joined by "/", a kind, an
    urgency, a department's code, a sentiment; "" where nothing was said."""

    topic: str
    kind: str
    urgency: str
    unit: str
    sentiment: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """One labelled row. text: as it was judged, personal details masked."""

    message_id: UUID
    text: str
    task: str
    before: str
    after: str
    engine: str
    by: str
    at: datetime


def guessed(judgement: Judgement, unit: str) -> Labels:
    """What the program thought. unit: the code of its first guess, or ""."""
    return Labels(
        join_topic(judgement.topic), judgement.kind, judgement.urgency, unit, judgement.sentiment
    )


def record_corrections(
    work: Work,
    message_id: UUID,
    before: Labels,
    after: Labels,
    engine: str,
    by: str,
    now: datetime,
) -> None:
    """Keep a row for each label that a person changed; a label left empty changes nothing."""
    for task in TASKS:
        old, new = getattr(before, task), getattr(after, task)
        if new and new != old:
            work.session.add(
                CorrectionRow(
                    id=uuid7(),
                    message_id=message_id,
                    by=by,
                    at=now,
                    task=task,
                    before=old,
                    after=new,
                    engine=engine,
                )
            )


def take_back(work: Work, message_id: UUID, by: str, at: datetime) -> None:
    """Forget the corrections of one decision, which was undone: nobody is to learn from it."""
    work.session.execute(
        delete(CorrectionRow).where(
            CorrectionRow.message_id == message_id, CorrectionRow.by == by, CorrectionRow.at == at
        )
    )


def say_again(
    work: Work,
    message_id: UUID,
    before: Labels,
    after: Labels,
    engine: str,
    by: str,
    now: datetime,
) -> None:
    """As record_corrections, in the place of all that was said about the message before, but for its
    unit: of two people the last is right, and who leaves what the program said takes the other's
    word back."""
    lock(work, [f"corrections {message_id}"])
    work.session.execute(
        delete(CorrectionRow).where(
            CorrectionRow.message_id == message_id, CorrectionRow.task != UNIT
        )
    )
    record_corrections(work, message_id, before, after, engine, by, now)


def said_of(work: Work, message_id: UUID) -> Labels:
    """What people last said about a message; "" for labels nobody corrected."""
    rows = work.session.execute(
        select(CorrectionRow.task, CorrectionRow.after)
        .where(CorrectionRow.message_id == message_id)
        .order_by(CorrectionRow.at, CorrectionRow.id)
    )
    last: dict[str, str] = {row.task: row.after for row in rows}
    return Labels(**{task: last.get(task, "") for task in TASKS})


def corrections(work: Work, task: str) -> Iterator[Correction]:
    """Every correction of a task, oldest first, without those of deleted messages."""
    rows = work.session.execute(
        select(CorrectionRow, MessageRow.shown_subject, MessageRow.shown_body)
        .join(MessageRow, MessageRow.id == CorrectionRow.message_id)
        .where(CorrectionRow.task == task, MessageRow.deleted_at.is_(None))
        .order_by(CorrectionRow.id)
        .execution_options(yield_per=1000)
    )
    for row, subject, body in rows:
        yield Correction(
            message_id=row.message_id,
            text=judged_text(subject, body),
            task=row.task,
            before=row.before,
            after=row.after,
            engine=row.engine,
            by=row.by,
            at=row.at,
        )
