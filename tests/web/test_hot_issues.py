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
from tests.web.browser import Browser, Page

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


def correct(browser: Browser, number: str, path: str, status: int = 303, **sent: object) -> Page:
    """Send a form of the issue's page, as it is now."""
    page = browser.get(f"/leadership/hot-issues/{number}")
    form = {"version": page.field("version"), "reason": "现场看过<b>"} | sent
    return browser.post(f"/leadership/hot-issues/{number}/{path}", form, status=status)


def boxes(page: Page) -> list[str]:
    return [box.get("value", "") for box in page.all("input") if box.get("name") == "message"]


def test_a_leader_takes_out_splits_and_merges(sign_in: Signer, gathered: City) -> None:
    browser, number = sign_in("leader"), numbers(gathered)[0]
    address = f"/leadership/hot-issues/{number}"
    chosen = boxes(browser.get(address))
    assert len(chosen) == 4  # the fifth repeats one of them
    wrong = correct(browser, number, "messages", 400, message=chosen, do="take_out")
    assert "至少要留下两件" in wrong.words()
    assert "现场看过<b>" in [i.get("value") for i in wrong.all("input")]
    before = set(numbers(gathered))
    correct(browser, number, "messages", message=chosen[:2], do="split")
    page = browser.get(address)
    assert "拆成了新的热点" in page.words()
    assert "现场看过<b>" in page.words()
    [made] = set(numbers(gathered)) - before
    correct(browser, number, "merge", other=made)
    moved = browser.get(f"/leadership/hot-issues/{made}", status=302)
    assert moved.headers["Location"].endswith(number)
    assert len(boxes(browser.get(address))) == 4
    browser.choose(lang="en")
    browser.get(address)


def test_what_is_not_one_matter_is_found_apart(sign_in: Signer, gathered: City) -> None:
    browser, number = sign_in("leader"), numbers(gathered)[0]
    correct(browser, number, "judge", verdict="not_one")
    assert "搅拌站" not in browser.get("/leadership/hot-issues/").words()
    page = browser.get("/leadership/hot-issues/?state=not_one")
    assert "搅拌站" in page.words()
    assert "捆绑" not in page.words()
    assert "不是同一件事" in browser.get(f"/leadership/hot-issues/{number}").words()
    browser.choose(lang="en")
    browser.get("/leadership/hot-issues/?state=not_one")
    browser.get(f"/leadership/hot-issues/{number}")


def test_who_looked_before_somebody_else_acted_is_told(sign_in: Signer, gathered: City) -> None:
    number = numbers(gathered)[0]
    one, two = sign_in("leader"), sign_in("leader")
    before = two.get(f"/leadership/hot-issues/{number}").field("version")
    correct(one, number, "judge", verdict="one")
    late = correct(two, number, "judge", 409, verdict="not_one", version=before)
    assert "别人刚刚改过" in late.words()
    for version in ("", "x", "-1"):
        correct(two, number, "judge", 409, verdict="not_one", version=version)
