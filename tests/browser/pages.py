"""What people do on the pages, in their words: journeys are written with these."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.web.conftest import PASSWORD

READING_SECONDS = 5.0


@dataclass
class Watch:
    """Everything a page did that it must not: console errors, policy reports, foreign hosts."""

    complaints: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.hostname != "127.0.0.1":
            self.complaints.append(f"asked {request.url}")


class Visitor:
    """Somebody with a window open."""

    def __init__(self, window: BrowserContext) -> None:
        self.page: Page = window.new_page()
        self.watch = Watch()
        self.page.on("console", self.watch.console)
        self.page.on("pageerror", lambda error: self.watch.complaints.append(str(error)))
        self.page.on("request", self.watch.request)

    def go(self, path: str) -> None:
        self.page.goto(path)

    def reads(self, words: str) -> bool:
        """Whether the page says so, within the seconds a page may take to arrive."""
        until = time.monotonic() + READING_SECONDS
        while words not in self.page.locator("body").inner_text():
            if time.monotonic() > until:
                return False
            self.page.wait_for_timeout(100)
        return True

    def widen(self, width: int) -> None:
        """Make the window so many pixels wide, and wait until the page is drawn anew."""
        size = self.page.viewport_size
        if size is None or size["width"] != width:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate(
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )

    def sideways(self) -> int:
        """How many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide


class Citizen(Visitor):
    """Writes, and comes back with number and code."""

    def write(self, text: str, kind: str = "投诉") -> None:
        self.go("/submit")
        self.page.check(f"[name=kind][value={kind}]", force=True)
        self.page.fill("#text", text)
        self.page.click("button[value=second]")

    def say_where(self, place: str = "", phone: str = "") -> None:
        self.page.fill("#place", place)
        self.page.fill("#phone", phone)
        self.page.click("button[value=third]")

    def send(self) -> tuple[str, str]:
        """Confirm, and note number and code from the receipt."""
        self.page.check("[name=confirmed]")
        self.page.click("button[value=send]")
        self.page.locator(".ms-receipt__no").first.wait_for()
        number, code = self.page.locator(".ms-receipt__no").all_inner_texts()
        return number, code

    def look_up(self, number: str, code: str) -> None:
        self.go("/progress")
        self.page.fill("#number", number)
        self.page.fill("#code", code)
        self.page.click("main form button[type=submit]")


class Clerk(Visitor):
    """Works here."""

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        self.go("/sign-in")
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        self.page.click("main form button[type=submit]")
        self.page.locator(".ms-topbar").wait_for()
        self.page.wait_for_load_state()  # the keys work once the scripts have run

    def open_ticket(self, number: str) -> None:
        self.go(f"/tickets/{number}")

    def choose_guess(self, place: int) -> None:
        """On the screening desk: take the first, second or third guess by its key."""
        self.page.keyboard.press(str(place))
        self.page.wait_for_load_state()

    def sign_for(self) -> None:
        self.page.click(".ms-tickethead form[action$='/sign'] button")

    def note_contact(self, note: str) -> None:
        self.page.fill("#contact-note", note)
        self.page.click("form[action$='/contact'] button")

    def answer(self, **parts: str) -> None:
        for name, words in parts.items():
            self.page.fill(f"#part-{name}", words)
        self.page.click("form[action$='/answer'] button[type=submit]:not([name])")

    def close(self) -> None:
        self.page.click(".ms-tickethead form[action$='/close'] button")

    def open_alert(self, where: str) -> None:
        """From the dashboard: the burst in a district, not one of its urgent messages."""
        self.go("/leadership/")
        bursts = self.page.locator("a[href*='/leadership/alerts/']", has_text="来件突然增多")
        bursts.filter(has_text=where).first.click()
        self.page.wait_for_url("**/leadership/alerts/*")

    def take_on_alert(self) -> None:
        """The verdict's buttons stand on both pages, so the next one is waited for."""
        take = self.page.get_by_role("button", name="我来处理")
        take.click()
        take.wait_for(state="detached")

    def judge_alert_true(self) -> None:
        self.page.get_by_role("button", name="属实，要处置").click()
        self.page.get_by_role("button", name="了结这个预警").wait_for()

    def close_alert(self) -> None:
        close = self.page.get_by_role("button", name="了结这个预警")
        close.click()
        close.wait_for(state="detached")
