"""The dispatch catalogue in a real browser: a line changed, tried and put to use."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.judgement import TopicGuess
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import WINDOWS, Album
from tests.builders import draft, judgement, new_case, record_one
from tests.web.test_catalogue import KEY, TOPIC

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_a_change_is_tried_and_put_to_use(
    served: str,
    city: City,
    open_window: Opener,
    tmp_path: Path,
    width: int,
    appearance: dict[str, str],
) -> None:
    judged = judgement(topic=TOPIC, leaves=(TopicGuess(TOPIC, 0.9),))
    for n in range(12):
        record_one(city.records, new_case(draft(body=f"第{n}盏路灯不亮。"), judged=judged))
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("administrator")
    clerk.go("/administration/catalogue/?q=城市公共设施")
    album.look("line")
    form = clerk.page.locator(f"form:has([name=topic][value='{KEY}'])")
    form.locator("select").select_option("STJ")
    form.locator("button").click()
    clerk.page.wait_for_load_state()
    clerk.go("/administration/catalogue/trial")
    album.look("trial")
    clerk.page.fill("#reason", "云编办〔2026〕8号：路灯划归生态环境局")
    clerk.page.locator("form[action$='/catalogue/versions'] button").click()
    clerk.page.locator("#versions details").wait_for()
    clerk.page.locator("#versions summary").first.click()
    album.look("versions")
    assert "云编办" in clerk.page.locator("#versions").inner_text()
