"""Calls: told twice and kept once, offered to their agent until they are entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from casework.errors import NotFound
from casework.storage import calls
from casework.storage.calls import STILL_OF_INTEREST, IncomingCall
from casework.storage.records import Records
from tests.builders import record_one
from tests.conftest import NOW

RINGING = IncomingCall("callcentre", "c-1", "13800000001", "operator", NOW)


def tell(records: Records, call: IncomingCall) -> UUID:
    with records.write() as work:
        call_id = calls.record_call(work, call, NOW)
        work.commit()
    return call_id


def offered(records: Records, username: str, later: timedelta = timedelta()) -> calls.Call | None:
    with records.read() as work:
        return calls.call_for_agent(work, username, NOW + later)


def test_a_call_told_again_is_completed(records: Records) -> None:
    first = tell(records, RINGING)
    ended = NOW + timedelta(minutes=3)
    again = replace(RINGING, caller="", ended_at=ended, recording_ref="rec/1.wav")
    assert tell(records, again) == first
    call = offered(records, "operator")
    assert call is not None
    assert (call.caller, call.ended_at) == ("13800000001", ended)
    assert call.recording_ref == "rec/1.wav"
    assert call.caller_digest == records.vault.digest("sender", "13800000001")


def test_a_call_is_offered_to_its_agent_until_it_is_entered(records: Records) -> None:
    tell(records, RINGING)
    newest = tell(records, replace(RINGING, call_ref="c-2", started_at=NOW + timedelta(minutes=1)))
    assert offered(records, "somebody") is None
    call = offered(records, "operator")
    assert call is not None
    assert call.id == newest
    recorded = record_one(records)
    with records.write() as work:
        calls.entered(work, newest, recorded.message_id)
        work.commit()
    older = offered(records, "operator")
    assert older is not None
    assert older.call_ref == "c-1"
    assert offered(records, "operator", STILL_OF_INTEREST) is None


def test_a_call_that_is_not_there(records: Records) -> None:
    with records.write() as work, pytest.raises(NotFound):
        calls.entered(work, UUID(int=0), UUID(int=0))


def test_the_caller_is_not_in_plain_text(records: Records) -> None:
    tell(records, RINGING)
    with records.engine.connect() as connection:
        kept = connection.execute(text("SELECT caller, caller_digest FROM calls")).one()
    assert b"13800000001" not in kept.caller
    assert b"13800000001" not in kept.caller_digest
