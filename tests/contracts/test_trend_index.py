"""What every engine of the trend index promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.permissions import EVERYTHING, NOTHING, Scope
from casework.storage.trend_documents import MENTION
from casework.taxonomy import UNKNOWN
from monitor.index.interface import (
    ANYTHING,
    Dimension,
    Interval,
    Order,
    Origin,
    TrendFilter,
    TrendIndex,
)
from monitor.index.state import IndexState
from tests.monitor.documents import ABOVE, NOON, TEXTS, ZONE, make, uuid

DAY = date(2026, 11, 18)


def fill(index: TrendIndex, *documents: object) -> None:
    assert index.put(list(documents)) == ()  # type: ignore[arg-type]
    index.commit()


def found(index: TrendIndex, filter: TrendFilter, scope: Scope = EVERYTHING) -> list[int]:
    page = index.search(filter, scope, 0, 100, Order.DATE)
    assert page.total == len(page.hits) == index.count(filter, scope)
    return sorted(hit.message_id.int & 0xFFFF for hit in page.hits)


def test_a_message_is_found_after_the_commit(index: TrendIndex) -> None:
    index.put([make(1)])
    assert index.count(ANYTHING, EVERYTHING) == 0
    index.commit()
    assert index.count(ANYTHING, EVERYTHING) == 1
    [hit] = index.search(ANYTHING, EVERYTHING, 0, 10, Order.DATE).hits
    assert hit.message_id == uuid(1)
    assert hit.number == "2026-1118-00001"
    assert hit.received_at == NOON


def test_what_was_not_committed_is_dropped_by_close(index: TrendIndex) -> None:
    index.put([make(1)])
    index.close()
    index.commit()
    assert index.count(ANYTHING, EVERYTHING) == 0


def test_a_newer_state_takes_the_place_of_the_older(index: TrendIndex) -> None:
    fill(index, make(1), make(1, channel="hotline"))
    fill(index, make(1, channel="letter"), make(2))
    fill(index, make(1, channel="letter"), make(2))
    assert index.counts([Dimension.CHANNEL], ANYTHING, EVERYTHING) == {("letter",): 1, ("web",): 1}
    assert set(index.message_ids()) == {uuid(1), uuid(2)}


def test_a_tombstone_is_counted_and_found_nowhere(index: TrendIndex) -> None:
    fill(index, make(1), make(2))
    fill(index, make(1, deleted=True))
    assert found(index, ANYTHING) == [2]
    assert index.series(None, Interval.DAY, DAY, DAY, ZONE, ANYTHING, EVERYTHING).total == 1
    assert [count.count for count in index.top_words(ANYTHING, EVERYTHING, 5)] == [1, 1]
    assert [hit.message_id for hit in index.similar(TEXTS[0], EVERYTHING, 5)] == [uuid(2)]
    assert list(index.message_ids()) == [uuid(2)]


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (TrendFilter(), [1, 2, 3, 4]),
        (TrendFilter(topic=("环境保护",)), [1, 2]),
        (TrendFilter(topic=("环境保护", "噪声污染")), [1]),
        (TrendFilter(topic=("环境保护", "噪声污染", "施工噪声")), [1]),
        (TrendFilter(topic=(UNKNOWN,)), [4]),
        (TrendFilter(department="D1"), [3]),
        (TrendFilter(department="CITY"), [1, 2, 3]),
        (TrendFilter(department=UNKNOWN), [4]),
        (TrendFilter(district="D2"), [2]),
        (TrendFilter(district=UNKNOWN), [4]),
        (TrendFilter(channel="hotline"), [3]),
        (TrendFilter(kind="举报"), [2]),
        (TrendFilter(sentiment="positive"), [4]),
        (TrendFilter(urgency="urgent"), [3]),
        (TrendFilter(words="夜间施工"), [1]),
        (TrendFilter(words="维修 暖气"), [2]),
        (TrendFilter(words="没有这个词"), []),
        (TrendFilter(start=NOON, end=NOON), []),
        (TrendFilter(start=NOON, end=NOON + timedelta(hours=1)), [1]),
        (TrendFilter(start=NOON + timedelta(seconds=1)), [2, 3, 4]),
        (TrendFilter(end=NOON + timedelta(hours=2)), [1, 2]),
        (TrendFilter(topic=("环境保护",), district="D2", words="供热"), [2]),
    ],
)
def test_each_filter_finds_its_messages(
    index: TrendIndex, filter: TrendFilter, expected: list[int]
) -> None:
    fill(
        index,
        make(1),
        make(
            2,
            received_at=NOON + timedelta(hours=1),
            topic=("环境保护",),
            district="D2",
            kind="举报",
            body=TEXTS[1],
            subject="",
        ),
        make(
            3,
            received_at=NOON + timedelta(hours=2),
            topic=("城乡建设", "供水供热"),
            department="D1S1",
            channel="hotline",
            urgency="urgent",
            body=TEXTS[2],
            subject="",
        ),
        make(
            4,
            received_at=NOON + timedelta(hours=3),
            topic=(),
            department="",
            district="",
            sentiment="positive",
            body=TEXTS[4],
            subject="",
        ),
    )
    assert found(index, filter) == sorted(expected)


def test_public_posts_are_told_apart(index: TrendIndex) -> None:
    fill(index, make(1), make(2, state=MENTION), make(3, state=""))
    assert found(index, ANYTHING) == [1, 2, 3]
    assert found(index, TrendFilter(origin=Origin.MESSAGE)) == [1, 3]
    assert found(index, TrendFilter(origin=Origin.MENTION)) == [2]


def test_pages_by_date_come_newest_first_and_do_not_overlap(index: TrendIndex) -> None:
    same_second = [make(n, received_at=NOON + timedelta(microseconds=n)) for n in range(1, 31)]
    fill(index, make(99, received_at=NOON + timedelta(days=1)), *same_second)
    pages = [index.search(ANYTHING, EVERYTHING, start, 7, Order.DATE) for start in range(0, 35, 7)]
    assert {page.total for page in pages} == {31}
    ids = [hit.message_id for page in pages for hit in page.hits]
    assert ids[0] == uuid(99)
    assert ids[1:] == [uuid(n) for n in range(30, 0, -1)]


def test_relevance_puts_the_message_that_is_about_the_words_first(index: TrendIndex) -> None:
    fill(
        index,
        make(1, subject="", body="道路积水，路灯不亮，门前垃圾没人清运，顺便问暖气什么时候开"),
        make(2, subject="暖气", body="暖气不热，暖气"),
    )
    page = index.search(TrendFilter(words="暖气"), EVERYTHING, 0, 10, Order.RELEVANCE)
    assert [hit.message_id for hit in page.hits] == [uuid(2), uuid(1)]
    assert page.hits[0].score > page.hits[1].score > 0


def test_paging_too_deep_is_refused(index: TrendIndex) -> None:
    with pytest.raises(ValueError, match="paged"):
        index.search(ANYTHING, EVERYTHING, 9_990, 11, Order.DATE)


@pytest.mark.parametrize("by", list(Dimension))
def test_groups_sum_to_the_total_with_missing_values_as_unknown(
    index: TrendIndex, by: Dimension
) -> None:
    bare = {"topic": (), "department": "", "district": "", "channel": "", "kind": ""}
    fill(index, make(1), make(2, **bare, sentiment="", urgency=""), make(3, topic=("环境保护",)))
    trend = index.series(by, Interval.DAY, DAY, DAY, ZONE, ANYTHING, EVERYTHING)
    [bucket] = trend.buckets
    assert trend.total == bucket.total == sum(bucket.groups.values()) == 3
    assert bucket.groups[UNKNOWN] >= 1
    assert index.counts([by], ANYTHING, EVERYTHING) == {
        (key,): count for key, count in bucket.groups.items()
    }


def test_counts_by_several_dimensions(index: TrendIndex) -> None:
    fill(index, make(1), make(2), make(3, district="D2"), make(4, sentiment="positive"))
    by = [Dimension.LEAF_TOPIC, Dimension.DISTRICT, Dimension.SENTIMENT]
    assert index.counts(by, ANYTHING, EVERYTHING) == {
        ("环境保护/噪声污染", "D1", "negative"): 2,
        ("环境保护/噪声污染", "D2", "negative"): 1,
        ("环境保护/噪声污染", "D1", "positive"): 1,
    }


def test_a_day_begins_at_midnight_of_the_city(index: TrendIndex) -> None:
    fill(
        index,
        make(1, received_at=datetime(2026, 11, 17, 23, 59, 59, 999999, tzinfo=ZONE)),
        make(2, received_at=datetime(2026, 11, 18, 0, 0, 0, tzinfo=ZONE)),
        make(3, received_at=datetime(2026, 11, 18, 23, 59, 59, 999999, tzinfo=ZONE)),
        make(4, received_at=datetime(2026, 11, 19, 0, 0, 0, tzinfo=ZONE)),
    )
    trend = index.series(
        None, Interval.DAY, DAY - timedelta(1), DAY + timedelta(1), ZONE, ANYTHING, EVERYTHING
    )
    assert [bucket.total for bucket in trend.buckets] == [1, 2, 1]
    assert trend.buckets[1].start == datetime(2026, 11, 18, tzinfo=ZONE)
    assert trend.buckets[1].start.tzinfo is ZONE
    hours = index.series(None, Interval.HOUR, DAY, DAY, ZONE, ANYTHING, EVERYTHING)
    assert len(hours.buckets) == 24
    assert [hours.buckets[n].total for n in (0, 1, 22, 23)] == [1, 0, 0, 1]


def test_an_empty_range_has_all_its_buckets(index: TrendIndex) -> None:
    trend = index.series(
        Dimension.TOPIC, Interval.DAY, DAY, DAY + timedelta(9), ZONE, ANYTHING, EVERYTHING
    )
    assert [(bucket.total, bucket.groups) for bucket in trend.buckets] == [(0, {})] * 10


def test_ten_years_by_hour_and_by_day(index: TrendIndex) -> None:
    first, last = date(2011, 1, 1), date(2020, 12, 31)
    moments = [datetime(year, 6, 1, 8, 30, tzinfo=ZONE) for year in range(2011, 2021)]
    fill(index, *[make(n, received_at=at) for n, at in enumerate(moments)])
    by_hour = index.series(Dimension.TOPIC, Interval.HOUR, first, last, ZONE, ANYTHING, EVERYTHING)
    assert len(by_hour.buckets) == 3653 * 24
    filled = [bucket for bucket in by_hour.buckets if bucket.total]
    assert [b.start for b in filled] == [at.replace(minute=0) for at in moments]
    by_day = index.series(Dimension.TOPIC, Interval.DAY, first, last, ZONE, ANYTHING, EVERYTHING)
    assert len(by_day.buckets) == 3653
    assert by_day.total == by_hour.total == 10


def test_the_filters_own_bounds_hold_within_the_range(index: TrendIndex) -> None:
    fill(index, *[make(n, received_at=NOON + timedelta(hours=n)) for n in range(6)])
    cut = TrendFilter(start=NOON + timedelta(hours=2), end=NOON + timedelta(hours=4))
    trend = index.series(None, Interval.DAY, DAY, DAY, ZONE, cut, EVERYTHING)
    assert [bucket.total for bucket in trend.buckets] == [2]


def test_top_words_are_counted_by_message(index: TrendIndex) -> None:
    fill(
        index,
        make(1, keywords=("噪声", "施工", "噪声")),
        make(2, keywords=("噪声", "暖气")),
        make(3, keywords=("噪声", "施工")),
    )
    words = index.top_words(ANYTHING, EVERYTHING, 3)
    assert [(w.word, w.count) for w in words] == [("噪声", 3), ("施工", 2), ("暖气", 1)]


def test_contrast_words_tell_what_is_special(index: TrendIndex) -> None:
    usual = [make(n, keywords=("小区", "物业")) for n in range(40)]
    special = [
        make(100 + n, district="D2", keywords=("小区", "停水"), received_at=NOON) for n in range(10)
    ]
    fill(index, *usual, *special, make(200, district="D2", keywords=("新词",)))
    found = index.contrast_words(TrendFilter(district="D2"), ANYTHING, EVERYTHING, 5)
    assert found[0].word == "停水"
    assert (found[0].count, found[0].background_count) == (10, 10)
    assert found[0].share == pytest.approx(10 / 11)
    assert found[0].background_share == pytest.approx(10 / 51)
    assert found[0].lift > 4
    assert "新词" not in [contrast.word for contrast in found]  # one message is not a trend
    assert index.contrast_words(TrendFilter(district="D9"), ANYTHING, EVERYTHING, 5) == ()


def test_similar_messages_come_first(index: TrendIndex) -> None:
    fill(index, *[make(n, subject="", body=text) for n, text in enumerate(TEXTS)])
    hits = index.similar("供热公司不来，暖气一点不热", EVERYTHING, 3)
    assert hits[0].message_id == uuid(1)
    assert index.similar("", EVERYTHING, 3) == ()
    assert index.similar("完全不相干之言", EVERYTHING, 3) == ()


HIDDEN = {
    "unscreened": make(2, kind="举报", unscreened_report=True),
    "accused": make(2, kind="举报", accused=frozenset({"D1"})),
    "accused above": make(2, kind="举报", accused=frozenset({"CITY"})),
}
STREET = Scope(lead_under="D1S1", not_accused=ABOVE["D1S1"])


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN.keys())
def test_no_way_of_reading_shows_a_hidden_message(index: TrendIndex, hidden: object) -> None:
    hidden = replace(hidden, department="D1S1", department_above=ABOVE["D1S1"], keywords=("秘密",))  # type: ignore[type-var]
    fill(index, make(1, department="D1S1"), hidden)
    assert index.count(ANYTHING, EVERYTHING) == 2
    assert found(index, ANYTHING, STREET) == [1]
    assert found(index, TrendFilter(words="施工"), STREET) == [1]
    assert found(index, TrendFilter(kind="举报"), STREET) == []
    assert index.counts([Dimension.KIND], ANYTHING, STREET) == {("投诉",): 1}
    trend = index.series(Dimension.KIND, Interval.DAY, DAY, DAY, ZONE, ANYTHING, STREET)
    assert (trend.total, trend.buckets[0].groups) == (1, {"投诉": 1})
    assert "秘密" not in [word.word for word in index.top_words(ANYTHING, STREET, 10)]
    assert index.contrast_words(TrendFilter(kind="举报"), ANYTHING, STREET, 5) == ()
    assert [hit.message_id for hit in index.similar(TEXTS[0], STREET, 5)] == [uuid(1)]


def test_a_department_sees_its_own_subtree_only(index: TrendIndex) -> None:
    fill(
        index, make(1, department="D1"), make(2, department="D1S1"), make(3), make(4, department="")
    )
    assert found(index, ANYTHING, Scope(lead_under="D1")) == [1, 2]
    assert found(index, ANYTHING, Scope(lead_under="D1S1")) == [2]
    assert found(index, ANYTHING, Scope()) == [1, 2, 3, 4]
    fill(index, make(5, department="HBJ", asked_above=ABOVE["D1S1"]))
    assert found(index, ANYTHING, Scope(lead_under="D1S1")) == [2]
    assert found(index, ANYTHING, Scope(lead_under="D1S1", asked_under="D1S1")) == [2, 5]
    assert found(index, ANYTHING, Scope(asked_under="D1")) == [5]
    hidden = Scope(lead_under="D1", asked_under="D1", not_accused=ABOVE["D1"])
    fill(index, make(6, department="HBJ", asked_above=ABOVE["D1"], accused=frozenset({"D1"})))
    assert found(index, ANYTHING, hidden) == [1, 2, 5]
    assert found(index, ANYTHING, NOTHING) == []
    assert index.series(None, Interval.DAY, DAY, DAY, ZONE, ANYTHING, NOTHING).total == 0
    assert index.similar(TEXTS[0], NOTHING, 5) == ()


def test_a_rebuild_answers_in_one_step(index: TrendIndex) -> None:
    fill(index, make(1), make(2))
    with index.rebuilding() as build:
        build.put([make(3)])
        assert found(index, ANYTHING) == [1, 2]
    assert found(index, ANYTHING) == [3]
    assert index.health().documents == 1


def test_a_rebuild_that_fails_leaves_the_old_index(index: TrendIndex) -> None:
    fill(index, make(1))

    def fail() -> None:
        with index.rebuilding() as build:
            build.put([make(3)])
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail()
    assert found(index, ANYTHING) == [1]
    fill(index, make(2))
    assert found(index, ANYTHING) == [1, 2]


def test_health_of_a_fresh_index(index: TrendIndex) -> None:
    fill(index, make(1, received_at=datetime(2026, 1, 1, tzinfo=UTC)))
    health = index.health()
    assert (health.state, health.documents) == (IndexState.READY, 1)
    assert health.dictionary_version == "test"
