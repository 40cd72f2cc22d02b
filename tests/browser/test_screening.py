"""The screening desk in a real browser: change, merge, refuse and take back by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from casework.storage.tables import TicketRow
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import WINDOWS, Album

pytestmark = pytest.mark.browser


@pytest.fixture
def screener(open_window: Opener) -> Clerk:
    clerk = Clerk(open_window())
    clerk.sign_in("screener")
    return clerk


def opened(clerk: Clerk) -> str:
    """The number of the message that is open."""
    action = clerk.page.locator("form[action$='/refuse']").get_attribute("action")
    assert action is not None
    return action.split("/")[2]


def ticket(city: City, number: str) -> TicketRow:
    with city.records.read() as work:
        return work.session.scalars(select(TicketRow).where(TicketRow.number == number)).one()


def test_change_and_take_back(screener: Clerk, city: City) -> None:
    page = screener.page
    number = opened(screener)
    page.keyboard.press("t")
    page.keyboard.type("城乡建设／小区管理")
    page.keyboard.press("Escape")
    topic = page.locator("#topic").input_value()
    page.locator("#kind").select_option("求助")
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("1")
    page.locator("[data-key=u]").wait_for()
    changed = ticket(city, number)
    assert (changed.state, changed.kind) == ("assigned", "求助")
    assert not topic or changed.topic == topic
    page.keyboard.press("u")
    page.wait_for_url(f"**/screening/{number}")
    assert ticket(city, number).state == "screening"
    assert screener.watch.complaints == []


def test_merge_by_key(screener: Clerk, city: City) -> None:
    page = screener.page
    number = opened(screener)
    page.keyboard.press("m")
    page.locator("[name=into]:focus").wait_for()
    into = page.locator("[name=into]:checked").input_value()
    page.keyboard.press("Enter")
    page.locator("[data-key=u]").wait_for()
    merged = ticket(city, number)
    assert (merged.state, merged.merged_into) == ("merged", ticket(city, into).id)
    page.keyboard.press("u")
    page.wait_for_url(f"**/screening/{number}")
    assert ticket(city, number).merged_into is None


def test_refuse_by_key(screener: Clerk, city: City) -> None:
    page = screener.page
    number = opened(screener)
    page.keyboard.press("x")
    page.locator("[name=refusal_reason]:focus").wait_for()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("本市热线受理范围的规定")
    page.keyboard.press("Enter")
    page.locator("[data-key=u]").wait_for()
    assert ticket(city, number).state == "refused"
    page.keyboard.press("u")
    page.wait_for_url(f"**/screening/{number}")
    assert ticket(city, number).state == "screening"


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_the_desk_at_every_width(
    open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("screener")
    album.look("screening")
    number = opened(clerk)
    clerk.page.locator("[name=refusal_reason]").first.check()
    clerk.page.fill("#basis", "本市热线受理范围的规定")
    clerk.page.locator("form[action$='/refuse'] button").click()
    clerk.page.locator("[data-key=u]").wait_for()
    album.look("screening-refused")
    clerk.go(f"/tickets/{number}")
    album.look("ticket-refused")
