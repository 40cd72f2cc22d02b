"""An alert handed to a department and answered, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.storage.alerts import open_alerts
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import Album

pytestmark = pytest.mark.browser


def test_a_leader_asks_a_department_and_reads_its_answer(
    city: City, open_window: Opener, tmp_path: Path
) -> None:
    with city.records.read() as work:
        number = open_alerts(work)[0].number
    leader, unit = Clerk(open_window(320)), Clerk(open_window(320, lang="en"))
    leader.sign_in("leader")
    leader.go(f"/leadership/alerts/{number}")
    leader.page.get_by_text("转给别人，或者请单位回应").click()
    leader.page.get_by_label("转给谁").select_option("unit:CGJ")
    leader.page.get_by_label("为什么，要做什么").fill("马上到现场，人先撤出来，一小时内报情况")
    Album(leader, tmp_path).look("asking")
    leader.page.get_by_role("button", name="转过去").click()
    leader.page.get_by_text("等它回应").wait_for()
    unit.sign_in("department")
    unit.go("/alerts/")
    Album(unit, tmp_path).look("handed")
    unit.page.locator("[data-open]").first.click()
    unit.page.wait_for_url(f"**/alerts/{number}")
    unit.page.get_by_label("What was found").fill("阀门已关，三人送医，无生命危险")
    Album(unit, tmp_path).look("answering")
    unit.page.get_by_role("button", name="Send the response").click()
    unit.page.get_by_text("阀门已关").wait_for()
    leader.go(f"/leadership/alerts/{number}")
    leader.page.get_by_text("阀门已关").wait_for()
