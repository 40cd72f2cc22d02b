"""Calls the call centre has told of, and which of them have been entered as a message.

A call centre tells of a call when it begins and again when it ends: the second time completes the
row. The telephone desk asks for the call its agent is on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.errors import NotFound
from casework.senders import plain_sender
from casework.storage.records import Work
from casework.storage.tables import CallRow

STILL_OF_INTEREST = timedelta(hours=2)
"""A call that nobody entered for longer is no longer offered."""


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call as the call centre tells it. caller: "" when the number is withheld.
    recording_ref, ended_at: empty until the call centre knows them."""

    source: str
    call_ref: str
    caller: str
    agent: str
    started_at: datetime
    ended_at: datetime | None = None
    recording_ref: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call on record. caller_digest: as messages.sender_digest; None for a withheld number."""

    id: UUID
    source: str
    call_ref: str
    caller: str
    caller_digest: bytes | None
    agent: str
    recording_ref: str
    started_at: datetime
    ended_at: datetime | None
    message_id: UUID | None


def record_call(work: Work, call: IncomingCall, now: datetime) -> UUID:
    """Record a call, or complete one that is on record already; its id.

    What a later telling leaves out stays as it was. Two tellings at the same moment: the later
    one gets Conflict at its commit and finds the row when it tries again.
    """
    row = work.session.scalar(
        select(CallRow)
        .where(CallRow.source == call.source, CallRow.call_ref == call.call_ref)
        .with_for_update()
    )
    if row is None:
        row = CallRow(
            id=uuid7(),
            source=call.source,
            call_ref=call.call_ref,
            agent=call.agent,
            started_at=call.started_at,
            recorded_at=now,
        )
        work.session.add(row)
    row.agent = call.agent or row.agent
    row.ended_at = call.ended_at or row.ended_at
    row.recording_ref = call.recording_ref or row.recording_ref or ""
    if call.caller:
        row.caller = call.caller
        row.caller_digest = work.vault.digest("sender", plain_sender(call.caller))
    work.session.flush()
    return row.id


def call_for_agent(work: Work, username: str, now: datetime) -> Call | None:
    """The newest call of this agent that has not been entered, or None.

    Calls that began more than STILL_OF_INTEREST ago are left out.
    """
    row = work.session.scalar(
        select(CallRow)
        .where(
            CallRow.agent == username,
            CallRow.message_id.is_(None),
            CallRow.started_at > now - STILL_OF_INTEREST,
        )
        .order_by(CallRow.started_at.desc(), CallRow.id.desc())
        .limit(1)
    )
    return None if row is None else _call(row)


def entered(work: Work, call_id: UUID, message_id: UUID) -> None:
    """What was said in the call is on record as this message. Raises NotFound."""
    row = work.session.get(CallRow, call_id, with_for_update=True)
    if row is None:
        raise NotFound("call", str(call_id))
    row.message_id = message_id


def _call(row: CallRow) -> Call:
    return Call(
        id=row.id,
        source=row.source,
        call_ref=row.call_ref,
        caller=row.caller or "",
        caller_digest=row.caller_digest,
        agent=row.agent,
        recording_ref=row.recording_ref,
        started_at=row.started_at,
        ended_at=row.ended_at,
        message_id=row.message_id,
    )
