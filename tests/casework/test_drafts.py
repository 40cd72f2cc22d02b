"""Drafts: kept for their owner, sealed, and gone after some days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from casework.errors import Rejected
from casework.storage.drafts import (
    CALL,
    KEPT_FOR,
    MAX_CONTENT,
    MOST_DRAFTS,
    drafts_of,
    drop_draft,
    drop_old_drafts,
    save_draft,
)
from casework.storage.records import Records
from tests.conftest import NOW


def contents(records: Records, owner: str = "a") -> list[str]:
    with records.read() as work:
        return [draft.content for draft in drafts_of(work, owner, CALL)]


def test_saved_again_it_is_the_same_draft_and_the_last_comes_first(records: Records) -> None:
    one, two = uuid7(), uuid7()
    with records.write() as work:
        assert save_draft(work, one, "a", CALL, "1", NOW)
        assert save_draft(work, two, "a", CALL, "2", NOW + timedelta(seconds=1))
        assert save_draft(work, one, "a", CALL, "1b", NOW + timedelta(seconds=2))
        work.commit()
    assert contents(records) == ["1b", "2"]
    assert contents(records, "b") == []


def test_nobody_writes_or_drops_somebody_elses(records: Records) -> None:
    one = uuid7()
    with records.write() as work:
        save_draft(work, one, "a", CALL, "1", NOW)
        assert not save_draft(work, one, "b", CALL, "stolen", NOW)
        drop_draft(work, one, "b")
        work.commit()
    assert contents(records) == ["1"]


def test_old_ones_are_deleted(records: Records) -> None:
    with records.write() as work:
        save_draft(work, uuid7(), "a", CALL, "old", NOW - KEPT_FOR - timedelta(seconds=1))
        save_draft(work, uuid7(), "a", CALL, "new", NOW)
        assert drop_old_drafts(work, NOW) == 1
        work.commit()
    assert contents(records) == ["new"]


def test_too_long_and_too_many(records: Records) -> None:
    with records.write() as work:
        with pytest.raises(Rejected, match="too_long"):
            save_draft(work, uuid7(), "a", CALL, "x" * (MAX_CONTENT + 1), NOW)
        for _ in range(MOST_DRAFTS):
            save_draft(work, uuid7(), "a", CALL, "x", NOW)
        with pytest.raises(Rejected, match="too_many_drafts"):
            save_draft(work, uuid7(), "a", CALL, "x", NOW)
