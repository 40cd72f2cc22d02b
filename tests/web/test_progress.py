"""A citizen's own ticket, by number and code."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from casework.codes import show_code
from casework.events import EventName
from casework.storage.people import person_named
from casework.storage.tables import AuditEventRow, NoticeRow, StaffNoticeRow
from routing.handle import ReplyParts, answer, contact, sign
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.cases import assigned
from web.public.progress import OPEN_FOR


def open_ticket(browser: Browser, number: str, code: str) -> None:
    sent = browser.send("/progress", {"number": number, "code": code})
    assert sent.status_code == 303
    assert sent.headers["Location"] == "/progress/ticket"


def test_number_and_code_open_the_ticket(browser: Browser, city: City) -> None:
    case = assigned(city)
    open_ticket(browser, case.number.replace("-", " "), show_code(case.code).lower())
    page = browser.get("/progress/ticket")
    assert "正在办理，最迟11月27日答复您" in page.words()
    assert "路灯" in page.words()
    assert page.headers["Cache-Control"] == "no-store"


def test_a_wrong_code_and_a_wrong_number_look_the_same(browser: Browser, city: City) -> None:
    case = assigned(city)
    wrong_code = browser.post("/progress", {"number": case.number, "code": "0" * 16}, 400)
    wrong_number = browser.post("/progress", {"number": "2026-1120-99999", "code": case.code}, 400)
    assert "对不上" in wrong_code.words()
    assert wrong_code.words().replace(case.number, "") == wrong_number.words()
    assert browser.client.get("/progress/ticket").status_code == 302


def test_guessing_is_slowed_down_for_one_number_only(
    browser: Browser, city: City, clock: dict[str, datetime]
) -> None:
    case, other = assigned(city), assigned(city)
    for _ in range(5):
        browser.post("/progress", {"number": case.number, "code": "wrong"}, 400)
    page = browser.post("/progress", {"number": case.number, "code": case.code}, 429)
    assert "请过15分钟再试" in page.words()
    open_ticket(browser, other.number, other.code)
    clock["now"] = NOW + timedelta(minutes=16)
    open_ticket(browser, case.number, case.code)


def test_an_opened_ticket_closes_after_half_an_hour(
    browser: Browser, city: City, clock: dict[str, datetime]
) -> None:
    case = assigned(city)
    open_ticket(browser, case.number, case.code)
    clock["now"] = NOW + OPEN_FOR + timedelta(seconds=1)
    assert browser.client.get("/progress/ticket").status_code == 302


def test_a_shared_machine_can_close_it_at_once(browser: Browser, city: City) -> None:
    case = assigned(city)
    open_ticket(browser, case.number, case.code)
    assert browser.send("/progress/leave").status_code == 303
    assert browser.client.get("/progress/ticket").status_code == 302


def answered(city: City, case: object) -> None:
    with city.records.read() as work:
        person = person_named(work, city.office().departments, "department")
    args = (city.records, city.office(), case.ticket_id, person)  # type: ignore[attr-defined]
    sign(*args, 1, NOW)
    contact(*args, 2, "约好周六上门看。", NOW)
    answer(
        *args,
        3,
        ReplyParts("电缆被挖断。", "市政条例", "已换新缆。", "可申请复查。", "照明科 12345"),
        NOW,
    )


def test_the_answer_is_read_in_its_parts(browser: Browser, city: City) -> None:
    case = assigned(city)
    answered(city, case)
    open_ticket(browser, case.number, case.code)
    page = browser.get("/progress/ticket")
    assert "已经答复您" in page.words()
    for part in ("电缆被挖断。", "市政条例", "已换新缆。", "可申请复查。", "照明科 12345"):
        assert part in page.words()
    assert "约好周六上门看。" in page.words()
    assert "builder" not in page.text, "what is internal stays inside"


@pytest.mark.parametrize("reached_by", ["+86 138-0000-0001", "13899999999", "x@example.org"])
def test_a_lost_code_is_answered_the_same_for_everybody(
    browser: Browser, city: City, reached_by: str
) -> None:
    case = assigned(city)
    page = browser.post("/lost-code", {"number": case.number, "reached_by": reached_by})
    assert "如果编号和联系方式对得上" in page.words()
    assert case.code not in page.text
    with city.records.read() as work:
        notices = work.session.scalars(select(NoticeRow)).all()
        asked = work.session.scalars(
            select(AuditEventRow).where(AuditEventRow.name == EventName.CODE_REQUESTED)
        ).all()
    right = reached_by.startswith("+86")
    assert [n.recipient for n in notices] == (["13800000001"] if right else [])
    assert len(asked) == (1 if right else 0)


def test_requests_for_a_code_are_slowed_down(browser: Browser, city: City) -> None:
    case = assigned(city)
    for _ in range(5):
        browser.post("/lost-code", {"number": case.number, "reached_by": "13800000001"})
    browser.post("/lost-code", {"number": case.number, "reached_by": "13800000001"}, 429)
    with city.records.read() as work:
        assert len(work.session.scalars(select(NoticeRow)).all()) == 1


def test_pages_of_information(browser: Browser) -> None:
    for path in ("/", "/how-it-works", "/privacy", "/progress", "/lost-code", "/submit"):
        browser.get(path)


def test_choices_of_appearance(browser: Browser) -> None:
    answer_ = browser.client.get("/appearance?theme=dark&size=elder&next=/privacy?x=1")
    assert answer_.headers["Location"] == "/privacy?x=1"
    page = browser.get("/privacy")
    assert page.tree.get("data-bs-theme") == "dark"
    assert page.tree.get("data-ms-size") == "elder"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/%0a"]
)
def test_nobody_is_sent_to_another_host(browser: Browser, target: str) -> None:
    answer_ = browser.client.get("/appearance", query_string={"next": target})
    assert answer_.headers["Location"] in ("/", "/%0a", "/%250a")


def test_the_citizen_hurries_it_on_and_adds_facts_to_the_same_ticket(
    browser: Browser, city: City, clock: dict[str, datetime]
) -> None:
    case = assigned(city)
    browser.send("/progress/hurry", {"words": "没有打开工单"})  # leads back to number and code
    open_ticket(browser, case.number, case.code)
    assert browser.send("/progress/hurry", {"words": "第五盏也不亮了。"}).status_code == 303
    page = browser.get("/progress/ticket")
    assert "第五盏也不亮了。" in page.words()
    assert "最迟11月27日答复您" in page.words(), "the day stays"
    again = browser.post("/progress/hurry", {"words": "再催一次"}, 400)
    assert "24小时里已经催过一次" in again.words()
    assert "再催一次" in again.text, "what was written is not lost"
    clock["now"] = NOW + timedelta(hours=25)
    browser.client.get("/")
    open_ticket(browser, case.number, case.code)
    browser.post("/progress/hurry", {"words": "长" * 1001}, 400)
    assert browser.send("/progress/hurry", {"words": ""}).status_code == 303
    with city.records.read() as work:
        rows = work.session.execute(select(StaffNoticeRow.step, StaffNoticeRow.department)).all()
        names = work.session.scalars(
            select(AuditEventRow.name).where(AuditEventRow.chain == str(case.ticket_id))
        ).all()
    assert [tuple(row) for row in rows] == [("urged", "CGJ")] * 2
    assert names.count("urged") == 2
