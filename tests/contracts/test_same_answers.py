"""Both engines hold the same 5,000 random messages and are asked the same random questions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.permissions import EVERYTHING, Scope
from casework.storage.trend_documents import MENTION, TrendDocument
from casework.taxonomy import CHANNELS, KINDS, SENTIMENTS, UNKNOWN, URGENCIES, leaves
from monitor.index import aggregations
from monitor.index.embedded import EmbeddedIndex
from monitor.index.interface import Dimension, Interval, Order, Origin, TrendFilter, TrendIndex
from tests.monitor.clusters import fresh_index, remove_all
from tests.monitor.documents import ABOVE, ZONE, make, search_words, words

MESSAGES = 5_000
HOUR = timedelta(hours=1)
FIRST, DAYS = datetime(2026, 8, 3, tzinfo=ZONE), 120
NAMES = sorted({part for leaf in leaves() for part in leaf.path})
TOPICS = [(), *(leaf.path[:depth] for leaf in leaves()[:40] for depth in (1, 2, 3))]
Both = tuple[TrendIndex, TrendIndex]


def messages() -> Iterator[TrendDocument]:
    chance = random.Random(11)
    for number in range(MESSAGES):
        body = "，".join(chance.choices(NAMES, k=chance.randint(1, 30))) + f"，{number}号"
        yield make(
            number,
            received_at=(FIRST + timedelta(days=DAYS) * chance.random()).astimezone(UTC),
            topic=chance.choice(TOPICS),
            department=chance.choice(list(ABOVE)),
            district=chance.choice(["D1", "D2", "D3", ""]),
            channel=chance.choice(CHANNELS),
            kind=chance.choice(KINDS),
            sentiment=chance.choice(SENTIMENTS),
            urgency=chance.choice(URGENCIES),
            state=chance.choice(["assigned", "closed", MENTION]),
            subject=chance.choice(NAMES),
            body=body,
            keywords=tuple(chance.sample(NAMES, chance.randint(0, 6))),
            unscreened_report=chance.random() < 0.05,
            accused=frozenset(code for code in ("ZJJ", "D1") if chance.random() < 0.05),
            deleted=chance.random() < 0.02,
        )


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str
) -> Iterator[tuple[TrendIndex, TrendIndex]]:
    embedded = EmbeddedIndex(tmp_path_factory.mktemp("both"), words, search_words, "test")
    cluster = fresh_index(elasticsearch_url)
    documents = list(messages())
    for index in (embedded, cluster):
        with index.rebuilding() as build:
            for start in range(0, MESSAGES, 1000):
                assert build.put(documents[start : start + 1000]) == ()
    yield embedded, cluster
    embedded.close()
    remove_all(cluster)


moments = st.one_of(
    st.none(),
    st.datetimes(datetime(2026, 7, 1), datetime(2026, 12, 31)).map(
        lambda at: at.replace(tzinfo=ZONE)
    ),
)
filters = st.builds(
    TrendFilter,
    start=moments,
    end=moments,
    topic=st.sampled_from([(), (), (UNKNOWN,), *TOPICS]),
    department=st.sampled_from(["", "", "CITY", "D1", "D1S1", UNKNOWN]),
    district=st.sampled_from(["", "", "D1", "D2", UNKNOWN]),
    channel=st.sampled_from(["", "", "", *CHANNELS]),
    kind=st.sampled_from(["", "", "", *KINDS]),
    sentiment=st.sampled_from(["", "", *SENTIMENTS]),
    urgency=st.sampled_from(["", "", "", *URGENCIES]),
    words=st.one_of(st.just(""), st.sampled_from(NAMES)),
    origin=st.sampled_from([None, Origin.MESSAGE, Origin.MENTION]),
)
scopes = st.sampled_from(
    [
        EVERYTHING,
        Scope(),
        Scope(lead_under="D1", not_accused=ABOVE["D1"]),
        Scope(lead_under="D1S1", not_accused=ABOVE["D1S1"], unscreened_reports=False),
        Scope(nothing=True),
    ]
)
questions = settings(max_examples=60, deadline=None)


@questions
@given(filter=filters, scope=scopes, page=st.integers(0, 3), size=st.integers(1, 50))
def test_the_same_messages_are_found_and_paged(
    both: Both, filter: TrendFilter, scope: Scope, page: int, size: int
) -> None:
    embedded, cluster = both
    assert cluster.count(filter, scope) == embedded.count(filter, scope)
    asked = (filter, scope, page * size, size, Order.DATE)
    assert cluster.search(*asked) == embedded.search(*asked)


@questions
@given(
    filter=filters,
    scope=scopes,
    by=st.lists(st.sampled_from(list(Dimension)), min_size=1, max_size=4, unique=True),
)
def test_the_same_is_counted(
    both: Both, filter: TrendFilter, scope: Scope, by: list[Dimension]
) -> None:
    embedded, cluster = both
    counted = cluster.counts(by, filter, scope)
    assert counted == embedded.counts(by, filter, scope)
    assert sum(counted.values()) == embedded.count(filter, scope)
    for index in both:
        several = index.several_counts([by, by[-1:]], filter, scope)
        assert several == (counted, index.counts(by[-1:], filter, scope))


@settings(max_examples=20, deadline=None)
@given(
    scope=scopes,
    by=st.lists(st.sampled_from(list(Dimension)), min_size=1, max_size=4, unique=True),
    start=st.datetimes(datetime(2026, 7, 25), datetime(2026, 12, 10)),
    hours=st.integers(1, 15),
    most=st.sampled_from([40, aggregations.MAX_BUCKETS]),
)
def test_hours_are_counted_together_as_one_by_one(
    both: Both, scope: Scope, by: list[Dimension], start: datetime, hours: int, most: int
) -> None:
    """most: so few buckets in one answer that the hours do not fit into it, or all there are."""
    first = start.replace(tzinfo=UTC, microsecond=0)
    wanted = [by, by[-1:]]
    for index in both:
        with patch.object(aggregations, "MAX_BUCKETS", most):
            found = list(index.hourly_counts(wanted, first, hours, scope))
        assert found == [
            index.several_counts(wanted, TrendFilter(start=at, end=at + HOUR), scope)
            for at in (first + n * HOUR for n in range(hours))
        ]


@questions
@given(
    filter=filters,
    scope=scopes,
    by=st.sampled_from([None, *Dimension]),
    interval=st.sampled_from(list(Interval)),
    first=st.dates(date(2026, 7, 25), date(2026, 12, 10)),
    days=st.integers(0, 60),
)
def test_the_same_course_of_time(
    both: Both,
    filter: TrendFilter,
    scope: Scope,
    by: Dimension | None,
    interval: Interval,
    first: date,
    days: int,
) -> None:
    embedded, cluster = both
    asked = (by, interval, first, first + timedelta(days), ZONE, filter, scope)
    assert cluster.series(*asked) == embedded.series(*asked)


@questions
@given(filter=filters, background=filters, scope=scopes, n=st.integers(1, 60))
def test_the_same_words(
    both: Both, filter: TrendFilter, background: TrendFilter, scope: Scope, n: int
) -> None:
    embedded, cluster = both
    assert cluster.top_words(filter, scope, n) == embedded.top_words(filter, scope, n)
    asked = (filter, background, scope, n)
    assert cluster.contrast_words(*asked) == embedded.contrast_words(*asked)


@questions
@given(asked=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2), scope=scopes)
def test_relevance_agrees_on_eight_of_ten(both: Both, asked: list[str], scope: Scope) -> None:
    wanted = TrendFilter(words=" ".join(asked))
    pages = [index.search(wanted, scope, 0, 10, Order.RELEVANCE) for index in both]
    assert pages[0].total == pages[1].total
    found = [{hit.message_id for hit in page.hits} for page in pages]
    assert len(found[0] & found[1]) >= 0.8 * len(found[0])


@questions
@given(asked=st.lists(st.sampled_from(NAMES), min_size=1, max_size=20, unique=True), scope=scopes)
def test_similar_agrees_on_eight_of_ten(both: Both, asked: list[str], scope: Scope) -> None:
    found = [
        {hit.message_id for hit in index.similar("，".join(asked), scope, 10)} for index in both
    ]
    assert len(found[0]) == len(found[1])
    assert len(found[0] & found[1]) >= 0.8 * len(found[0])
