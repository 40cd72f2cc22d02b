"""Submitting a message: three steps and a receipt, without script."""

from __future__ import annotations

import re

import pytest

from casework.errors import RecordsUnavailable
from casework.storage.records import Records
from intake.receive import MAX_BODY
from runtime.wiring import City
from tests.web.browser import Browser, Page

TEXT = "松涛路从路口到学校有四盏路灯不亮，晚上孩子放学走路很危险，请尽快维修。我的电话13800000001。"


def fields(**changes: str) -> dict[str, str]:
    usual = {
        "token": "form-token-of-one-filled-in-form",
        "kind": "投诉",
        "text": TEXT,
        "place": "松涛路",
        "district": "",
        "name": "周某",
        "phone": "13800000001",
        "email": "",
    }
    return {**usual, **changes}


def number_and_code(page: Page) -> tuple[str, str]:
    number = re.search(r"\d{4}-\d{4}-\d{5}", page.text)
    code = re.search(r"(?:[0-9A-Z]{4} ){3}[0-9A-Z]{4}", page.text)
    assert number
    return number[0], code[0] if code else ""


def test_the_steps_lead_to_a_receipt(browser: Browser) -> None:
    first = browser.get("/submit?kind=投诉")
    token = first.field("token")
    assert len(token) >= 32
    second = browser.post("/submit", {"token": token, "kind": "投诉", "text": TEXT, "do": "second"})
    assert second.field("token") == token
    check = browser.post("/submit", fields(token=token, do="third"))
    assert "138****0001" in check.text
    assert "13800000001。" not in check.words()
    assert "11月27日" in check.words()
    receipt = browser.post("/submit", fields(token=token, do="send", confirmed="yes"))
    number, code = number_and_code(receipt)
    assert number.startswith("2026-1120-")
    assert code
    assert receipt.headers["Cache-Control"] == "no-store"


def test_a_form_sent_twice_is_one_message(browser: Browser) -> None:
    sent = fields(do="send", confirmed="yes")
    number, code = number_and_code(browser.post("/submit", sent))
    again = browser.post("/submit", sent)
    assert number_and_code(again) == (number, "")
    assert "以前已经收到" in again.words()
    assert code


def test_nothing_is_taken_without_confirmation(browser: Browser, city: City) -> None:
    page = browser.post("/submit", fields(do="send"), 400)
    assert "请先确认" in page.words()


def test_the_longest_text_is_taken_and_a_longer_one_is_told(browser: Browser) -> None:
    longest = "路" * (MAX_BODY - 1) + "\r\n灯"[:0] + "灯"
    page = browser.post("/submit", fields(text=longest, do="second"))
    assert "第2步" in page.words()
    longer = browser.post("/submit", fields(text=longest + "坏", do="second"), 400)
    assert "20,001" in longer.words()
    assert "坏</textarea>" in longer.text, "the text is kept"


def test_a_request_too_large_is_told(browser: Browser) -> None:
    page = browser.post("/submit", fields(text="路" * 400_000, do="second"), 413)
    assert "太长" in page.words()


@pytest.mark.parametrize(
    ("text", "number"),
    [("我不想活了，今晚就跳楼自杀", "12356"), ("楼下煤气泄漏，味道很大，有人晕倒了", "119")],
)
def test_words_of_danger_show_whom_to_call(browser: Browser, text: str, number: str) -> None:
    page = browser.post("/submit", fields(text=text, do="second"))
    assert any(
        number in "".join(e.itertext()) for e in page.tree.iter() if e.get("role") == "alert"
    )


def test_a_wrong_telephone_is_named_at_its_field(browser: Browser) -> None:
    page = browser.post("/submit", fields(phone="打我电话", do="third"), 400)
    (field,) = (e for e in page.all("input") if e.get("name") == "phone")
    assert field.get("aria-invalid") == "true"
    assert "phone-error" in (field.get("aria-describedby") or "")


def test_records_away_keep_the_text(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise RecordsUnavailable("locked")

    check = browser.post("/submit", fields(do="third"))
    assert check.status == 200
    monkeypatch.setattr("web.public.submit.receive", away)
    page = browser.post("/submit", fields(do="send", confirmed="yes"), 503)
    assert "还没有收到" in page.words()
    assert page.field("text") == TEXT
    assert page.field("token") == fields()["token"]


def test_a_500_says_that_nothing_was_received(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("web.public.submit.receive", broken)
    page = browser.post("/submit", fields(do="send", confirmed="yes"), 500)
    assert "没有拿到编号，就是还没收到" in page.words()
    assert "追踪号" in page.words()


def test_markup_in_a_message_stays_text(browser: Browser) -> None:
    page = browser.post("/submit", fields(text="<script>alert(1)</script>路灯坏了", do="third"))
    assert "<script>alert" not in page.text


def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    answer = browser.client.post("/submit", data=fields(do="send", confirmed="yes"))
    assert answer.status_code == 400
    assert "没有收到" in answer.get_data(as_text=True)


def test_home_when_the_records_are_away(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: Records) -> None:
        raise RecordsUnavailable("gone")

    monkeypatch.setattr(Records, "read", away)
    page = browser.get("/", 503)
    assert "暂时不能" in page.words()
