"""What every engine promises of late versions, corrected dates, strange words and checks."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from casework.permissions import EVERYTHING, Scope
from monitor.index.fields import DELETED, digest
from monitor.index.interface import ANYTHING, Dimension, Interval, Order, TrendFilter, TrendIndex
from monitor.index.state import Reached
from tests.monitor.documents import NOON, ZONE, make, scatter, uuid


def fill(index: TrendIndex, *documents: object) -> None:
    assert index.put(list(documents)) == ()  # type: ignore[arg-type]
    assert index.commit() == ()


def channels(index: TrendIndex) -> dict[tuple[str, ...], int]:
    return index.counts([Dimension.CHANNEL], ANYTHING, EVERYTHING)


def test_a_late_version_changes_nothing(index: TrendIndex) -> None:
    fill(index, make(1, version=3, channel="hotline"))
    fill(index, make(1, version=2, channel="letter"))
    assert channels(index) == {("hotline",): 1}
    fill(index, make(1, version=3, channel="wechat"))
    assert channels(index) == {("wechat",): 1}


def test_of_several_versions_put_at_once_the_newest_counts(index: TrendIndex) -> None:
    fill(index, make(1, version=4, channel="hotline"), make(1, version=2, channel="letter"))
    assert channels(index) == {("hotline",): 1}
    index.put([make(1, version=6, channel="wechat")])
    index.put([make(1, version=5, channel="letter")])
    index.commit()
    assert channels(index) == {("wechat",): 1}


def test_a_late_version_does_not_bring_a_deleted_message_back(index: TrendIndex) -> None:
    fill(index, make(1, version=2))
    fill(index, make(1, version=5, deleted=True))
    fill(index, make(1, version=4))
    fill(index, make(1, version=5, deleted=True))
    assert index.count(ANYTHING, EVERYTHING) == 0
    assert list(index.message_ids()) == []
    [tombstone] = index.fingerprints()
    assert (tombstone.digest, tombstone.version) == (DELETED, 5)


def test_a_corrected_date_moves_a_message_to_its_month(index: TrendIndex) -> None:
    fill(index, make(1, version=1), make(2))
    fill(index, make(1, version=2, received_at=NOON - timedelta(days=40)))
    assert index.count(ANYTHING, EVERYTHING) == 2
    assert [found.message_id for found in index.fingerprints()] == [uuid(1), uuid(2)]
    months = index.series(
        None, Interval.DAY, date(2026, 10, 1), date(2026, 11, 30), ZONE, ANYTHING, EVERYTHING
    )
    assert [bucket.start.month for bucket in months.buckets if bucket.total] == [10, 11]
    fill(index, make(1, version=1))  # late, and of the month it was in before
    assert [found.version for found in index.fingerprints()] == [2, 1]


def test_months_begin_at_midnight_of_the_city(index: TrendIndex) -> None:
    fill(
        index,
        make(1, received_at=datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)),
        make(2, received_at=datetime(2026, 10, 31, 16, 0, 0, tzinfo=UTC)),
    )
    first = date(2026, 11, 1)
    trend = index.series(None, Interval.DAY, first, first, ZONE, ANYTHING, EVERYTHING)
    assert trend.total == 1
    october = TrendFilter(end=datetime(2026, 11, 1, tzinfo=ZONE))
    assert index.count(october, EVERYTHING) == 1


def test_strange_words_are_found(index: TrendIndex) -> None:
    texts = {
        1: "𠮷野家门口的路灯🚦坏了",
        2: "ＣＡＦＥ和Café，e\u0301cole，ﬁre",
        3: "零\u200b宽\u00a0空格\u3000和\u2028换行",
        4: "长" * 3 + "x" * 700 + " 尾巴",
        5: "«»¡¿—…·、。「」",
        6: "",
    }
    fill(index, *[make(n, subject="", body=text) for n, text in texts.items()])
    for words, expected in (
        ("路灯", {1}),
        ("🚦", set()),
        ("𠮷", {1}),
        ("café", {2}),
        ("空格", {3}),
        ("尾巴", {4}),
        ("x" * 700, {4}),
        ("x" * 300, {4}),
    ):
        page = index.search(TrendFilter(words=words), EVERYTHING, 0, 10, Order.DATE)
        found = {hit.message_id.int & 0xFF for hit in page.hits}
        if words == "🚦":  # a mark without letters is no word: nothing is asked for
            assert found == set(texts)
        else:
            assert found == expected, words


def test_ten_thousand_departments_may_be_left_out(index: TrendIndex) -> None:
    fill(index, make(1), make(2, accused=frozenset({"X09999"})))
    wide = Scope(not_accused=frozenset(f"X{n:05d}" for n in range(10_000)))
    assert index.count(ANYTHING, wide) == 1
    assert index.counts([Dimension.KIND], ANYTHING, wide) == {("投诉",): 1}


def test_fingerprints_tell_states_apart_and_can_be_taken_out(index: TrendIndex) -> None:
    documents = [make(n, received_at=NOON - timedelta(days=20 * n)) for n in range(1, 6)]
    fill(index, *documents)
    found = list(index.fingerprints())
    assert [one.message_id for one in found] == [uuid(n) for n in range(1, 6)]
    assert [one.digest for one in found] == [digest(document) for document in documents]
    assert len({digest(replace(documents[0], state=state)) for state in ("a", "b", "")}) == 3
    index.remove(found[1:3])
    assert index.count(ANYTHING, EVERYTHING) == 5
    index.commit()
    assert [one.message_id for one in index.fingerprints()] == [uuid(1), uuid(4), uuid(5)]
    index.remove(found[1:2])  # gone already
    index.commit()
    fill(index, documents[1])
    assert index.count(ANYTHING, EVERYTHING) == 4


def test_a_build_begins_at_the_beginning(index: TrendIndex) -> None:
    assert not index.unfinished()
    with index.rebuilding() as build:
        assert build.reached == Reached()
        build.put([make(1), make(1, version=2, channel="hotline"), make(2, deleted=True)])
    assert channels(index) == {("hotline",): 1}
    assert not index.unfinished()


def contents(index: TrendIndex) -> object:
    return (
        [(found.message_id, found.version, found.digest) for found in index.fingerprints()],
        channels(index),
        [index.count(TrendFilter(words=word), EVERYTHING) for word in ("工地", "暖气", "公交线路")],
        index.top_words(ANYTHING, EVERYTHING, 20),
    )


def test_what_another_process_makes_ready_is_the_same(index: TrendIndex) -> None:
    documents = [
        *scatter(5, 200, NOON - timedelta(days=40), timedelta(days=60)),
        make(200, deleted=True),
        replace(make(201), number="\ud800"),
        make(202, version=7),
    ]
    with index.rebuilding() as build:
        [refusal] = build.put(documents)
        assert refusal.message_id == uuid(201)
    before = contents(index)
    with index.rebuilding() as build:
        ready = pickle.loads(pickle.dumps(build.make))(documents)
        assert build.put_ready(pickle.loads(pickle.dumps(ready))) == (refusal,)
        assert build.put_ready(build.make([])) == ()
        assert build.reached == Reached(uuid(202), len(documents))
    assert contents(index) == before
    assert index.count(ANYTHING, EVERYTHING) == 201
