"""What a city's people have labelled: corrected, or sent on as the program had it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from casework.events import PROGRAM
from casework.judgement import judged_text
from casework.storage.corrections import UNIT, corrections
from casework.storage.judgements import split_topic
from casework.storage.records import Work
from casework.storage.tables import CorrectionRow, JudgementRow, MessageRow, TicketRow
from casework.storage.unit_rows import given_counts, given_units, guessed_counts

MOST_ROWS = 50_000
"""The newest are taken: what people wrote about years ago teaches little, and training takes time."""


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """text: personal details masked. label: of topics the first level. corrected: a person changed
    what the program said; otherwise a person sent it on as it was."""

    text: str
    label: str
    corrected: bool


def labelled_rows(work: Work, task: str, most: int = MOST_ROWS) -> tuple[LabelledRow, ...]:
    """Every message somebody labelled: the last correction holds; without one, topic and kind of the
    tickets a person gave to a department. Of the unit the ticket alone says who has it (unit_rows).
    Newest first, deleted messages left out."""
    if task == UNIT:
        return tuple(
            LabelledRow(text, unit, unit != guessed)
            for text, unit, guessed in given_units(work, most).values()
        )
    said = {
        each.message_id: (each.text, _label(task, each.after)) for each in corrections(work, task)
    }
    confirmed = {
        message_id: row
        for message_id, row in _confirmed(work, task, most).items()
        if message_id not in said
    }
    newest = sorted((*said, *confirmed), key=lambda message_id: message_id.int, reverse=True)
    return tuple(
        LabelledRow(*(said.get(message_id) or confirmed[message_id]), message_id in said)
        for message_id in newest[:most]
    )


def unlabelled_texts(work: Work, most: int) -> tuple[str, ...]:
    """The newest messages nobody labelled, for the model in use to label."""
    corrected = select(CorrectionRow.message_id)
    rows = work.session.execute(
        select(MessageRow.shown_subject, MessageRow.shown_body)
        .where(MessageRow.deleted_at.is_(None), MessageRow.id.not_in(corrected))
        .order_by(MessageRow.id.desc())
        .limit(most)
    )
    return tuple(judged_text(subject, body) for subject, body in rows)


def judged_counts(work: Work, task: str, start: datetime, end: datetime) -> dict[str, int]:
    """How the program labelled the messages of a time, end exclusive; topics by their first level,
    "" where it was unsure."""
    if task == UNIT:
        return dict(guessed_counts(work, start, end).most_common())
    column = {
        "topic": JudgementRow.topic,
        "kind": JudgementRow.kind,
        "sentiment": JudgementRow.sentiment,
    }[task]
    rows = work.session.execute(
        select(column, func.count())
        .join(MessageRow, MessageRow.id == JudgementRow.message_id)
        .where(MessageRow.received_at >= start, MessageRow.received_at < end)
        .group_by(column)
    )
    counted: Counter[str] = Counter()
    for label, number in rows:
        counted[_label(task, label)] += number
    return dict(counted.most_common())


def correction_counts(work: Work) -> dict[str, dict[tuple[str, str], int]]:
    """For each task how often what the program said was changed to what; most often first."""
    rows = work.session.execute(
        select(CorrectionRow.task, CorrectionRow.before, CorrectionRow.after, func.count())
        .join(MessageRow, MessageRow.id == CorrectionRow.message_id)
        .where(MessageRow.deleted_at.is_(None))
        .group_by(CorrectionRow.task, CorrectionRow.before, CorrectionRow.after)
    )
    found: dict[str, Counter[tuple[str, str]]] = {}
    for task, before, after, number in rows:
        pair = (_label(task, before), _label(task, after))
        found.setdefault(task, Counter())[pair] += number
    found[UNIT] = Counter(
        {(said, held): n for (held, said), n in given_counts(work).items() if held != said}
    )
    return {task: dict(pairs.most_common()) for task, pairs in sorted(found.items())}


def corrections_since(work: Work, task: str, since: datetime | None) -> int:
    """How many corrections of a task a training has not seen yet."""
    if task == UNIT:
        given = given_counts(work, since).items()
        return sum(number for (held, said), number in given if held != said)
    wanted = [CorrectionRow.task == task, MessageRow.deleted_at.is_(None)]
    if since is not None:
        wanted.append(CorrectionRow.at > since)
    return (
        work.session.scalar(
            select(func.count())
            .select_from(CorrectionRow)
            .join(MessageRow, MessageRow.id == CorrectionRow.message_id)
            .where(*wanted)
        )
        or 0
    )


def _confirmed(work: Work, task: str, most: int) -> dict[UUID, tuple[str, str]]:
    columns = {"topic": TicketRow.topic, "kind": TicketRow.kind}
    if task not in columns:
        return {}  # nobody looks at the feeling of a message to send it on
    rows = work.session.execute(
        select(TicketRow.message_id, MessageRow.shown_subject, MessageRow.shown_body, columns[task])
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .where(
            TicketRow.assigned_by.is_not(None),
            TicketRow.assigned_by.not_in(("", PROGRAM)),
            columns[task] != "",
            MessageRow.deleted_at.is_(None),
        )
        .order_by(TicketRow.message_id.desc())
        .limit(most)
    )
    return {
        message_id: (judged_text(subject, body), _label(task, label))
        for message_id, subject, body, label in rows
    }


def _label(task: str, label: str) -> str:
    return split_topic(label)[0] if task == "topic" and label else label


def said_and_held(work: Work, task: str) -> dict[tuple[str, str], int]:
    """What people held against what the program had said, counted: (held, said). Corrections, and
    for topic and kind the tickets a person gave to a department as they were; of the unit who has them."""
    if task == UNIT:
        return dict(given_counts(work))
    counted: Counter[tuple[str, str]] = Counter()
    for (said, held), number in correction_counts(work).get(task, {}).items():
        counted[held, said] += number
    columns = {
        "topic": (TicketRow.topic, JudgementRow.topic),
        "kind": (TicketRow.kind, JudgementRow.kind),
    }
    if task not in columns:
        return dict(counted)
    held_as, said_as = columns[task]
    corrected = select(CorrectionRow.message_id).where(CorrectionRow.task == task)
    rows = work.session.execute(
        select(held_as, said_as, func.count())
        .join(MessageRow, MessageRow.id == TicketRow.message_id)
        .join(JudgementRow, JudgementRow.message_id == TicketRow.message_id)
        .where(
            TicketRow.assigned_by.is_not(None),
            TicketRow.assigned_by.not_in(("", PROGRAM)),
            held_as != "",
            MessageRow.deleted_at.is_(None),
            TicketRow.message_id.not_in(corrected),
        )
        .group_by(held_as, said_as)
    )
    for held, said, number in rows:
        counted[_label(task, held), _label(task, said)] += number
    return dict(counted)
