"""What people correct in hot issues stays, and of two at once one is told."""

# ruff: noqa: F811
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from casework.errors import Conflict, NotAllowed, NotFound, Rejected
from casework.office import Office
from casework.permissions import Person, Role, Scope
from casework.storage import audit
from casework.storage.issue_corrections import acts_on, corrected_issue
from casework.storage.queries.hot_issues import hottest, issue_by_number, messages_of
from casework.storage.records import Records
from casework.storage.tables import HotIssueMessageRow, MessageRow
from monitor import issue_corrections as acts
from monitor.hot_issues import WITHIN, gather, tidy
from monitor.issue_corrections import Correction
from tests.conftest import NOW, ZONE, records  # noqa: F401 - a fixture
from tests.monitor.test_hot_issues import MIXER, PARKING, issues, say

LEADER = Person(uuid4(), "he", "何", frozenset({Role.LEADER}))
CLERK = replace(LEADER, roles=frozenset({Role.SCREENER}))
MORE = "搅拌站又在丽发新城旁边开工，粉尘和噪音让人没法开窗，请查处。"


@pytest.fixture
def mixer(records: Records) -> tuple[UUID, ...]:
    """Four people about a mixing plant, one more in the words of the first."""
    found = tuple(
        say(records, text, who=f"a{n}", days_ago=9 - n) for n, text in enumerate((*MIXER, MIXER[0]))
    )
    gather(records, ZONE, NOW)
    assert list(issues(records)) == [frozenset(found)]
    return found


def before(records: Records, office: Office, number: str = "") -> Correction:
    """What the leader sees now; of the only issue where none is named."""
    number = number or next(iter(issues(records).values()))
    with records.read() as work:
        version = corrected_issue(work, number).version
    return Correction(records, office, number, version, LEADER)


def entries(records: Records, *messages: UUID) -> list[int]:
    with records.read() as work:
        return [
            work.session.scalars(
                select(HotIssueMessageRow.id).where(HotIssueMessageRow.message_id == key)
            ).one()
            for key in messages
        ]


def look_again(records: Records) -> None:
    """All there is to look at, and at what leaves; twice."""
    for _ in range(2):
        gather(records, ZONE, NOW, everything=True)
        tidy(records, NOW)


def test_what_was_taken_out_does_not_come_back(
    records: Records, office: Office, mixer: tuple[UUID, ...]
) -> None:
    acts.take_out(before(records, office), entries(records, mixer[1]), "说的是另一家", NOW)
    left = frozenset(mixer) - {mixer[1]}
    look_again(records)
    assert list(issues(records)) == [left]
    with records.write() as work:  # deleted and restored: looked at as if it were new
        work.session.get_one(MessageRow, mixer[1]).deleted_at = NOW
        work.commit()
    tidy(records, NOW)
    with records.write() as work:
        work.session.get_one(MessageRow, mixer[1]).deleted_at = None
        work.commit()
    look_again(records)
    assert list(issues(records)) == [left]
    new = say(records, MORE, who="z")
    look_again(records)
    assert [found for found in issues(records) if new in found] != []
    assert all(not {mixer[1], mixer[2]} <= found for found in issues(records))
    with records.read() as work:
        number = next(iter(issues(records).values()))
        [act] = acts_on(work, corrected_issue(work, number).id)
        assert (act.act, act.reason, act.by, act.messages) == ("take_out", "说的是另一家", "he", 1)
        assert list(audit.verify(work)) == []


def test_copies_go_along_and_what_stays_is_shown(
    records: Records, office: Office, mixer: tuple[UUID, ...]
) -> None:
    [first, copy] = entries(records, mixer[0], mixer[4])
    acts.take_out(before(records, office), [copy], "只有这一件不是", NOW)
    acts.take_out(before(records, office), [first], "也不是", NOW)
    assert list(issues(records)) == [frozenset(mixer[1:4])]
    with records.read() as work:
        rows = work.session.scalars(select(HotIssueMessageRow)).all()
        here = {row.id for row in rows if row.issue_id is not None}
        assert all(row.same_as is None or row.same_as in here for row in rows)


def test_an_issue_is_split_and_merged_again(
    records: Records, office: Office, mixer: tuple[UUID, ...]
) -> None:
    old = before(records, office)
    made = acts.split(old, entries(records, mixer[0], mixer[2]), "两处搅拌站", NOW)
    apart = {frozenset({mixer[0], mixer[2], mixer[4]}), frozenset({mixer[1], mixer[3]})}
    look_again(records)
    assert set(issues(records)) == apart
    acts.merge(before(records, office, made), old.number, "还是一处", NOW)
    look_again(records)
    assert issues(records) == {frozenset(mixer): made}
    new = say(records, MORE, who="z")
    look_again(records)
    assert issues(records) == {frozenset({*mixer, new}): made}
    with records.read() as work:
        assert corrected_issue(work, old.number).merged_into == made
        assert issue_by_number(work, office, Scope(), NOW, old.number).number == made
        assert list(audit.verify(work)) == []


