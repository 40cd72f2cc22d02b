"""The telephone desk in a real browser, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from casework.permissions import EVERYTHING
from casework.storage.calls import IncomingCall, record_call
from casework.storage.tables import DraftRow, MessageRow, TicketRow
from monitor import relay_turns
from monitor.index.interface import ANYTHING, TrendFilter
from runtime.clock import now
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import WINDOWS, Album

pytestmark = pytest.mark.browser

MATTER = "望湖区松涛路有四盏路灯坏了半个月，孩子下晚自习要摸黑走，希望尽快派人来修"
NUMBER = "13800006621"


@pytest.fixture
def operator(open_window: Opener) -> Clerk:
    clerk = Clerk(open_window())
    clerk.sign_in("operator")
    clerk.page.wait_for_url("**/calls/")
    return clerk


def newest(city: City) -> TicketRow:
    with city.records.read() as work:
        ticket = work.session.scalars(
            select(TicketRow)
            .join(MessageRow, MessageRow.id == TicketRow.message_id)
            .where(MessageRow.channel == "hotline")
            .order_by(TicketRow.id.desc())
        ).first()
        assert ticket is not None
        _ = ticket.clocks, ticket.message
        return ticket


def settle(clerk: Clerk) -> None:
    """Until nothing is being asked: a page that is left meanwhile complains of it."""
    clerk.page.wait_for_timeout(400)
    clerk.page.locator(".htmx-request").first.wait_for(state="detached")


def write_down(clerk: Clerk, matter: str = MATTER) -> None:
    """The number, the matter, and what was heard in it: with keys only."""
    page = clerk.page
    page.keyboard.type(NUMBER)
    page.keyboard.press("F2")
    page.keyboard.type(matter)
    page.locator("[data-heard=demand]").wait_for()
    page.keyboard.press("F3")
    page.locator("#demand:focus").wait_for()
    assert page.input_value("#demand") == "希望尽快派人来修"
    page.locator("#place").press("Shift+Tab")  # to the time, which was heard too
    page.fill("#time", "半个月前")
    page.fill("#place", "松涛路")
    settle(clerk)


def test_a_call_from_the_number_to_the_trend(operator: Clerk, city: City) -> None:
    page = operator.page
    write_down(operator)
    page.locator('[data-alt="1"]').wait_for()
    page.keyboard.press("Alt+1")
    page.locator('[data-alt="1"]:checked').wait_for()
    chosen = page.locator('[data-alt="1"]').get_attribute("value")
    page.locator(".ms-elements .is-missing").first.wait_for(state="detached")
    settle(operator)
    page.keyboard.press("F9")
    page.locator(".ms-callreceipt").wait_for()
    number = page.locator(".ms-receipt__no").first.inner_text()
    ticket = newest(city)
    assert ticket.number == number
    assert ticket.topic == chosen
    assert {clock.name for clock in ticket.clocks} >= {"dispatch", "reply"}
    relay_turns.serve(city.records, city.index, city.holder, now)
    wanted = TrendFilter(words="路灯 摸黑", channel="hotline")
    assert city.index.count(wanted, EVERYTHING) == 1
    assert city.index.count(ANYTHING, EVERYTHING) > 1
    page.keyboard.press("F2")
    page.locator("#matter").wait_for()
    assert page.input_value("#matter") == ""
    assert operator.watch.complaints == []


def test_a_draft_survives_the_window(operator: Clerk, open_window: Opener, city: City) -> None:
    operator.page.keyboard.type(NUMBER)
    operator.page.keyboard.press("F2")
    operator.page.keyboard.type("锦湖花园3号楼又停水了")
    operator.page.locator("#kept", has_text="已暂存").wait_for()
    operator.page.keyboard.type("，整个单元都没有")
    operator.page.close(run_before_unload=True)
    again = Clerk(open_window())
    again.sign_in("operator")
    again.page.locator("#matter").wait_for()
    kept = again.page.input_value("#matter")
    assert kept.startswith("锦湖花园3号楼又停水了")
    assert again.page.input_value("#caller") == NUMBER
    with city.records.read() as work:
        assert len(work.session.scalars(select(DraftRow)).all()) == 1
    assert again.watch.complaints == []


def test_escape_keeps_the_draft_and_the_window(operator: Clerk) -> None:
    operator.page.keyboard.press("F2")
    operator.page.keyboard.type("刚开始说")
    operator.page.keyboard.press("Escape")
    operator.page.locator("#kept", has_text="已暂存").wait_for()
    assert operator.page.input_value("#matter") == "刚开始说"


def test_answered_at_once_by_keys(operator: Clerk, city: City) -> None:
    page = operator.page
    write_down(operator)
    page.keyboard.press("F7")
    page.locator("#answer:focus").wait_for()
    page.keyboard.type("已经派人去修，今晚亮灯。")
    page.keyboard.press("F7")
    page.locator(".ms-callreceipt").wait_for()
    assert newest(city).state == "closed"


def test_a_second_call_joins_the_first(operator: Clerk, city: City) -> None:
    page = operator.page
    write_down(operator)
    page.locator("#acts", has_text="派单给").wait_for()
    settle(operator)
    page.keyboard.press("F9")
    page.locator(".ms-callreceipt").wait_for()
    first = page.locator(".ms-receipt__no").first.inner_text()
    page.keyboard.press("F2")
    page.locator("#matter").wait_for()
    write_down(operator, MATTER + "，还是没有人来")
    page.locator("#acts", has_text=f"并入{first}").wait_for()
    assert operator.reads("30天内第2次来电")
    page.keyboard.press("F8")
    page.locator(".ms-callreceipt").wait_for()
    assert operator.reads(f"并入了{first}")
    assert newest(city).state == "merged"


def test_a_pushed_call_appears_by_itself(operator: Clerk, city: City) -> None:
    with city.records.write() as work:
        record_call(work, IncomingCall("pbx", "7", NUMBER, "operator", now()), now())
        work.commit()
    operator.page.locator("[data-incoming]").wait_for(timeout=8000)
    expect(operator.page.locator("#caller")).to_have_value(NUMBER)
    assert operator.page.evaluate("document.activeElement.id") == "matter"


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_the_desk_at_every_width(
    open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("operator")
    album.look("calls-empty")
    clerk.page.fill("#caller", NUMBER)
    clerk.page.fill("#matter", "工地凌晨三点还在打桩，连续五个晚上没法睡觉，孩子要高考，希望停工")
    clerk.page.locator("[data-alt]").first.wait_for()
    album.look("calls-writing")
    settle(clerk)
    clerk.page.locator("[data-key=F9]").click()
    clerk.page.locator(".ms-banner--stop").wait_for()
    clerk.watch.complaints.clear()  # a browser tells of every answer that is not 200
    album.look("calls-missing")
    for name in ("time", "place", "demand"):
        clerk.page.fill(f"#{name}", "不详")
    settle(clerk)
    clerk.page.locator("[data-key=F9]").click()
    clerk.page.locator(".ms-callreceipt").wait_for()
    album.look("calls-receipt")
