"""The department's desk and the ticket on one page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.events import EventName
from casework.model import Contact
from casework.storage.tables import AuditEventRow, ReplyRow, TicketRow
from runtime.wiring import City
from tests.builders import draft, judgement, new_case, record_one
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.cases import assigned

Signer = Callable[[str], Browser]
PARTS = {
    "facts": "电缆被挖断。",
    "basis": "市政条例第三条",
    "result": "已换新缆。",
    "remedy": "三十天内可申请复查。",
    "contact": "照明科 12345",
}


def act(browser: Browser, number: str, what: str, version: int, **fields: str) -> Any:
    return browser.send(f"/department/{number}/{what}", {"version": str(version), **fields})


def test_the_nearest_deadline_stands_first(
    sign_in: Signer, city: City, clock: dict[str, datetime]
) -> None:
    later, sooner = assigned(city), None
    with_earlier = new_case(of=draft(received_at=NOW - timedelta(days=3), body="更早的一件。"))
    sooner = record_one(city.records, with_earlier)
    page = sign_in("department").get("/department/")
    assert page.text.index(sooner.number) < page.text.index(later.number)
    assert "ms-clock--overdue" in page.text


def test_a_department_sees_its_own_tickets_only(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    browser = sign_in("neighbour")
    assert case.number not in browser.get("/department/").text
    browser.get(f"/tickets/{case.number}", 404)
    for what in ("sign", "contact", "answer", "close", "report", "preview"):
        browser.post(f"/department/{case.number}/{what}", {"version": "1"}, 404)
    browser.post(f"/tickets/{case.number}/contact-data", {}, 404)


def test_signing_answering_and_closing(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    browser = sign_in("department")
    assert "签收" in browser.get(f"/tickets/{case.number}").words()
    assert act(browser, case.number, "sign", 1).status_code == 303
    assert act(browser, case.number, "contact", 2, note="约好周六看").status_code == 303
    assert act(browser, case.number, "answer", 3, **PARTS).status_code == 303
    page = browser.get(f"/tickets/{case.number}")
    assert "电缆被挖断。" in page.words()
    assert act(browser, case.number, "close", int(page.field("version"))).status_code == 303
    assert "已办结" in browser.get(f"/tickets/{case.number}").words()
    with city.records.read() as work:
        names = work.session.scalars(
            select(AuditEventRow.name)
            .where(AuditEventRow.chain == str(case.ticket_id))
            .order_by(AuditEventRow.sequence)
        ).all()
    assert names[-4:] == ["signed", "contacted", "answered", "closed"]


def test_a_missing_part_is_named_and_nothing_written_is_lost(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    browser = sign_in("department")
    act(browser, case.number, "sign", 1)
    page = browser.post(
        f"/department/{case.number}/answer", {"version": "2", **PARTS, "contact": " "}, 400
    )
    assert "还差：联系人" in page.words()
    assert "电缆被挖断。" in next(
        "".join(e.itertext()) for e in page.all("textarea") if e.get("name") == "facts"
    )
    with city.records.read() as work:
        assert work.session.scalars(select(ReplyRow)).all() == []


def test_an_answer_to_a_ticket_changed_meanwhile_is_kept_in_the_form(
    sign_in: Signer, city: City
) -> None:
    case = assigned(city)
    browser = sign_in("department")
    act(browser, case.number, "sign", 1)
    page = browser.post(f"/department/{case.number}/answer", {"version": "1", **PARTS}, 409)
    assert "您写的还在" in page.words()
    assert act(browser, case.number, "answer", 2, **PARTS).status_code == 303


def test_the_preview_is_what_the_citizen_will_see(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    browser = sign_in("department")
    act(browser, case.number, "sign", 1)
    page = browser.post(
        f"/department/{case.number}/answer", {"version": "2", **PARTS, "do": "preview"}
    )
    articles = ["".join(e.itertext()) for e in page.all("article")]
    assert len(articles) == 1
    assert "电缆被挖断。" in articles[0]
    part = browser.send(f"/department/{case.number}/preview", {"version": "2", **PARTS})
    assert part.status_code == 200
    assert "<article" in part.get_data(as_text=True)
    with city.records.read() as work:
        assert work.session.scalars(select(ReplyRow)).all() == []


def test_impossible_acts_are_refused(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    browser = sign_in("department")
    page = browser.post(f"/department/{case.number}/close", {"version": "1"}, 409)
    assert "状态不能这样做" in page.words()


def test_contact_data_is_masked_until_somebody_asks_and_the_asking_is_recorded(
    sign_in: Signer, city: City
) -> None:
    case = assigned(city)
    browser = sign_in("department")
    page = browser.get(f"/tickets/{case.number}")
    assert "138****0001" in page.words()
    assert "13800000001" not in page.text
    shown = browser.post(f"/tickets/{case.number}/contact-data")
    assert "13800000001" in shown.words()
    assert shown.headers["Cache-Control"] == "no-store"
    with city.records.read() as work:
        readers = work.session.scalars(
            select(AuditEventRow.actor).where(AuditEventRow.name == EventName.CONTACT_READ)
        ).all()
    assert readers == ["department"]


def screened_report(city: City) -> Any:
    case = record_one(
        city.records,
        new_case(
            of=draft(body="有人违法倾倒垃圾。", contact=Contact("周某", "13800000001")),
            kind="举报",
            judged=judgement(kind="举报", evidence=()),
        ),
    )
    with city.records.write() as work:
        row = work.session.get(TicketRow, case.ticket_id)
        assert row is not None
        row.unscreened_report = False
        work.commit()
    return case


def test_contact_data_of_a_report_is_never_shown_to_a_department(
    sign_in: Signer, city: City
) -> None:
    case = screened_report(city)
    browser = sign_in("department")
    page = browser.get(f"/tickets/{case.number}")
    assert "不向承办单位显示" in page.words()
    assert "138****" not in page.text
    assert "周**" not in page.text
    refused = browser.post(f"/tickets/{case.number}/contact-data", {}, 403)
    assert "13800000001" not in refused.text
    assert "13800000001" in sign_in("screener").post(f"/tickets/{case.number}/contact-data").text


def test_leaders_read_masked_words_and_no_contact_data(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    browser = sign_in("leader")
    page = browser.get(f"/tickets/{case.number}")
    assert "个人信息已遮住" in page.words()
    assert "138****" not in page.text
    assert browser.send(f"/tickets/{case.number}/contact-data").status_code == 403


def test_a_deadline_explains_itself(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    page = sign_in("department").get(f"/tickets/{case.number}")
    words = page.words()
    assert "规则help-complaint-reply：5个工作日。" in words
    assert "算进去的：11月23日、11月24日、11月25日、11月26日、11月27日。" in words
    assert "本地默认，未核实（D）" in words
    assert "来源原文读过（A）" in words


@pytest.mark.parametrize("state", ["", "assigned", "handling", "answered", "closed", "nonsense"])
def test_views_and_filters_stand_in_the_address(sign_in: Signer, city: City, state: str) -> None:
    assigned(city)
    sign_in("department").get(
        f"/department/?state={state}&kind=投诉&topic=城乡建设&sentiment=negative&page=9"
    )


def test_pages_of_a_long_list(sign_in: Signer, city: City) -> None:
    for n in range(30):
        record_one(city.records, new_case(of=draft(body=f"第{n}盏灯不亮，请维修。")))
    browser = sign_in("department")
    first = browser.get("/department/")
    assert "第1—25件，共30件" in first.words()
    second = browser.get("/department/?page=2")
    assert "第26—30件，共30件" in second.words()


def test_the_english_desk(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    browser = sign_in("department")
    browser.choose(lang="en")
    assert "My tickets" in browser.get("/department/").words()
    act(browser, case.number, "sign", 1)
    page = browser.get(f"/tickets/{case.number}")
    assert "working days left" in page.words() or "h left" in page.words()
    browser.get("/department/?state=closed")
    browser.post(f"/department/{case.number}/answer", {"version": "9", **PARTS}, 409)


def test_a_number_typed_in_the_search_box_leads_to_the_ticket(sign_in: Signer, city: City) -> None:
    case = assigned(city)
    answer = sign_in("department").client.get(f"/tickets/search?q={case.number}")
    assert answer.headers["Location"] == f"/tickets/{case.number}"
