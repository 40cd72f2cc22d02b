"""Receiving a message: check, mask, match, classify, route, record. One use case.

Judging happens before the records are opened and takes less than a millisecond, so that message,
ticket, clocks, audit chain and outbox row are one transaction: there is no queue to lose one in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from casework.errors import Conflict, Rejected
from casework.model import ClockName, IntakeMode, MessageDraft, Receipt
from casework.office import Office
from casework.storage import receipts
from casework.storage.cases import NewCase, RecordedCase, record_case
from casework.storage.records import Work
from casework.taxonomy import URGENT
from intake.check import MAX_BODY, check
from intake.duplicates import match
from intake.examine import Intake, examine

__all__ = ["MAX_BODY", "Intake", "Preview", "receive", "receive_many"]


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


def receive(intake: Intake, draft: MessageDraft, now: datetime) -> Receipt:
    """Take a message in.

    Returns the receipt; for a message that is already on record the first one's number, with
    `repeated` set and no code. Raises Rejected when the draft cannot be accepted and
    RecordsUnavailable when the records cannot take it; then nothing was written.
    """
    case = examine(intake, check(draft, now), now)
    try:
        return _record(intake, case, now)
    except Conflict:
        # The same form or reference, sent twice at the same moment: the other one is on record by
        # now and will be found.
        return _record(intake, case, now)


def receive_many(
    intake: Intake, drafts: Iterable[MessageDraft], now: datetime
) -> Iterator[Receipt | Rejected]:
    """Take messages in as one transaction; an outcome for each draft, in order.

    Nothing is yielded before the commit, so what was yielded is on record.
    """
    examined: list[NewCase | Rejected] = []
    for draft in drafts:
        try:
            examined.append(examine(intake, check(draft, now), now))
        except Rejected as rejection:
            examined.append(rejection)
    office = intake.office()
    with intake.records.write() as work:
        outcomes = [
            case if isinstance(case, Rejected) else _add(intake, work, case, now, office)
            for case in examined
        ]
        work.commit()
    yield from outcomes


def _record(intake: Intake, case: NewCase, now: datetime) -> Receipt:
    with intake.records.write() as work:
        receipt = _add(intake, work, case, now, intake.office())
        work.commit()
        return receipt


def _add(intake: Intake, work: Work, case: NewCase, now: datetime, office: Office) -> Receipt:
    found = match(work, case.draft, case.content_digest)
    if found.duplicate_of is not None:
        return receipts.repeated(work, found.duplicate_of)
    case = replace(case, repeats_id=found.repeats)
    recorded = record_case(work, case, now, office.zone)
    if case.judgement.urgency == URGENT and case.draft.mode is IntakeMode.NEW:
        intake.alarm(
            work,
            recorded.message_id,
            recorded.number,
            "/".join(case.judgement.topic),
            case.district,
            case.judgement.urgency_rule,
            now,
        )
    return _receipt(case, recorded)


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
