"""A file on its way in real windows: upload, match columns, try, import, follow, see the ticket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from runtime.clock import now
from runtime.file_imports import run_imports
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import Album

pytestmark = pytest.mark.browser
SUBJECT = "云栖路的井盖不见了"


@pytest.fixture
def timetable(city: City) -> Iterator[None]:
    """Imports run as the timetable runs them, every half second."""
    end = threading.Event()

    def run() -> None:
        while not end.wait(0.5):
            run_imports(city)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    end.set()
    thread.join()


@pytest.mark.parametrize(
    ("width", "appearance"),
    [(1440, {}), (320, {"lang": "en", "theme": "dark"})],
    ids=["1440-zh", "320-en-dark"],
)
def test_from_a_file_to_a_ticket(
    open_window: Opener,
    timetable: None,
    tmp_path: Path,
    width: int,
    appearance: dict[str, str],
) -> None:
    at = f"{now() - timedelta(hours=1):%Y-%m-%d %H:%M:%SZ}"
    rows = [
        f"{n},{SUBJECT}{n},{at},{SUBJECT}，{n}号楼前面，晚上很危险，请尽快补上。" for n in range(60)
    ]
    file = tmp_path / "来信登记.csv"
    file.write_text("\n".join(["编号,标题,来信时间,诉求", *rows, "x,没有时间,,路灯坏了"]), "utf-8")
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    page = clerk.page
    clerk.sign_in("screener")
    clerk.go("/imports/")
    album.look("imports-empty")
    page.set_input_files("#file", file)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/imports/*-*")
    assert page.locator("#column-source_ref").input_value() == "编号"
    assert page.locator("#column-body").input_value() == ""
    page.select_option("#column-body", "诉求")
    page.fill("#name", "来信登记")
    page.fill("#code", "letters")
    page.select_option("#channel", "letter")
    album.look("imports-plan")
    page.click("button[value=check]")
    page.locator(".ms-banner--ok").wait_for()
    album.look("imports-checked")
    page.click("button[value=start]")
    page.locator("a[href='/tickets/']", has_text="").last.wait_for()
    page.locator("main .ms-banner--ok a[href='/tickets/']").wait_for()
    album.look("imports-done")
    figures = page.locator(".ms-kpi__num").all_inner_texts()
    assert figures == ["61", "60", "0", "1"]
    with page.expect_download() as download:
        page.click("a[download]")
    assert "没有时间" in Path(download.value.path()).read_text("utf-8-sig")
    clerk.go("/imports/")
    album.look("imports-list")
    clerk.go("/tickets/")
    row = page.locator("tr", has_text=SUBJECT).first
    assert row.locator(".ms-clock").count() == 1
    assert clerk.watch.complaints == []
