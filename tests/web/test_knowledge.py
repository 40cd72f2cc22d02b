"""The knowledge base and the phrases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from casework.storage.knowledge import find_articles
from runtime.wiring import City
from tests.web.browser import Browser
from tests.web.cases import assigned

Signer = Callable[[str], Browser]
TODAY = date(2026, 11, 20)


def article(**changes: str) -> dict[str, str]:
    usual = {
        "owner": "CGJ",
        "title": "路灯报修多久修好",
        "body": "主干道路灯24小时内修好，小街巷72小时内修好。",
        "topic": "城乡建设",
        "valid_until": (TODAY + timedelta(days=30)).isoformat(),
        "version": "0",
    }
    return {**usual, **changes}


def write(browser: Browser, **changes: str) -> str:
    """The address of a new article."""
    answer = browser.send("/knowledge/new", article(**changes))
    assert answer.status_code == 303, answer.get_data(as_text=True)[-2000:]
    return str(answer.headers["Location"])


def version(browser: Browser, path: str) -> str:
    return browser.get(f"{path}/edit").field("version")


def test_a_department_writes_and_everybody_reads_and_finds(sign_in: Signer) -> None:
    path = write(sign_in("department"))
    for username in ("operator", "screener", "leader", "neighbour", "administrator"):
        browser = sign_in(username)
        assert "72小时内修好" in browser.get(path).words()
        assert "路灯报修多久修好" in browser.get("/knowledge/?q=路灯怎么报修").words()
        assert "没有找到" in browser.get("/knowledge/?q=婚姻登记").words()


def test_only_the_owner_and_administrators_change_it(sign_in: Signer) -> None:
    path = write(sign_in("department"))
    neighbour = sign_in("neighbour")
    neighbour.send("/knowledge/new", article(owner="CGJ"))
    assert neighbour.send(f"{path}/edit", article(version="1")).status_code == 403
    assert neighbour.send("/knowledge/new", article(owner="CGJ")).status_code == 403
    assert sign_in("operator").send("/knowledge/new", article()).status_code == 403
    administrator = sign_in("administrator")
    seen = version(administrator, path)
    administrator.send(f"{path}/edit", article(body="改成48小时。", version=seen))
    assert "改成48小时" in administrator.get(path).words()


def test_two_who_change_it_at_once(sign_in: Signer) -> None:
    browser = sign_in("department")
    path = write(browser)
    seen = version(browser, path)
    assert browser.send(f"{path}/edit", article(body="一", version=seen)).status_code == 303
    browser.post(f"{path}/edit", article(body="二", version=seen), 409)


def test_what_has_expired_is_marked_and_not_suggested(sign_in: Signer, city: City) -> None:
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    path = write(sign_in("department"), valid_until=yesterday)
    browser = sign_in("operator")
    assert "过期，不能用" in browser.get("/knowledge/").words()
    assert "不能再告诉群众" in browser.get(path).words()
    matter = {"do": "suggest", "matter": "松涛路路灯坏了，问多久能修好"}
    assert "可以马上告诉他" not in browser.post("/calls/", matter).words()
    with city.records.read() as work:
        assert find_articles(work, ["路灯"], TODAY) == ()
        assert len(find_articles(work, ["路灯"], TODAY - timedelta(days=1))) == 1


def test_a_valid_one_is_suggested_while_the_call_is_typed(sign_in: Signer) -> None:
    write(sign_in("department"))
    write(sign_in("neighbour"), owner="ZJJ", title="房产证", body="办房产证要带身份证。")
    page = sign_in("operator").post(
        "/calls/", {"do": "suggest", "matter": "松涛路路灯坏了，问多久能修好"}
    )
    assert "可以马上告诉他" in page.words()
    assert "72小时内修好" in page.words()
    assert "房产证" not in page.words()


def test_a_correction_is_asked_for_and_answered_by_the_owner(sign_in: Signer) -> None:
    path = write(sign_in("department"))
    operator = sign_in("operator")
    operator.post(f"{path}/correction", {"correction": " "}, 400)
    operator.send(f"{path}/correction", {"correction": "新规定是48小时"})
    assert "等负责的单位回答" in operator.get(path).words()
    neighbour, department = sign_in("neighbour"), sign_in("department")
    assert "新规定是48小时" not in neighbour.get("/knowledge/").words()
    assert "新规定是48小时" in department.get("/knowledge/").words()
    asked = re.search(r"/knowledge/requests/(\w+)", department.get(path).text)
    assert asked is not None
    answer_path = asked.group()
    assert neighbour.send(answer_path, {"answer": "不归我"}).status_code == 403
    department.send(answer_path, {"answer": "已经改了"})
    assert "已经改了" in operator.get(path).words()
    department.post(answer_path, {"answer": "再答一次"}, 409)
    assert "新规定是48小时" not in department.get("/knowledge/").words()


def test_what_is_not_an_article(sign_in: Signer) -> None:
    browser = sign_in("department")
    browser.get(f"/knowledge/{uuid4().hex}", 404)
    browser.get("/knowledge/nonsense", 404)
    browser.post("/knowledge/new", article(title=" "), 400)
    browser.post("/knowledge/new", article(valid_until="soon"), 400)
    browser.post("/knowledge/new", article(owner="NOWHERE"), 400)
    browser.get("/knowledge/?q=%25_'\"")


def phrase(**changes: str) -> dict[str, str]:
    usual = {
        "department": "CGJ",
        "place": "result",
        "state": "",
        "title": "已修好",
        "text": "{称呼}，编号{编号}的事，{单位}已于{日期}修好。{别的}",
    }
    return {**usual, **changes}


def test_phrases_are_filled_in_where_the_department_answers(sign_in: Signer, city: City) -> None:
    browser = sign_in("department")
    browser.send("/phrases/", phrase())
    browser.send("/phrases/", phrase(title="只在已答复", state="answered"))
    assert "已修好" in browser.get("/phrases/").words()
    case = assigned(city)
    row: Any = browser.get(f"/tickets/{case.number}")
    browser.send(f"/department/{case.number}/sign", {"version": row.field("version")})
    page = browser.get(f"/tickets/{case.number}")
    filled = (
        f"周先生／女士，编号{case.number}的事，市城市管理和综合执法局已于11月20日修好。{{别的}}"
    )
    assert filled in page.words()
    assert "只在已答复" not in page.words()
    assert "data-insert" in page.text


def test_another_departments_phrases_are_neither_offered_nor_changed(
    sign_in: Signer, city: City
) -> None:
    sign_in("department").send("/phrases/", phrase())
    neighbour = sign_in("neighbour")
    page = neighbour.get("/phrases/")
    assert "已修好" in page.words()
    assert "phrases/remove" not in page.text
    assert neighbour.send("/phrases/", phrase()).status_code == 403
    assert neighbour.send("/phrases/", phrase(department="")).status_code == 403


def test_phrases_for_everybody_and_for_calls(sign_in: Signer) -> None:
    administrator = sign_in("administrator")
    administrator.send(
        "/phrases/",
        phrase(department="", place="call", title="先谢", text="{称呼}您好，{日期}记下。"),
    )
    page = sign_in("operator").get("/calls/")
    assert "您您好，11月20日记下。" in page.words()
    edit = re.search(r"/phrases/\?edit=(\w+)", administrator.get("/phrases/").text)
    assert edit is not None
    page = administrator.get(edit.group())
    assert page.field("id") == UUID(hex=edit.group(1)).hex
    administrator.send("/phrases/", phrase(id=edit.group(1), title="改了", department=""))
    assert "先谢" not in administrator.get("/phrases/").words()
    administrator.send("/phrases/remove", {"id": edit.group(1)})
    assert "改了" not in administrator.get("/phrases/").words()
    administrator.post("/phrases/", phrase(title=""), 400)
    administrator.post("/phrases/", phrase(place="nowhere"), 400)
    administrator.post("/phrases/", phrase(state="nowhere"), 400)
    administrator.get(f"/phrases/?edit={uuid4().hex}", 404)
    assert administrator.send("/phrases/remove", {"id": "x"}).status_code == 404


def test_in_english(sign_in: Signer) -> None:
    browser = sign_in("department")
    browser.choose(lang="en")
    path = write(browser)
    browser.send(f"{path}/correction", {"correction": "不对"})
    browser.send("/phrases/", phrase())
    for address in ("/knowledge/", path, f"{path}/edit", "/knowledge/new", "/phrases/"):
        browser.get(address)
