"""The life of a ticket in a real browser: given back, standing still, read by a second person, done again,
somebody kept from it; and what the citizen reads of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from casework.storage.cases import RecordedCase
from casework.storage.tables import TicketRow
from runtime.clock import now
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Citizen, Clerk
from tests.browser.test_pages import Album
from tests.builders import draft, new_case, record_one

pytestmark = pytest.mark.browser
WINDOWS = [
    pytest.param(320, {"lang": "en", "theme": "dark", "size": "elder"}, id="320-en-elder"),
    pytest.param(1440, {"lang": "zh-CN", "theme": "light"}, id="1440"),
]
PARTS = {
    "facts": "四盏路灯的电缆被施工挖断，维修队已经到现场看过。",
    "result": "新电缆已经换好，四盏灯当晚都亮了。",
    "remedy": "如不同意，可以在收到答复之日起30日内申请复查。",
    "contact": "市政科 刘工",
}


@pytest.fixture
def case(city: City, served: str) -> RecordedCase:
    """A complaint of yesterday, with its department."""
    of = draft(received_at=now() - timedelta(hours=3), language="zh")
    recorded = record_one(city.records, new_case(of))
    with city.records.write() as work:  # it could not be given back days after it was assigned
        work.session.get_one(TicketRow, recorded.ticket_id).assigned_at = now()
        work.commit()
    return recorded


def press(form: Locator, button: str = "button") -> None:
    """Send a form and wait for the page that answers."""
    page = form.page
    form.locator(button).last.click()
    page.wait_for_load_state("networkidle")


def act(clerk: Clerk, name: str) -> Locator:
    """The form of one act on a ticket's page."""
    return clerk.page.locator(f"form[action$='/{name}']")


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_clocks_stand_still_and_are_extended_and_the_citizen_reads_why(
    case: RecordedCase,
    open_window: Opener,
    tmp_path: Path,
    width: int,
    appearance: dict[str, str],
) -> None:
    unit, head = (Clerk(open_window(width, **appearance)) for _ in range(2))
    unit.sign_in("department")
    head.sign_in("head")
    unit.open_ticket(case.number)
    unit.sign_for()
    unit.page.fill("#extend-amount", "3")
    unit.page.fill("#extend-why", "要等厂家把电缆送来")
    press(act(unit, "extend"))
    head.open_ticket(case.number)
    press(head.page.locator("form[action*='/supervision/']"), "button[value=grant]")
    unit.open_ticket(case.number)
    unit.page.locator("[name=pause][value=citizen]").check()
    unit.page.fill("#suspend-amount", "5")
    unit.page.fill("#suspend-why", "请补充灯杆的编号，拍张照片也行")
    press(act(unit, "suspend"))
    Album(unit, tmp_path).look("asked")
    head.open_ticket(case.number)
    press(head.page.locator("form[action*='/supervision/']"), "button[value=grant]")
    Album(head, tmp_path).look("paused")
    citizen = Citizen(open_window(width, **appearance))
    citizen.look_up(case.number, case.code)
    Album(citizen, tmp_path).look("citizen-paused")
    assert citizen.reads("请补充灯杆的编号")
    assert citizen.reads("要等厂家把电缆送来")
    unit.open_ticket(case.number)
    unit.page.fill("#resume-note", "照片收到了")
    press(act(unit, "resume"))
    unit.page.locator(".ms-clockrow details").last.locator("summary").click()
    Album(unit, tmp_path).look("resumed-why")
    citizen.page.reload()
    Album(citizen, tmp_path).look("citizen-goes-on")
    assert citizen.reads("照片收到了")


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_given_back_decided_and_not_given_back_again(
    case: RecordedCase,
    open_window: Opener,
    tmp_path: Path,
    width: int,
    appearance: dict[str, str],
) -> None:
    unit, centre = (Clerk(open_window(width, **appearance)) for _ in range(2))
    unit.sign_in("department")
    centre.sign_in("screener")
    unit.open_ticket(case.number)
    unit.page.select_option("#return-to", "ZJJ")
    unit.page.fill("#return-basis", "住建局三定规定第四条")
    unit.page.fill("#return-why", "小区里的灯归物业和住建局管")
    press(act(unit, "return"))
    Album(unit, tmp_path).look("given-back")
    centre.go("/supervision/?kind=return")
    asked = centre.page.locator("section.card", has_text=case.number)
    Album(centre, tmp_path).look("queue")
    asked.locator("input[name=note]").fill("属小区内部道路")
    press(asked, "button[value=grant]")
    centre.open_ticket(case.number)
    Album(centre, tmp_path).look("decided")
    neighbour = Clerk(open_window(width, **appearance))
    neighbour.sign_in("neighbour")
    neighbour.open_ticket(case.number)
    assert act(neighbour, "return").count() == 0
    Album(neighbour, tmp_path).look("bound")


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_read_by_a_second_person_and_done_again(
    case: RecordedCase,
    open_window: Opener,
    tmp_path: Path,
    width: int,
    appearance: dict[str, str],
) -> None:
    unit, head, centre = (Clerk(open_window(width, **appearance)) for _ in range(3))
    unit.sign_in("department")
    head.sign_in("head")
    centre.sign_in("screener")
    unit.open_ticket(case.number)
    unit.sign_for()
    for name, words in PARTS.items():
        unit.page.fill(f"#part-{name}", words)
    press(act(unit, "answer"), "button[value=submit]")
    Album(unit, tmp_path).look("submitted")
    head.open_ticket(case.number)
    Album(head, tmp_path).look("to-read")
    press(head.page.locator("form[action*='/supervision/']"), "button[value=grant]")
    citizen = Citizen(open_window(width, **appearance))
    citizen.look_up(case.number, case.code)
    assert citizen.reads(PARTS["result"])
    centre.open_ticket(case.number)
    centre.page.fill("#reopen-why", "反映人说第四盏灯又不亮了")
    press(act(centre, "reopen"))
    Album(centre, tmp_path).look("again")
    citizen.page.reload()
    Album(citizen, tmp_path).look("citizen-again")
    assert citizen.reads("第四盏灯又不亮了")


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_somebody_is_kept_from_it(
    case: RecordedCase,
    open_window: Opener,
    tmp_path: Path,
    width: int,
    appearance: dict[str, str],
) -> None:
    head = Clerk(open_window(width, **appearance))
    head.sign_in("head")
    head.open_ticket(case.number)
    form = act(head, "recusals")
    head.page.locator("details", has=form).locator("summary").click()
    head.page.select_option("#recuse-who", "department")
    head.page.fill("#recuse-why", "反映的店是他家亲戚开的")
    Album(head, tmp_path).look("naming")
    press(form)
    Album(head, tmp_path).look("kept-from-it")
    assert head.reads("反映的店是他家亲戚开的")
