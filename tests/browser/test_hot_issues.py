"""Hot issues in a real browser, in every window."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.hot_issues import gather
from runtime.clock import now
from runtime.wiring import City
from tests.browser.conftest import LONG_TITLE, Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import WINDOWS, Album
from tests.builders import draft, new_case, record_one
from tests.monitor.test_hot_issues import MIXER

pytestmark = pytest.mark.browser


@pytest.fixture
def gathered(city: City) -> City:
    """Five people about one matter, under a title as long as they get."""
    present = now()
    for n, text in enumerate((*MIXER, MIXER[0])):
        message = draft(
            subject=f"{LONG_TITLE}，搅拌站" if n < 4 else "",
            body=text,
            sender=f"1380000000{n}",
            received_at=present - timedelta(days=3 * n, minutes=5),
        )
        record_one(city.records, new_case(of=message, district="WHQ"))
    gather(city.records, city.settings.zone, present)
    return city


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_hot_issues_in_every_window(
    gathered: City, open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("leader")
    clerk.go("/leadership/hot-issues/?state=falling&district=BSX")
    album.look("none")
    clerk.go("/leadership/hot-issues/")
    album.look("list")
    clerk.page.locator("[data-open]").first.click()
    clerk.page.wait_for_url("**/hot-issues/RD-*")
    album.look("one")
