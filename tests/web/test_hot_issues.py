"""The pages of hot issues: what a leader reads, and what nobody reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from casework.storage.tables import HotIssueRow, TicketRow
from monitor.hot_issues import gather
from runtime.wiring import City
from tests.builders import draft, judgement, new_case, record_one
from tests.conftest import NOW, ZONE
from tests.monitor.test_hot_issues import MIXER, PARKING
from tests.web.browser import Browser

Signer = Callable[[str], Browser]


@pytest.fixture
def gathered(city: City) -> City:
    """Two issues: four people about a mixing plant, one of them twice in the same words, and three
    about parking spaces a month ago."""
    said = [(text, f"a{n}", n) for n, text in enumerate((*MIXER, MIXER[0]))]
    said += [(text, f"b{n}", 30 + n) for n, text in enumerate(PARKING)]
    for text, sender, days in said:
        at = NOW - timedelta(days=days, hours=1)
        message = draft(subject="", body=text, sender=sender, received_at=at)
        record_one(city.records, new_case(of=message, district="WHQ", judged=judgement()))
    gather(city.records, ZONE, NOW)
    return city


def numbers(city: City) -> list[str]:
    with city.records.read() as work:
        return list(
            work.session.scalars(select(HotIssueRow.number).order_by(HotIssueRow.heat.desc()))
        )


def test_a_city_without_any(sign_in: Signer) -> None:
    page = sign_in("leader").get("/leadership/hot-issues/")
    assert "没有这样的热点问题" in page.words()


def test_the_list_and_its_filters(sign_in: Signer, gathered: City) -> None:
    browser = sign_in("leader")
    page = browser.get("/leadership/hot-issues/")
    rows = [row for row in page.all("tr") if "data-row" in row.attrib]
    assert len(rows) == 2
    first = "".join(rows[0].itertext())
    assert "搅拌站" in first
    assert "望湖区" in first
    falling = browser.get("/leadership/hot-issues/?state=falling")
    assert "捆绑" in falling.words()
    assert "搅拌站" not in falling.words()
    assert "没有这样的" in browser.get("/leadership/hot-issues/?district=SLX").words()
    browser.get("/leadership/hot-issues/?state=nonsense&page=99&district=%00")
    browser.choose(lang="en")
    assert "Rising" in browser.get("/leadership/hot-issues/").words()


def test_one_issue_shows_people_messages_and_the_ticket(sign_in: Signer, gathered: City) -> None:
    browser = sign_in("leader")
    number = numbers(gathered)[0]
    page = browser.get(f"/leadership/hot-issues/{number}")
    assert "5人说了5件" in page.words()
    assert "还有1件几乎一样" in page.words()
    quotes = page.all("blockquote")
    assert len(quotes) == 4
    with gathered.records.read() as work:
        tickets = set(work.session.scalars(select(TicketRow.number)))
    links = {a.get("href", "").rpartition("/")[2] for a in page.all("a")}
    assert links & tickets
    browser.choose(lang="en")
    browser.get(f"/leadership/hot-issues/{number.lower()}")
    browser.get("/leadership/hot-issues/RD-000000-001", 404)
    browser.get("/leadership/hot-issues/RD%00", 404)


def test_nobody_else_enters(sign_in: Signer, gathered: City) -> None:
    for who in ("screener", "department", "operator", "administrator"):
        sign_in(who).get("/leadership/hot-issues/", 403)
        sign_in(who).get(f"/leadership/hot-issues/{numbers(gathered)[0]}", 403)
