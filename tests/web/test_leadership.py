"""The leadership's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import unquote

import pytest

from casework.errors import IndexUnavailable
from casework.storage.alert_detail import AlertDetail, ChartPoint, Driver
from casework.storage.alerts import (
    Measured,
    NewAlert,
    add_alert,
    alert_by_number,
)
from monitor import relay_turns
from runtime.wiring import City
from tests.builders import draft, new_case, record_one
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.cases import assigned

Signer = Callable[[str], Browser]


@pytest.fixture
def indexed(city: City) -> City:
    """Twenty messages of the last days, in records and index."""
    for n in range(20):
        received_at = NOW - timedelta(days=n % 10, hours=1)
        message = draft(body=f"第{n}盏路灯坏了，请维修。", received_at=received_at)
        record_one(city.records, new_case(of=message))
    relay_turns.serve(city.records, city.index, city.holder, lambda: NOW, wish=relay_turns.REBUILD)
    return city


def alert(city: City, **changes: object) -> str:
    case = assigned(city)
    hours = [NOW - timedelta(hours=h) for h in range(5, 0, -1)]
    detail = AlertDetail(
        window_hours=3.0,
        chance=-5.2,
        count=21,
        chart_interval="hour",
        chart=tuple(ChartPoint(at, 7, 1.2, 0.0, 4.0) for at in hours),
        drivers=(
            Driver("leaf_topic", "城乡建设/自来水供应", 16, 0.76, 0.02, 58.0),
            Driver("word", "路灯", 12, float(str(changes.get("word_share", 0.6))), 0.01, 60.0),
            Driver("channel", "hotline", 9, 0.4, 0.3, 1.3),
            Driver("district", "unknown", 3, 0.1, 0.1, 1.2),
        ),
        messages=(case.message_id,),
    )
    new = NewAlert(
        key=f"test|{case.number}",
        rule=str(changes.get("rule", "surge-3h")),
        measure=str(changes.get("measure", "count")),
        topic=changes.get("topic", ("城乡建设", "城市建设和市政管理")),
        district=str(changes.get("district", "")),
        since=NOW - timedelta(hours=3),
        measured=Measured("orange", 21.0, 3.5, 8.0, NOW, detail),
        message_id=case.message_id if changes.get("measure") == "urgent" else None,
    )
    with city.records.write() as work:
        made = add_alert(work, new, NOW, city.settings.zone)
        assert made is not None
        work.commit()
    return made.number


def test_an_empty_city(sign_in: Signer) -> None:
    browser = sign_in("leader")
    page = browser.get("/leadership/")
    assert "全市总览" in page.words()
    browser.get("/leadership/alerts")


def test_every_number_of_the_dashboard_leads_to_its_list(sign_in: Signer, indexed: City) -> None:
    alert(indexed)
    browser = sign_in("leader")
    page = browser.get("/leadership/?days=30")
    tiles = [a for a in page.all("a") if a.get("class") == "ms-kpi"]
    assert len(tiles) == 5
    for tile in tiles:
        href = unescape(tile.get("href", ""))
        behind = browser.get(href)
        shown = re.search(r"[\d,.]+", "".join(tile.itertext()))
        if "reply=met" not in href:
            assert shown
            assert f"工单 {shown[0]}" in behind.words(), href
    for link in page.all("a"):
        href = link.get("href", "")
        if href.startswith(("/tickets/", "/leadership/")):
            browser.get(href)


def test_the_dashboard_without_its_index(
    sign_in: Signer, indexed: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise IndexUnavailable("no index")

    for name in ("count", "counts", "series", "search", "top_words"):
        monkeypatch.setattr(type(indexed.index), name, away)
    browser = sign_in("leader")
    page = browser.get("/leadership/")
    assert "趋势索引暂时不能用" in page.words()
    assert "收到来件20件" in page.words().replace(" ", "")
    search = browser.get("/tickets/search?q=路灯")
    assert "没有按关键词找" in search.words()
    browser.choose(lang="en")
    browser.get("/leadership/")


def test_searching_by_words(sign_in: Signer, indexed: City) -> None:
    browser = sign_in("leader")
    assert "找到20件" in browser.get("/tickets/search?q=路灯").words()
    assert "没有找到" in browser.get("/tickets/search?q=地铁延误").words()
    neighbour = sign_in("neighbour")
    assert "没有找到" in neighbour.get("/tickets/search?q=路灯").words()


def test_a_search_keeps_what_its_form_has_no_field_for(sign_in: Signer, indexed: City) -> None:
    page = sign_in("leader").get("/tickets/search?channel=web&topic=城乡建设/市政设施")
    assert page.field("channel") == "web"
    assert "网页" in page.words()
    chosen = [one.get("value") for one in page.all("option") if "selected" in one.attrib]
    assert chosen == ["城乡建设/市政设施"]


def test_an_alert_is_taken_on_judged_and_closed(sign_in: Signer, city: City) -> None:
    number = alert(city)
    browser = sign_in("leader")
    page = browser.get(f"/leadership/alerts/{number}")
    for words in ("21件", "是平常的 6.0倍", "小于万分之一", "60.0", "三小时内突然增多"):
        assert words in page.words()
    path = f"/leadership/alerts/{number}"
    assert browser.send(f"{path}/acknowledge").status_code == 303
    refused = browser.post(f"{path}/judge", {"verdict": "false", "reason": ""}, 400)
    assert "没有写" in refused.words()
    judged = browser.send(f"{path}/judge", {"verdict": "false", "reason": "施工通告"})
    assert judged.status_code == 303
    assert "误报 施工通告" in browser.get(path).words().replace("\u3000", " ")
    assert browser.send(f"{path}/close").status_code == 303
    with city.records.read() as work:
        closed = alert_by_number(work, number)
    assert (closed.state, closed.owner, closed.verdict) == ("closed", "leader", "false")
    browser.post(f"{path}/close", {}, 409)


@pytest.mark.parametrize(("word_share", "about"), [(0.6, "“路灯”"), (0.4, "自来水供应")])
def test_an_alert_of_no_topic_says_what_most_of_it_is_about(
    sign_in: Signer, city: City, word_share: float, about: str
) -> None:
    district = next(d for d in city.office().departments if d.level == "district")
    number = alert(city, topic=(), district=district.code, word_share=word_share)
    browser = sign_in("leader")
    page = browser.get(f"/leadership/alerts/{number}")
    assert f"{district.name}：来件突然增多，多数说的是{about}" in page.words()
    links = [a.get("href", "") for a in page.all("a")]
    behind = [unquote(unescape(link)) for link in links if "search" in link]
    assert any("topic=城乡建设/自来水供应" in link and "district" in link for link in behind)
    for link in behind:
        browser.get(link)


def test_a_slow_rise_is_not_called_sudden(sign_in: Signer, city: City) -> None:
    browser = sign_in("leader")
    path = f"/leadership/alerts/{alert(city, rule='slow-rise')}"
    assert "来件慢慢增多" in browser.get(path).words()
    assert "几周里慢慢增多" in browser.get("/leadership/alert-settings").words()
    browser.choose(lang="en")
    assert "slow rise in messages" in browser.get(path).words()
    assert "Slow rise over weeks" in browser.get("/leadership/alert-settings").words()


def test_a_false_alarm_needs_its_reason_at_the_field(sign_in: Signer, city: City) -> None:
    path = f"/leadership/alerts/{alert(city)}"
    page = sign_in("leader").post(f"{path}/judge", {"verdict": "false", "reason": ""}, 400)
    field = next(one for one in page.all("input") if one.get("id") == "reason")
    assert field.get("aria-describedby") == "reason-error"
    assert any(one.get("id") == "reason-error" for one in page.all("span"))


@pytest.mark.parametrize("measure", ["count", "negative_share", "urgent"])
def test_alerts_in_english(sign_in: Signer, city: City, measure: str) -> None:
    number = alert(city, measure=measure)
    browser = sign_in("leader")
    browser.choose(lang="en")
    page = browser.get(f"/leadership/alerts/{number}")
    assert "&lt;span" not in page.text
    browser.get("/leadership/alerts")
    browser.get("/leadership/")


def test_an_alert_that_does_not_exist(sign_in: Signer, clock: dict[str, datetime]) -> None:
    sign_in("leader").get("/leadership/alerts/YJ-0000-00", 404)
