"""Receiving a message: check, mask, match, classify, route, record. One use case.

Judging happens before the records are opened and takes less than a millisecond, so that message,
ticket, clocks, audit chain and outbox row are one transaction: there is no queue to lose one in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from casework.errors import Conflict, Rejected
from casework.model import ClockName, IntakeMode, MessageDraft, Receipt
from casework.office import Office
from casework.storage import receipts
from casework.storage.cases import (
    NewCase,
    RecordedCase,
    free_numbers,
    new_identity,
    record_cases,
)
from casework.storage.judgements import join_topic
from casework.storage.locks import lock
from casework.storage.records import Work
from casework.storage.repeats import known_messages, known_references
from casework.taxonomy import REPORT, URGENT
from classifier.urgency import BY_MODEL
from intake.check import MAX_BODY, check
from intake.duplicates import match, reference_of
from intake.examine import Intake, examine

TRIES = 5

__all__ = [
    "MAX_BODY",
    "Also",
    "Duplicate",
    "Intake",
    "Outcome",
    "Preview",
    "Together",
    "preview",
    "receive",
    "receive_many",
    "record_one",
]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A draft that is a message already on record."""

    message_id: UUID


Outcome = Receipt | Duplicate | Rejected
Also = Callable[[Work, Sequence[Outcome]], None]
"""(work, outcomes): what else belongs into the transaction that records the messages, such as the
bookmark of their source. Called again when the transaction has to be repeated."""

Together = Callable[[Work, Receipt], None]
"""What is recorded in the very transaction that records a message, by whoever received it."""

AlsoRecorded = Callable[[Work, Sequence[Receipt | Duplicate]], None]


def nothing_else(_work: Work, _outcomes: Sequence[Outcome]) -> None:
    """No more than the messages."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of a message, shown before it is sent. department: code or ""."""

    kind: str
    department: str
    due_at: datetime | None
    provisional: bool
    shown_subject: str
    shown_body: str
    urgency: str
    urgency_rule: str


def preview(intake: Intake, draft: MessageDraft, now: datetime) -> Preview:
    """What `receive` would do with the draft. Raises Rejected like it; records nothing."""
    case = examine(intake, check(draft, now), now)
    due_at, provisional = _promise(case)
    return Preview(
        kind=case.kind,
        department=case.lead_department,
        due_at=due_at,
        provisional=provisional,
        shown_subject=case.shown_subject,
        shown_body=case.shown_body,
        urgency=case.judgement.urgency,
        urgency_rule=case.judgement.urgency_rule,
    )


def receive(
    intake: Intake, draft: MessageDraft, now: datetime, together: Together | None = None
) -> Receipt:
    """Take a message in.

    together: called before the commit, for a message that is new; not for one on record. Returns
    the receipt; for a message that is already on record the first one's number, with `repeated`
    set and no code. Raises Rejected when the draft cannot be accepted and RecordsUnavailable when
    the records cannot take it; then nothing was written.
    """
    return record_one(intake, examine(intake, check(draft, now), now), now, together)


def record_one(
    intake: Intake, case: NewCase, now: datetime, together: Together | None = None
) -> Receipt:
    """Record an examined case; takes, returns and raises what `receive` does."""

    def also(work: Work, outcomes: Sequence[Receipt | Duplicate]) -> None:
        for outcome in outcomes:
            if together is not None and isinstance(outcome, Receipt):
                together(work, outcome)

    (outcome,) = _record(intake, [case], now, also)
    if isinstance(outcome, Receipt):
        return outcome
    with intake.records.read() as work:
        return receipts.repeated(work, outcome.message_id)


def receive_many(
    intake: Intake,
    drafts: Sequence[MessageDraft],
    now: datetime,
    also: Also = nothing_else,
) -> list[Outcome]:
    """Take messages in as one transaction, together with what `also` writes; an outcome for each
    draft, in order.

    Raises what `receive` raises; then none of them was written, nor what `also` wrote.
    """
    outcomes: list[Outcome | None] = []
    cases: list[NewCase] = []
    for draft, known in _with_known_references(intake, drafts):
        if known is not None:
            outcomes.append(Duplicate(known))
            continue
        try:
            cases.append(examine(intake, check(draft, now), now))
            outcomes.append(None)
        except Rejected as rejection:
            outcomes.append(rejection)
    return _record_many(intake, cases, outcomes, now, also)