def test_what_is_not_one_matter_takes_nothing_new_and_leaves_the_list(
    records: Records, office: Office, mixer: tuple[UUID, ...]
) -> None:
    def listed() -> list[str]:
        with records.read() as work:
            found = hottest(work, office, Scope(), NOW, NOW - WITHIN)
        return [one.number for one in found]

    what = before(records, office)
    acts.judge(what, False, "只是词一样", NOW)
    assert listed() == []
    new = say(records, MORE, who="z")
    look_again(records)
    assert list(issues(records)) == [frozenset(mixer)]
    with pytest.raises(Conflict):  # it was said already
        acts.judge(before(records, office), False, "只是词一样", NOW)
    acts.judge(before(records, office), True, "查过了，是一家", NOW)
    assert listed() == [what.number]
    late = say(records, MORE + "谢谢", who="y")
    look_again(records)
    assert all(late in found for found in issues(records) if new in found)


def test_who_was_kept_out_of_one_is_kept_out_of_what_it_is_merged_into(
    records: Records, office: Office, mixer: tuple[UUID, ...]
) -> None:
    parking = [say(records, text, who=f"p{n}", days_ago=5) for n, text in enumerate(PARKING)]
    gather(records, ZONE, NOW)
    [plant, spaces] = sorted(issues(records).items(), key=lambda one: -len(one[0]))
    acts.take_out(before(records, office, plant[1]), entries(records, mixer[1]), "不是", NOW)
    acts.merge(before(records, office, spaces[1]), plant[1], "同一个开发商", NOW)
    with records.write() as work:
        work.session.get_one(MessageRow, mixer[1]).deleted_at = NOW
        work.commit()
    tidy(records, NOW)
    with records.write() as work:
        work.session.get_one(MessageRow, mixer[1]).deleted_at = None
        work.commit()
    look_again(records)
    assert list(issues(records)) == [frozenset({*mixer, *parking}) - {mixer[1]}]


def test_what_is_refused(records: Records, office: Office, mixer: tuple[UUID, ...]) -> None:
    what = before(records, office)
    some = entries(records, mixer[1])
    refused: list[Callable[[], object]] = [
        lambda: acts.take_out(what, some, "  ", NOW),
        lambda: acts.take_out(what, some, "长" * 501, NOW),
        lambda: acts.take_out(what, [], "理由", NOW),
        lambda: acts.take_out(what, [9999], "理由", NOW),
        lambda: acts.take_out(what, entries(records, *mixer[:3]), "理由", NOW),  # one would stay
        lambda: acts.split(what, some, "理由", NOW),
        lambda: acts.merge(what, what.number, "理由", NOW),
        lambda: acts.merge(what, "RD-000000-001", "理由", NOW),
        lambda: acts.judge(replace(what, person=CLERK), True, "理由", NOW),
    ]
    for act in refused:
        with pytest.raises((Rejected, NotAllowed)):
            act()
    with pytest.raises(NotFound):
        acts.judge(replace(what, number="RD-1"), True, "理由", NOW)
    assert list(issues(records)) == [frozenset(mixer)]


def test_two_at_once(records: Records, office: Office, mixer: tuple[UUID, ...]) -> None:
    what, start = before(records, office), Barrier(2)
    chosen = [entries(records, mixer[1]), entries(records, mixer[2])]
    told: list[str] = []

    def act(n: int) -> None:
        start.wait()
        try:
            acts.take_out(what, chosen[n], "不是", NOW + timedelta(seconds=n))
            told.append("done")
        except Conflict as error:
            told.append(error.reason)

    threads = [Thread(target=act, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["changed", "done"]
    assert len(next(iter(issues(records)))) == 4


def test_an_issue_that_falls_apart_takes_its_history_along(
    records: Records, office: Office, mixer: tuple[UUID, ...]
) -> None:
    acts.take_out(before(records, office), entries(records, mixer[1]), "不是", NOW)
    with records.write() as work:
        for key in (mixer[0], mixer[2], mixer[4]):
            work.session.get_one(MessageRow, key).deleted_at = NOW
        work.commit()
    tidy(records, NOW)
    assert issues(records) == {}
    with records.read() as work:
        assert messages_of(work, office, Scope(), uuid4(), 5) == ()
