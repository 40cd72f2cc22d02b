"""Pages around alerts: responses and their clocks, mutes, levels, known causes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from casework.storage.alerts import all_alerts
from intake.receive import receive
from runtime.wiring import City
from tests.builders import draft
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.test_leadership import alert, indexed  # noqa: F401 - a fixture

Signer = Callable[[str], Browser]
SETTINGS = "/leadership/alert-settings"
LEVELS = {
    "beyond-yellow": "10",
    "beyond-orange": "20",
    "beyond-red": "30",
    "grave-red": "yes",
    "plan": "某市舆情预案",
}


def test_a_response_stops_its_clock(sign_in: Signer, city: City) -> None:
    number = alert(city)
    browser = sign_in("leader")
    page = browser.get(f"/leadership/alerts/{number}")
    assert "发布权威信息" in page.words()
    assert "剩 5 小时" in page.words()
    sent = {"response": "information", "text": "已在官网发布"}
    browser.send(f"/leadership/alerts/{number}/respond", sent)
    page = browser.get(f"/leadership/alerts/{number}")
    assert "按时完成" in page.words()
    assert "已在官网发布" in page.words()
    assert "举行新闻发布会" in page.words()
    again = browser.post(f"/leadership/alerts/{number}/respond", sent, status=400)
    assert "没有记下" in again.words()
    for wrong in ({"response": "nothing", "text": "x"}, {"response": "briefing", "text": " "}):
        browser.post(f"/leadership/alerts/{number}/respond", wrong, status=400)


def test_a_kind_of_alert_is_muted_and_heard_again(sign_in: Signer, city: City) -> None:
    number = alert(city)
    browser = sign_in("leader")
    address = f"/leadership/alerts/{number}/mute"
    browser.post(address, {"days": "3"}, status=400)
    browser.post(address, {"days": "3000", "mute_reason": "演练"}, status=400)
    browser.send(address, {"days": "3", "mute_reason": "演练<b>"})
    page = browser.get(SETTINGS)
    assert "演练<b>" in page.words()
    assert "不再发预警" in browser.get(f"/leadership/alerts/{number}").words()
    [end] = [form for form in page.all("form") if "/end" in form.get("action", "")]
    browser.send(end.get("action", ""), {})
    assert "演练" not in browser.get(SETTINGS).words()


def test_levels_and_causes(sign_in: Signer, city: City) -> None:
    number = alert(city)
    browser = sign_in("leader")
    browser.send(f"{SETTINGS}/levels", LEVELS)
    assert browser.get(SETTINGS).field("plan") == "某市舆情预案"
    for wrong in ({"plan": ""}, {"beyond-red": "10"}, {"beyond-red": "x"}):
        browser.post(f"{SETTINGS}/levels", LEVELS | wrong, status=400)
    day = (NOW - timedelta(hours=1)).date().isoformat()
    cause = {"cause": "storm", "first": day, "last": "", "district": "", "text": "大风降温"}
    browser.send(f"{SETTINGS}/causes", cause)
    assert "大风降温" in browser.get(SETTINGS).words()
    assert "大风降温" in browser.get(f"/leadership/alerts/{number}").words()
    for wrong in ({"first": ""}, {"last": "2020-01-01"}, {"text": ""}, {"district": "NOWHERE"}):
        browser.post(f"{SETTINGS}/causes", cause | wrong, status=400)


def test_each_rule_shows_how_right_it_was(sign_in: Signer, city: City) -> None:
    number = alert(city)
    browser = sign_in("leader")
    assert "—" in browser.get(SETTINGS).words()
    browser.send(f"/leadership/alerts/{number}/judge", {"verdict": "true", "reason": ""})
    words = browser.get(SETTINGS).words()
    assert "三小时内突然增多" in words
    assert "100.0%" in words
    browser.choose(lang="en")
    assert "Sudden rise within three hours" in browser.get(SETTINGS).words()


def test_an_urgent_alert_shows_the_words_that_decided(sign_in: Signer, city: City) -> None:
    message = draft(body="我家燃气泄漏，屋里全是煤气味，楼上有人晕倒了，快来救命！")
    receive(city.intake, message, NOW)
    with city.records.read() as work:
        [raised] = [one for one in all_alerts(work) if one.measure == "urgent"]
    page = sign_in("leader").get(f"/leadership/alerts/{raised.number}")
    assert "起作用的词" in page.words()
    marked = ["".join(mark.itertext()) for mark in page.all("mark")]
    assert marked
    assert all(word in message.body for word in marked)
    assert "暂时不提醒" not in page.words()


def test_units_concerned_are_counted(sign_in: Signer, indexed: City) -> None:  # noqa: F811
    number = alert(indexed, topic=())
    words = sign_in("leader").get(f"/leadership/alerts/{number}").words()
    assert "涉及单位" in words