def _record_many(
    intake: Intake,
    cases: Sequence[NewCase],
    outcomes: Sequence[Outcome | None],
    now: datetime,
    also: Also,
) -> list[Outcome]:
    """The outcomes with the gaps filled by recording the cases."""

    def filled(recorded: Sequence[Receipt | Duplicate]) -> list[Outcome]:
        each = iter(recorded)
        return [next(each) if outcome is None else outcome for outcome in outcomes]

    if not cases and also is nothing_else:
        return filled(())
    return filled(_record(intake, cases, now, lambda work, found: also(work, filled(found))))


def _with_known_references(
    intake: Intake, drafts: Sequence[MessageDraft]
) -> list[tuple[MessageDraft, UUID | None]]:
    """Each draft with the message its reference already names: no need to judge it again."""
    references = [reference_of(draft) for draft in drafts]
    with intake.records.read() as work:
        known = known_references(work, references)
    return [
        (draft, known.get(reference)) for draft, reference in zip(drafts, references, strict=True)
    ]


def _record(
    intake: Intake,
    cases: Sequence[NewCase],
    now: datetime,
    also: AlsoRecorded = nothing_else,
) -> list[Receipt | Duplicate]:
    for _ in range(TRIES - 1):
        # The same form, reference or number at the same moment: the other one is on record by now
        # and will be found.
        with suppress(Conflict):
            return _record_once(intake, cases, now, also)
    return _record_once(intake, cases, now, also)


def _record_once(
    intake: Intake, cases: Sequence[NewCase], now: datetime, also: AlsoRecorded
) -> list[Receipt | Duplicate]:
    with intake.records.write() as work:
        # Whoever records the same words at this moment waits, and then finds these.
        lock(work, [case.key.content_digest for case in cases])
        outcomes, recorded = _identified(work, cases, intake.office())
        record_cases(work, recorded, now)
        for case, identity in recorded:
            _alarm(intake, work, case, identity, now)
        also(work, outcomes)
        work.commit()
    return outcomes


def _identified(
    work: Work, cases: Sequence[NewCase], office: Office
) -> tuple[list[Receipt | Duplicate], list[tuple[NewCase, RecordedCase]]]:
    """Tell new cases from those on record, and give the new ones number, code and ids."""
    known = known_messages(work, [case.key for case in cases])
    numbers = free_numbers(work, [case.draft.received_at for case in cases], office.zone)
    outcomes: list[Receipt | Duplicate] = []
    recorded: list[tuple[NewCase, RecordedCase]] = []
    for case, number in zip(cases, numbers, strict=True):
        found = match(case.draft, case.key, known)
        if found.duplicate_of is not None:
            outcomes.append(Duplicate(found.duplicate_of))
            continue
        identity = new_identity(case, number)
        known.add(identity.message_id, case.key)
        recorded.append((replace(case, repeats_id=found.repeats), identity))
        outcomes.append(_receipt(case, identity))
    return outcomes, recorded


def _alarm(
    intake: Intake, work: Work, case: NewCase, identity: RecordedCase, now: datetime
) -> None:
    """An urgent message alerts in the transaction that records it.

    History never does; nor does a 举报, which nobody but the screening desk may learn of yet and
    whose dispatch clock of fifteen minutes stands first in its queue. Nor what a model and no rule
    made urgent, which is mostly wrong: its clocks are short, but no leader is called for it.
    """
    urgency = case.urgency or case.judgement.urgency
    urgent = urgency == URGENT and case.draft.mode is IntakeMode.NEW
    by_model = not case.urgency and case.judgement.urgency_rule in BY_MODEL
    if urgent and not by_model and case.kind != REPORT:
        intake.alarm(
            work,
            identity.message_id,
            identity.number,
            join_topic(case.judgement.topic),
            case.district,
            case.judgement.urgency_rule,
            now,
        )


def _promise(case: NewCase) -> tuple[datetime | None, bool]:
    """The due time of the reply, and whether it is provisional."""
    for clock in case.clocks:
        if clock.name is ClockName.REPLY and not clock.voided:
            return clock.due_at, clock.provisional
    return None, False


def _receipt(case: NewCase, recorded: RecordedCase) -> Receipt:
    due_at, provisional = _promise(case)
    return Receipt(
        ticket_id=recorded.ticket_id,
        message_id=recorded.message_id,
        number=recorded.number,
        code=recorded.code,
        department=case.lead_department,
        due_at=due_at,
        provisional=provisional,
        kind=case.kind,
    )
