"""The mentions desk, and where else mentions are seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.model import MessageDraft
from casework.storage.queries.mentions import MentionLine, mention
from intake.mentions import Mention, receive_mention
from intake.pushed import Post
from monitor import relay_turns
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser

Signer = Callable[[str], Browser]
IDLE = "今天天气真好，公园里人很多，<b>大家</b>都很开心，我的电话13800001234。"


def post(city: City, body: str = IDLE, ref: str = "p-1", source: str = "weibo-1") -> Mention:
    at = NOW - timedelta(hours=1)
    of = MessageDraft("weibo", "", body, at, source=source, row_ref=f"post:{ref}")
    whole = Post(of, ref, f"https://example.org/{ref}", "小明", "")
    return receive_mention(city.intake, whole, NOW, 1.01)


def kept(city: City, one: Mention) -> MentionLine:
    with city.records.read() as work:
        return mention(work, one.message_id)


def act(browser: Browser, one: Mention, what: str, version: int = 1, **fields: str) -> Any:
    return browser.send(f"/mentions/{one.message_id}/{what}", {"version": str(version), **fields})


def index(city: City) -> None:
    relay_turns.serve(city.records, city.index, city.holder, lambda: NOW, wish=relay_turns.REBUILD)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_desk_with_and_without_mentions(sign_in: Signer, city: City, lang: str) -> None:
    browser = sign_in("screener")
    browser.choose(lang=lang)
    browser.get("/mentions/")
    first = post(city)
    post(city, ref="9", source="forum-1")
    page = browser.get("/mentions/?order=places&state=open&source=weibo-1")
    assert "&lt;b&gt;大家" in page.text
    assert "13800001234" not in page.text
    assert "小**" in page.words()
    assert ("2处看到" in page.words()) is (lang == "zh-CN")
    browser.get(f"/mentions/{first.message_id}?state=all")
    browser.get("/mentions/nothing", 404)
    browser.get("/mentions/01a22328-5e37-713e-be2c-e5390fe5bffb", 404)


def test_a_ticket_is_made_and_named(sign_in: Signer, city: City) -> None:
    browser, one = sign_in("screener"), post(city)
    answer = act(browser, one, "ticket")
    assert answer.status_code == 303
    number = kept(city, one).number
    assert number in browser.get(answer.headers["Location"]).words()
    page = browser.get(f"/tickets/{number}")
    assert "从舆情信息转为工单" in page.words()
    again = browser.post(f"/mentions/{one.message_id}/ticket", {"version": "1"}, 409)
    assert "别人刚刚改过" in again.words()


def test_setting_aside_and_undoing(sign_in: Signer, city: City) -> None:
    browser, one = sign_in("screener"), post(city)
    page = browser.post(f"/mentions/{one.message_id}/aside", {"version": "1", "reason": ""}, 400)
    assert "没有记下" in page.words()
    answer = act(browser, one, "aside", reason="只是感想")
    page = browser.get(answer.headers["Location"])
    assert "撤回" in page.words()
    assert "只是感想" in browser.get(f"/mentions/{one.message_id}?state=aside").words()
    browser.post(f"/mentions/{one.message_id}/aside", {"version": "1", "reason": "再"}, 409)
    answer = act(browser, one, "back", version=2)
    assert answer.status_code == 303
    assert kept(city, one).state == "open"
    browser.post(f"/mentions/{one.message_id}/back", {"version": "2"}, 409)


def test_others_do_not_see_the_desk(sign_in: Signer, city: City) -> None:
    for username in ("leader", "department", "operator"):
        sign_in(username).get("/mentions/", 403)


def test_leaders_find_and_count_mentions_apart(sign_in: Signer, city: City) -> None:
    post(city)
    index(city)
    leader = sign_in("leader")
    page = leader.get("/leadership/?days=7")
    assert "舆情信息1条" in page.words().replace(" ", "")
    assert "收到来件0件" in page.words().replace(" ", "")
    assert "这段时间共0件" in page.words()
    for origin, seen in (("", False), ("mention", True), ("all", True)):
        found = leader.get(f"/tickets/search?q=天气&origin={origin}")
        assert ("公园里人很多" in found.words()) is seen, origin
    for username in ("department", "operator"):
        found = sign_in(username).get("/tickets/search?q=天气&origin=all")
        assert "公园里人很多" not in found.words()
        assert "找到" not in found.words().split("搜索来件")[1][:20]


def test_a_mention_made_a_ticket_is_found_as_a_message(sign_in: Signer, city: City) -> None:
    browser, one = sign_in("screener"), post(city)
    act(browser, one, "ticket")
    index(city)
    assert kept(city, one).number in browser.get("/tickets/search?q=天气").words()
    found = sign_in("leader").get("/tickets/search?q=天气&origin=mention")
    assert "没有找到" in found.words()


def test_what_the_program_got_wrong_is_said(sign_in: Signer, city: City) -> None:
    browser, one = sign_in("screener"), post(city)
    assert act(browser, one, "correct", kind="投诉", sentiment="negative").status_code == 303
    page = browser.get(f"/mentions/{one.message_id}")
    chosen = [e.get("value") for e in page.all("option") if e.get("selected") is not None]
    assert {"投诉", "negative"} <= set(chosen)
    browser.post(f"/mentions/{one.message_id}/correct", {"version": "1", "kind": "抱怨"}, 400)
    act(browser, one, "aside", reason="只是感想")
    browser.post(f"/mentions/{one.message_id}/correct", {"version": "2", "kind": "投诉"}, 409)
    sign_in("leader").post(f"/mentions/{one.message_id}/correct", {"version": "2"}, 403)
