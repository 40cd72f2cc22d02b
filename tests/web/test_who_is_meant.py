"""Whom a message means, who is in it and how many matters, on the pages of screeners and leaders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from intake.receive import receive
from runtime.wiring import City
from tests.builders import draft, new_case, record_one
from tests.conftest import NOW
from tests.web.browser import Browser

Signer = Callable[[str], Browser]

NOISE = "小区旁边的工厂夜里偷排废气，气味刺鼻，河水也被污染了，请环保部门查处。"
WAGES = "我在一家餐馆打工，老板拖欠工资三个月不给，也没有买社保，请劳动部门帮助。"


def judged_case(city: City, body: str) -> Any:
    message = draft(subject="", body=body)
    return record_one(city.records, new_case(of=message, judged=city.intake.judge(body), lead=""))


def test_whom_the_feeling_is_about_and_who_else_is_named(sign_in: Signer, city: City) -> None:
    judged_case(city, "金源物业公司乱收费，业主非常气愤！我找过王局长，没有用。")
    words = sign_in("screener").get("/screening/").words()
    assert "不满的是：金源物业公司" in words
    assert "还说到：王局长" in words


def test_several_matters_are_told_so_that_none_is_left_out(sign_in: Signer, city: City) -> None:
    judged_case(city, f"{NOISE}另外，{WAGES}")
    words = sign_in("screener").get("/screening/").words()
    assert "像是有2件事，别漏办：" in words
    assert "“小区旁边的工厂夜里偷排废气" in words
    assert "“另外，我在一家餐馆打工" in words


def test_what_is_masked_stays_masked_among_matters(sign_in: Signer, city: City) -> None:
    body = f"13812346621，{NOISE}另外，{WAGES}"
    number = receive(city.intake, draft(subject="", body=body, received_at=NOW), NOW).number
    page = sign_in("leader").get(f"/tickets/{number}")
    assert "不满的是" in page.words()
    assert "13812346621" not in page.text
