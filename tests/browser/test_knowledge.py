"""The knowledge base, phrases, and what a citizen sees of a message set aside, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.model import RefusalReason
from casework.permissions import Action
from casework.storage import people
from casework.storage.queries.ticket_page import ticket_detail
from routing import set_aside
from routing.set_aside import Refusal
from runtime.clock import now
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Citizen, Clerk
from tests.browser.test_pages import WINDOWS, Album
from tests.builders import draft, new_case, record_one

pytestmark = pytest.mark.browser


def write_article(clerk: Clerk) -> None:
    clerk.go("/knowledge/new")
    clerk.page.fill("#title", "路灯坏了多久修好")
    clerk.page.fill("#body", "主干道路灯24小时内修好，小街巷72小时内修好。")
    clerk.page.locator("main form button").click()
    clerk.page.locator("#correction").wait_for()


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_every_page_at_every_width(
    open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("department")
    clerk.go("/knowledge/")
    album.look("knowledge-empty")
    clerk.go("/knowledge/new")
    album.look("knowledge-new")
    write_article(clerk)
    clerk.page.fill("#correction", "新规定是48小时")
    clerk.page.locator("form[action$='/correction'] button").click()
    clerk.page.locator("form[action*='/requests/']").wait_for()
    album.look("knowledge-article")
    clerk.go("/knowledge/")
    album.look("knowledge")
    clerk.go("/phrases/")
    clerk.page.fill("#title", "已修好")
    clerk.page.fill("#text", "{单位}已于{日期}修好。")
    clerk.page.select_option("#place", "result")
    clerk.page.locator("form[action='/phrases/'] button").click()
    clerk.page.locator("td", has_text="已修好").first.wait_for()
    album.look("phrases")


def test_a_phrase_goes_where_the_cursor_stands(open_window: Opener) -> None:
    clerk = Clerk(open_window())
    clerk.sign_in("department")
    clerk.go("/phrases/")
    clerk.page.fill("#title", "已修好")
    clerk.page.fill("#text", "{单位}已修好。")
    clerk.page.select_option("#place", "result")
    clerk.page.locator("form[action='/phrases/'] button").click()
    clerk.go("/department/")
    clerk.page.locator(".ms-tickettitle").first.click()
    clerk.sign_for()
    clerk.page.locator("#part-result").wait_for()
    clerk.page.fill("#part-result", "昨晚")
    clerk.page.locator("details", has_text="已修好").locator("summary").click()
    clerk.page.locator("[data-insert=part-result]").click()
    assert clerk.page.input_value("#part-result") == "昨晚市城市管理和综合执法局已修好。"
    assert clerk.watch.complaints == []


def set_aside_both(city: City) -> tuple[tuple[str, str], tuple[str, str]]:
    """A refused and a merged message: number and code of each."""
    refused = record_one(city.records, new_case(of=draft(received_at=now()), lead=""))
    merged = record_one(
        city.records, new_case(of=draft(received_at=now(), body="松涛路的路灯又坏了"), lead="")
    )
    carrying = record_one(city.records, new_case(of=draft(received_at=now(), body="路灯")))
    office = city.office()
    with city.records.read() as work:
        screener = people.person_named(work, office.departments, "screener")
        versions = {
            case.number: ticket_detail(work, office, case.number, screener, Action.SCREEN).version
            for case in (refused, merged)
        }
    refusal = Refusal(RefusalReason.EMPTY, "本市热线受理范围的规定", "请补充在哪条路")
    set_aside.refuse(
        city.records,
        office,
        refused.ticket_id,
        screener,
        refusal,
        versions[refused.number],
        now(),
    )
    set_aside.merge(
        city.records,
        office,
        merged.ticket_id,
        screener,
        carrying.number,
        versions[merged.number],
        now(),
    )
    return (refused.number, refused.code), (merged.number, merged.code)


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_what_the_citizen_sees(
    open_window: Opener, city: City, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    refused, merged = set_aside_both(city)
    citizen = Citizen(open_window(width, **appearance))
    album = Album(citizen, tmp_path)
    citizen.look_up(*merged)
    citizen.page.locator(".ms-two").wait_for()
    album.look("citizen-merged")
    citizen.look_up(*refused)
    citizen.page.locator("#objection").wait_for()
    album.look("citizen-refused")
    citizen.page.fill("#objection", "在松涛路小学门口")
    citizen.page.locator("form[action$='/objection'] button").click()
    citizen.page.locator("#objection").wait_for(state="detached")
    album.look("citizen-objected")
