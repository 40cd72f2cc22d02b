"""公开回应 on the pages: a leader says something to everybody about an alert's matter, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from casework.storage.tables import AuditTextRow, StatementRow
from runtime.wiring import City
from tests.conftest import NOW
from tests.monitor.documents import uuid
from tests.web.browser import Browser
from tests.web.test_leadership import alert

Signer = Callable[[str], Browser]
TITLE = "铁西一带为什么停水"
BODY = "凌晨主管道破裂，正在抢修，预计今晚恢复。送水点见各社区。有事打12345或者0731-84000001。"


def publish(browser: Browser, number: str, status: int = 303, **changes: str) -> str:
    sent = {"title": TITLE, "body": BODY, **changes}
    return browser.post(f"/leadership/alerts/{number}/statements", sent, status=status).words()


def rows(city: City) -> list[StatementRow]:
    with city.records.read() as work:
        return list(work.session.scalars(select(StatementRow).order_by(StatementRow.id)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_said_read_by_everybody_and_taken_back(
    sign_in: Signer, city: City, browser: Browser, language: str
) -> None:
    number = alert(city)
    leader = sign_in("leader")
    for one in (leader, browser):
        one.choose(lang=language)
    assert TITLE not in browser.get("/").words()
    browser.get("/statements/")
    publish(leader, number)
    publish(leader, number)  # sent twice, said once
    [row] = rows(city)
    for page in ("/", "/statements/"):
        assert TITLE in browser.get(page).words()
    page = browser.get(f"/statements/{row.id}")
    assert BODY in page.words()
    assert number not in page.text
    assert row.published_by not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    leader.post(
        f"/leadership/alerts/{number}/statements/{row.id}", {"reason": "原因写错了"}, status=303
    )
    for page_of in ("/", "/statements/"):
        assert TITLE not in browser.get(page_of).words()
    gone = browser.get(f"/statements/{row.id}").words()
    assert "原因写错了" in gone
    assert "抢修" not in gone
    again = f"/leadership/alerts/{number}/statements/{row.id}"
    leader.post(again, {"reason": "再撤"}, status=409)
    assert "原因写错了" in leader.get(f"/leadership/alerts/{number}").words()
    with city.records.read() as work:
        texts = work.session.scalars(select(AuditTextRow.text)).all()
    assert sum(f"{number} {row.id} {TITLE}" in text for text in texts) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "  "}, "这一项没有写"),
        ({"body": " "}, "这一项没有写"),
        ({"title": "长" * 61}, "60"),
        ({"body": "请王先生联系，他的手机是13812345678。"}, "个人信息"),
    ],
)
def test_what_is_not_said_is_still_there(
    sign_in: Signer, city: City, changes: dict[str, str], said: str
) -> None:
    number, leader = alert(city), sign_in("leader")
    words = publish(leader, number, 400, **changes)
    assert said in words
    assert changes.get("body", BODY).strip() in words
    assert rows(city) == []


def test_the_home_page_shows_what_is_new(
    sign_in: Signer, city: City, browser: Browser, clock: dict[str, datetime]
) -> None:
    publish(sign_in("leader"), alert(city))
    clock["now"] = NOW + timedelta(days=15)
    assert TITLE not in browser.get("/").words()
    assert TITLE in browser.get("/statements/").words()


@pytest.mark.parametrize("role", ["screener", "department"])
def test_nobody_else_says_anything(sign_in: Signer, city: City, role: str) -> None:
    number = alert(city)
    publish(sign_in(role), number, 403)
    browser = sign_in(role)
    browser.post(f"/leadership/alerts/{number}/statements/{uuid(1)}", {"reason": "x"}, status=403)
    assert rows(city) == []
