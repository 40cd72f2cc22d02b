"""Every page in a real browser: no complaint in the console, no sideways scrolling on a phone.

The pictures lie in the test's folder, to be looked at beside docs or design.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Opener
from tests.browser.pages import Citizen, Clerk, Visitor

pytestmark = pytest.mark.browser

TEXT = "云栖路118号楼下的烧烤店每晚在人行道上摆桌子，油烟往楼上飘，请处理。"
WIDTHS = (320, 1440)
LIGHT, LARGE = {"theme": "light"}, {"theme": "dark", "size": "elder"}
WINDOWS = [
    pytest.param(width, {"lang": lang, **more}, id=f"{width}-{lang}-{'-'.join(more.values())}")
    for width, lang, more in (
        (320, "zh-CN", LIGHT),
        (1440, "zh-CN", LARGE),
        (1440, "en", LIGHT),
        (320, "en", LARGE),
    )
]
"""Where people click. An album looks at each page they come to at the other width, too."""


class Album:
    """Takes pictures of each page at both widths and checks what every page promises."""

    def __init__(self, visitor: Visitor, folder: Path) -> None:
        self.visitor = visitor
        self.folder = folder

    def look(self, name: str) -> None:
        page = self.visitor.page
        page.wait_for_load_state("networkidle")
        window = page.viewport_size
        assert window is not None
        for width in sorted(WIDTHS, key=lambda width: width != window["width"]):
            self.visitor.widen(width)
            page.screenshot(path=self.folder / f"{name}-{width}.png", full_page=True)
            assert self.visitor.watch.complaints == [], (name, width)
            assert self.visitor.sideways() <= 0, f"{name} scrolls sideways at {width}"
        self.visitor.widen(window["width"])


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_citizens_pages(
    open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    citizen = Citizen(open_window(width, **appearance))
    album = Album(citizen, tmp_path)
    for path in ("/", "/how-it-works", "/privacy", "/lost-code", "/sign-in", "/submit"):
        citizen.go(path)
        album.look(f"citizen{path.replace('/', '-')}")
    citizen.write(TEXT)
    album.look("submit-second")
    citizen.say_where("云栖路118号", "13812346621")
    album.look("submit-check")
    number, code = citizen.send()
    album.look("receipt")
    citizen.look_up(number, code)
    album.look("progress")
    assert number in citizen.page.content()


@pytest.mark.parametrize("username", ["screener", "department", "leader"])
@pytest.mark.parametrize(("width", "lang"), [(320, "zh-CN"), (1440, "en")])
def test_desks(
    open_window: Opener,
    tmp_path: Path,
    username: str,
    width: int,
    lang: str,
) -> None:
    clerk = Clerk(open_window(width, lang=lang))
    album = Album(clerk, tmp_path)
    clerk.sign_in(username)
    album.look("desk")
    for path in ("/tickets/", "/tickets/search?q=打桩", "/tickets/search?q=没有的词"):
        clerk.go(path)
        album.look(path.replace("/", "-"))
    clerk.go("/tickets/")
    clerk.page.locator(".ms-tickettitle").first.click()
    album.look("ticket")
    if username == "leader":
        clerk.go("/leadership/alerts")
        clerk.page.locator(".ms-tickettitle").first.click()
        album.look("alert")


def test_the_answer_is_drawn_while_it_is_written(open_window: Opener) -> None:
    clerk = Clerk(open_window())
    clerk.sign_in("department")
    clerk.page.locator(".ms-tickettitle").first.click()
    clerk.sign_for()
    clerk.page.fill("#part-facts", "现场检查，情况属实。")
    clerk.page.wait_for_selector("#seen article")
    assert "现场检查，情况属实。" in clerk.page.locator("#seen").inner_text()
    assert clerk.watch.complaints == []


def test_keys_walk_and_open_and_are_off_while_writing(open_window: Opener) -> None:
    clerk = Clerk(open_window())
    clerk.sign_in("department")
    clerk.page.keyboard.press("j")
    clerk.page.keyboard.press("j")
    assert clerk.page.locator("tr.is-here").count() == 1
    clerk.page.keyboard.press("/")
    clerk.page.keyboard.type("jk1")
    assert clerk.page.locator("#find").input_value() == "jk1"
    clerk.page.locator("#find").blur()
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_url("**/tickets/*")


def test_a_question_mark_lists_the_keys_of_the_page(open_window: Opener) -> None:
    clerk = Clerk(open_window())
    clerk.sign_in("department")
    clerk.page.locator(".ms-tickettitle").first.click()
    clerk.page.wait_for_url("**/tickets/*")
    clerk.page.keyboard.press("?")
    clerk.page.locator("dialog[open]", has_text="签收").wait_for()
    clerk.page.keyboard.press("Escape")
    assert clerk.page.locator("dialog[open]").count() == 0
    clerk.page.keyboard.press("/")
    clerk.page.keyboard.press("Escape")
    assert clerk.page.evaluate("document.activeElement.tagName") == "BODY"
    assert clerk.watch.complaints == []


def test_a_guess_is_taken_by_its_key(open_window: Opener) -> None:
    clerk = Clerk(open_window())
    clerk.sign_in("screener")
    before = clerk.page.locator("h1").inner_text()
    clerk.choose_guess(1)
    clerk.page.wait_for_load_state("networkidle")
    assert clerk.page.locator("h1").inner_text() != before
