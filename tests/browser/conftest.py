"""A city served on a loopback port, and Debian's Chromium looking at it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import BytecodeCache
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from werkzeug.serving import make_server

from casework.model import Contact
from intake.receive import receive
from monitor import relay_turns
from runtime.clock import now
from runtime.wiring import City
from tests.builders import draft, new_case, record_one
from tests.conftest import lacking
from tests.web.conftest import (  # noqa: F401 - fixtures
    RoutesOnce,
    _one_classifier,
    city,
    compiled,
    home,
    ready_home,
    routes,
    translations,
)
from web.vendor import TARGET

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
LONG_TITLE = (
    "工地凌晨三点还在打桩，渣土车进进出出，两边六个小区的居民连续五个晚上没法睡觉，孩子要高考"
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        lacking("Debian's Chromium")
    if not (TARGET / "bootstrap.min.css").exists():
        lacking("the front-end libraries: make setup")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def served(
    city: City,  # noqa: F811
    compiled: BytecodeCache,  # noqa: F811
    routes: RoutesOnce,  # noqa: F811
) -> Iterator[str]:
    """The address of a city with tickets in every state of interest."""
    _fill(city)
    app = routes.application(city)
    app.jinja_env.bytecode_cache = compiled
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _fill(city: City) -> None:  # noqa: F811
    present = now()
    for n in range(6):
        message = draft(
            subject=LONG_TITLE if n == 0 else "",
            body=f"{LONG_TITLE}，第{n}次反映，请尽快查处。",
            received_at=present - timedelta(days=2 * n, minutes=5),
        )
        record_one(city.records, new_case(of=message, lead="CGJ" if n % 2 else ""))
    urgent = draft(
        subject="",
        body="楼下煤气泄漏，味道很大，有老人晕倒了，快来人！",
        contact=Contact(phone="13812346621"),
        received_at=present,
    )
    receive(city.intake, urgent, present)
    relay_turns.serve(city.records, city.index, city.holder, now, wish=relay_turns.REBUILD)


Opener = Callable[..., BrowserContext]


@pytest.fixture
def open_window(chromium: Browser, served: str) -> Iterator[Opener]:
    """A fresh window: open_window(width=…, lang=…, theme=…, size=…)."""
    windows: list[BrowserContext] = []

    def opened(width: int = 1440, **appearance: str) -> BrowserContext:
        window = chromium.new_context(
            base_url=served, viewport={"width": width, "height": 900}, locale="zh-CN"
        )
        window.add_cookies(
            [
                {"name": f"ms-{name}", "value": value, "url": served}
                for name, value in appearance.items()
            ]
        )
        windows.append(window)
        return window

    yield opened
    for window in windows:
        window.close()
