"""Asking on a ticket's page, deciding in the queue, and what the citizen reads of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from casework.storage.sweep import sweep
from casework.storage.tables import TicketRow
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser, Page
from tests.web.cases import assigned
from tests.web.test_department import PARTS, act
from tests.web.test_progress import open_ticket

Signer = Callable[[str], Browser]


def state(city: City, ticket_id: object) -> TicketRow:
    with city.records.read() as work:
        return work.session.get_one(TicketRow, ticket_id)


def first_request(page: Browser | object) -> str:
    text: str = page.text  # type: ignore[union-attr]
    return text.split('action="/supervision/', 1)[1].split('"', 1)[0].split("?")[0]


def actions(page: Page) -> set[str]:
    """Where the forms of a page send to."""
    return set(re.findall(r'action="([^"]+)"', page.text))


def decide(browser: Browser, what: str, **fields: str) -> int:
    page = browser.get("/supervision/")
    sent = {"version": page.field("version"), "do": what, **fields}
    return int(browser.send(f"/supervision/{first_request(page)}", sent).status_code)


@pytest.mark.parametrize(
    "path", ["/supervision/", "/supervision/?kind=return", "/supervision/clocks/"]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_queue_says_what_will_come(sign_in: Signer, path: str, language: str) -> None:
    browser = sign_in("screener")
    browser.choose(lang=language)
    assert browser.get(path)


def test_a_return_is_asked_decided_and_binds(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    unit, screener = sign_in("department"), sign_in("screener")
    asked = {"note": "路灯归住建管", "basis": "三定规定第4条", "department": "ZJJ"}
    assert act(unit, case.number, "return", 1, **asked).status_code == 303
    assert "退单待审" in unit.get(f"/tickets/{case.number}").words()
    assert "退单待审" in unit.get("/department/").words()
    page = screener.get("/supervision/")
    assert "路灯归住建管" in page.words()
    assert decide(screener, "deny") == 400  # not without a reason
    assert (
        "这一项没有写"
        in screener.post(
            f"/supervision/{first_request(page)}",
            {"version": page.field("version"), "do": "deny"},
            400,
        ).words()
    )
    assert decide(screener, "grant", department="ZJJ", note="属实") == 303
    assert state(city, case.ticket_id).lead_department == "ZJJ"
    unit.get(f"/tickets/{case.number}", 404)
    neighbour = sign_in("neighbour")
    page = neighbour.get(f"/tickets/{case.number}")
    assert "不能再退单" in page.words()
    refused = neighbour.post(
        f"/department/{case.number}/return", {**asked, "version": page.field("version")}, 409
    )
    assert "裁定过" in refused.words()


def test_what_is_too_late_is_not_offered(
    sign_in: Signer, city: City, clock: dict[str, datetime]
) -> None:
    case = assigned(city)
    unit = sign_in("department")
    forms = {f"/department/{case.number}/{act}" for act in ("return", "extend")}
    assert forms <= actions(unit.get(f"/tickets/{case.number}"))
    clock["now"] = NOW + timedelta(days=20)
    unit = sign_in("department")
    page = unit.get(f"/tickets/{case.number}")
    assert not forms & actions(page)
    assert "不能再退单" in page.words()


def test_an_extension_is_granted_by_the_head_and_read_by_the_citizen(
    sign_in: Signer, city: City, browser: Browser
) -> None:
    case = assigned(city)
    unit, head = sign_in("department"), sign_in("head")
    page = unit.get(f"/tickets/{case.number}")
    assert "最多延5个工作日" in page.words()
    unit.post(
        f"/department/{case.number}/extend", {"version": "1", "amount": "9", "note": "x"}, 400
    )
    asked = act(unit, case.number, "extend", 1, amount="5", note="要等电缆到货")
    assert asked.status_code == 303
    assert decide(head, "grant") == 303
    words = unit.get(f"/tickets/{case.number}").words()
    assert "原来的期限，批准延5个工作日" in words
    open_ticket(browser, case.number, case.code)
    page = browser.get("/progress/ticket")
    assert "最迟12月4日答复您" in page.words()
    assert "要多用一些时间" in page.words()
    assert "要等电缆到货" in page.words()


def test_paused_clocks_are_told_to_the_citizen_in_plain_words(
    sign_in: Signer, city: City, browser: Browser, clock: dict[str, datetime]
) -> None:
    case = assigned(city)
    unit, head = sign_in("department"), sign_in("head")
    act(unit, case.number, "sign", 1)
    asked = {"pause": "citizen", "amount": "5", "note": "请补充灯杆编号"}
    unit.post(f"/department/{case.number}/suspend", {**asked, "version": "2", "pause": "x"}, 400)
    assert act(unit, case.number, "suspend", 2, **asked).status_code == 303
    assert decide(head, "grant") == 303
    page = unit.get("/department/")
    assert "已停表" in page.words()
    assert "ms-clock--paused" in page.text
    open_ticket(browser, case.number, case.code)
    page = browser.get("/progress/ticket")
    assert "在等您补充材料" in page.words()
    assert "请补充灯杆编号" in page.words()
    assert "现在停着" in page.words()
    clock["now"] = NOW + timedelta(days=4)
    unit = sign_in("department")
    version = int(unit.get(f"/tickets/{case.number}").field("version"))
    assert act(unit, case.number, "resume", version, note="收到了").status_code == 303
    words = unit.get(f"/tickets/{case.number}").words()
    assert "停表去掉的工作日" in words


def test_an_answer_is_read_by_a_second_person(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    unit, head = sign_in("department"), sign_in("head")
    act(unit, case.number, "sign", 1)
    assert act(unit, case.number, "answer", 2, do="submit", **PARTS).status_code == 303
    assert "待审核" in unit.get(f"/tickets/{case.number}").words()
    assert "电缆被挖断。" in head.get("/supervision/").words()
    assert decide(head, "deny", note="写清楚时间") == 303
    page = unit.get(f"/tickets/{case.number}")
    assert "写清楚时间" in page.words()
    assert "电缆被挖断。" in page.text, "what was written is not lost"
    version = int(page.field("version"))
    assert act(unit, case.number, "answer", version, do="submit", **PARTS).status_code == 303
    assert decide(head, "grant") == 303
    assert state(city, case.ticket_id).state == "answered"


def test_one_does_not_decide_on_ones_own_request(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    head = sign_in("head")
    act(head, case.number, "extend", 1, amount="3", note="要等")
    page = head.get("/supervision/")
    assert "由别人来批" in page.words()
    assert 'name="do"' not in page.text


def test_doing_it_again(sign_in: Signer, city: City, browser: Browser) -> None:
    case = assigned(city)
    unit, screener = sign_in("department"), sign_in("screener")
    act(unit, case.number, "sign", 1)
    act(unit, case.number, "answer", 2, **PARTS)
    page = screener.get(f"/tickets/{case.number}")
    again = f"/supervision/tickets/{case.number}"
    screener.post(f"{again}/reopen", {"version": page.field("version"), "note": " "}, 400)
    sent = {"version": page.field("version"), "note": "反映人说还是不亮"}
    assert screener.send(f"{again}/call-back", sent).status_code == 303
    screener.post(f"{again}/reopen", sent, 409)
    sent["version"] = screener.get(f"/tickets/{case.number}").field("version")
    assert screener.send(f"{again}/reopen", sent).status_code == 303
    assert "第2次办" in unit.get(f"/tickets/{case.number}").words()
    open_ticket(browser, case.number, case.code)
    page = browser.get("/progress/ticket")
    assert "重新办" in page.words()
    assert "已换新缆" in page.words(), "the first answer stays"


def test_the_centre_sees_whom_to_call_back_and_notes_why_nobody_was_reached(
    sign_in: Signer, city: City
) -> None:
    case = assigned(city)
    unit, screener, head = sign_in("department"), sign_in("screener"), sign_in("head")
    act(unit, case.number, "sign", 1)
    act(unit, case.number, "answer", 2, **PARTS)
    number = case.number
    assert "等着回访" in screener.get("/supervision/clocks/").words()
    assert "等着回访" not in head.get("/supervision/clocks/").words()
    page = screener.get(f"/tickets/{number}")
    sent = {"version": page.field("version"), "note": "三次没人接", "unreached": "yes"}
    assert screener.send(f"/supervision/tickets/{number}/call-back", sent).status_code == 303
    assert "回访没有联系上反映人" in screener.get(f"/tickets/{number}").words()
    assert "等着回访" not in screener.get("/supervision/clocks/").words()


def test_a_decision_two_people_make_at_once_is_made_once(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    act(sign_in("department"), case.number, "extend", 1, amount="3", note="要等")
    head, screener = sign_in("head"), sign_in("screener")
    page = screener.get("/supervision/")
    request = first_request(page)
    assert decide(head, "grant") == 303
    late = {"version": page.field("version"), "do": "grant"}
    assert "别人已经批过了" in screener.post(f"/supervision/{request}", late, 409).words()


def test_the_board_shows_what_is_over_and_who_was_told(
    sign_in: Signer, city: City, clock: dict[str, datetime]
) -> None:
    case = assigned(city)
    clock["now"] = NOW + timedelta(days=20)
    sweep(city.records, city.office(), clock["now"])
    for language in ("zh", "en"):
        for who in ("screener", "head"):
            browser = sign_in(who)
            browser.choose(lang=language)
            assert case.number in browser.get("/supervision/clocks/").text
    page = sign_in("screener").get("/supervision/clocks/?level=3")
    assert case.number in page.text
    assert "过期5个工作日" in page.words()
    assert "督办3级" in sign_in("department").get(f"/tickets/{case.number}").words()
    sign_in("department").get("/supervision/clocks/", 403)
