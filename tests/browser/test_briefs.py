"""Briefs in a real browser, in every window, and taken away as a file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from runtime.clock import now
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_hot_issues import gathered  # noqa: F401 - a fixture
from tests.browser.test_pages import WINDOWS, Album
from tests.web.test_forecast import fill

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_briefs_in_every_window(
    gathered: City,  # noqa: F811
    open_window: Opener,
    tmp_path: Path,
    width: int,
    appearance: dict[str, str],
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("leader")
    clerk.go("/leadership/briefs/")
    album.look("briefs")
    today = (now() - timedelta(days=1)).astimezone(gathered.settings.zone).date()
    clerk.go(f"/leadership/briefs/weekly/{today}")
    album.look("week")
    clerk.go("/leadership/ranking/")
    album.look("ranking")
    clerk.go("/leadership/forecast/")
    album.look("no-forecast")
    fill(gathered)
    clerk.go("/leadership/forecast/")
    album.look("forecast")
    clerk.go("/leadership/briefs/")
    clerk.page.locator("a[href*='/briefs/issue/']").first.click()
    clerk.page.wait_for_url("**/briefs/issue/*")
    album.look("issue")
    clerk.go("/leadership/briefs/")
    clerk.page.locator("a[href*='/briefs/alert/']").first.click()
    clerk.page.wait_for_url("**/briefs/alert/*")
    album.look("alert")


def test_a_leader_takes_a_brief_away(
    gathered: City,  # noqa: F811
    open_window: Opener,
) -> None:
    clerk = Clerk(open_window())
    clerk.sign_in("leader")
    clerk.go("/leadership/briefs/")
    clerk.page.locator("a[href*='/briefs/issue/']").first.click()
    for form, begins in (("PDF", b"%PDF-"), ("DOCX", b"PK")):
        with clerk.page.expect_download() as taken:
            clerk.page.click(f"text=取{form}")
        path = taken.value.path()
        assert path.read_bytes().startswith(begins)
    assert clerk.watch.complaints == []
