"""Asked on the ticket, decided in the queue, read by supervisor and administrator: in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import Album

pytestmark = pytest.mark.browser
WINDOWS = [
    pytest.param(320, {"lang": "zh-CN", "theme": "light"}, id="320"),
    pytest.param(1440, {"lang": "en", "theme": "dark"}, id="1440-en-dark"),
]


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_an_extension_is_asked_for_and_granted(
    open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    unit = Clerk(open_window(width, **appearance))
    unit.sign_in("department")
    unit.page.locator(".ms-tickettitle").last.click()
    unit.page.wait_for_url("**/tickets/*")
    number = unit.page.url.rsplit("/", 1)[1]
    unit.page.fill("#extend-amount", "2")
    unit.page.fill("#extend-why", "要等电缆到货")
    unit.page.click("form[action$='/extend'] button")
    Album(unit, tmp_path).look("asked")
    head = Clerk(open_window(width, **appearance))
    album = Album(head, tmp_path)
    head.sign_in("head")
    head.go("/supervision/")
    album.look("queue")
    asked = head.page.locator("section.card", has_text=number)
    asked.locator("button[value=grant]").click()
    head.page.wait_for_load_state("networkidle")
    assert head.page.locator("section.card", has_text=number).count() == 0
    head.go("/supervision/clocks/")
    album.look("clocks")
    unit.open_ticket(number)
    unit.page.locator(".ms-clockrow details").last.locator("summary").click()
    Album(unit, tmp_path).look("why")


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_a_changed_day_and_a_changed_deadline_are_tried_first(
    open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("administrator")
    clerk.go("/administration/calendar/?year=2027")
    album.look("calendar")
    clerk.page.fill("#notice", "2027-02-05,休,春节\n2027-02-20,班,调休")
    clerk.page.fill("#notice-source", "国办发明电〔2026〕9号")
    clerk.page.locator("form", has=clerk.page.locator("#notice")).locator(
        "button[value=preview]"
    ).click()
    clerk.page.wait_for_load_state("networkidle")
    album.look("calendar-preview")
    clerk.go("/administration/deadlines/")
    row = clerk.page.locator("#help-complaint-reply")
    row.locator("summary").click()
    row.locator("input[name=amount]").fill("3")
    row.locator("button[value=try]").click()
    clerk.page.locator("#help-complaint-reply [role=status]").wait_for()
    album.look("deadlines-tried")
    own = clerk.page.locator("#new")
    own.locator("#new-kind").select_option("投诉")
    own.locator("#new-topic").select_option("城乡建设")
    own.locator("input[name=amount]").fill("3")
    own.locator("input[name=warnings]").fill("50 90")
    own.locator("button[value=try]").click()
    clerk.page.locator("#new [role=status]").wait_for()
    album.look("deadlines-combination-tried")
    clerk.page.locator("#new input[name=source]").fill("云府发〔2026〕1号")
    clerk.page.locator("#new button").last.click()
    clerk.page.locator("#city-1").wait_for()
    album.look("deadlines-combination")
