"""Sources: changed by one hand at a time, read when due, waiting longer after each failure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from casework.errors import Conflict, NotFound, Rejected
from casework.storage import sources
from casework.storage.records import Records
from casework.storage.sources import BACK_OFF, Source, SourceKind
from tests.conftest import NOW

FEED = Source(
    "mayor-feed", "市长信箱订阅", SourceKind.FEED, "mailbox", {"url": "http://example.org"}
)


def save(records: Records, source: Source = FEED) -> Source:
    with records.write() as work:
        sources.save_source(work, source, "guanli", NOW)
        work.commit()
    with records.read() as work:
        return sources.source(work, source.code)


def test_a_source_is_kept_as_it_was_given(records: Records) -> None:
    kept = save(records, replace(FEED, quiet_after=timedelta(hours=2)))
    assert (kept.name, kept.kind, kept.settings) == (FEED.name, FEED.kind, FEED.settings)
    assert kept.quiet_after == timedelta(hours=2)
    assert kept.version == 1


@pytest.mark.parametrize("code", ["", "a b", "市长", "a/b", "x" * 61])
def test_a_code_that_cannot_be_is_refused(records: Records, code: str) -> None:
    with pytest.raises(Rejected, match="code"):
        save(records, replace(FEED, code=code))


def test_the_second_of_two_changes_is_told(records: Records) -> None:
    first = save(records)
    save(records, replace(first, name="改名"))
    with pytest.raises(Conflict):
        save(records, replace(first, name="另一个名"))
    with pytest.raises(Rejected, match="taken"):
        save(records)


def test_a_failing_source_waits_longer_each_time_and_recovers(records: Records) -> None:
    save(records)
    now = NOW
    for wait in (*BACK_OFF, BACK_OFF[-1]):
        with records.write() as work:
            assert [s.code for s in sources.due(work, SourceKind.FEED, now)] == [FEED.code]
            sources.failed(work, FEED.code, now, "refused")
            work.commit()
        with records.read() as work:
            assert sources.due(work, SourceKind.FEED, now + wait - timedelta(seconds=1)) == ()
        now += wait
    with records.write() as work:
        sources.succeeded(work, FEED.code, now, new_items=3, bookmark={"a": 1}, next_at=now)
        work.commit()
    with records.read() as work:
        kept = sources.source(work, FEED.code)
    assert (kept.health.failures, kept.health.last_error, kept.health.items) == (0, "", 3)
    assert kept.bookmark == {"a": 1}


def test_silence_is_noticed(records: Records) -> None:
    kept = save(records, replace(FEED, quiet_after=timedelta(hours=2)))
    assert not kept.quiet(NOW + timedelta(hours=2))
    assert kept.quiet(NOW + timedelta(hours=2, seconds=1))
    assert not replace(kept, active=False).quiet(NOW + timedelta(days=1))


def test_two_keys_hold_while_one_is_changed(records: Records) -> None:
    save(records)
    with records.write() as work:
        old = sources.add_key(work, FEED.code, "old", "guanli", NOW)
        sources.add_key(work, FEED.code, "new", "guanli", NOW)
        sources.end_key(work, old, "guanli", NOW + timedelta(hours=1), NOW)
        work.commit()
    with records.read() as work:
        assert [key for _, key in sources.keys(work, FEED.code, NOW)] == ["new", "old"]
        later = sources.keys(work, FEED.code, NOW + timedelta(hours=1))
        assert [key for _, key in later] == ["new"]
        with pytest.raises(NotFound):
            sources.end_key(work, UUID(int=0), "guanli", NOW, NOW)
