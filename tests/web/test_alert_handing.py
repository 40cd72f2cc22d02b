"""Pages of handing an alert on: the leader's, and those of the department that is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.storage.alerts import open_alerts
from intake.receive import receive
from runtime.wiring import City
from tests.builders import draft
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.test_leadership import alert

Signer = Callable[[str], Browser]


def hand_on(browser: Browser, number: str, to: str = "unit:CGJ", status: int = 303) -> None:
    sent = {"to": to, "reason": "查清原因<b>，今晚报"}
    browser.post(f"/leadership/alerts/{number}/hand-on", sent, status=status)


def test_a_department_is_asked_and_answers(sign_in: Signer, city: City) -> None:
    number = alert(city)
    leader, unit = sign_in("leader"), sign_in("department")
    assert "没有转来的预警" in unit.get("/alerts/").words()
    unit.get(f"/alerts/{number}", status=404)
    hand_on(leader, number)
    page = leader.get(f"/leadership/alerts/{number}")
    assert "请它回应 等它回应" in page.words().replace("　", " ")
    assert "查清原因<b>，今晚报" in page.words()
    assert number in unit.get("/alerts/").words()
    page = unit.get(f"/alerts/{number}")
    assert "查清原因<b>，今晚报" in page.words()
    assert "发布权威信息" in page.words()
    sign_in("neighbour").get(f"/alerts/{number}", status=404)
    missing = unit.post(f"/alerts/{number}/answer", {"text": " "}, status=400)
    assert "没有记下" in missing.words()
    unit.send(f"/alerts/{number}/answer", {"text": "主管道破裂"})
    late = unit.post(f"/alerts/{number}/answer", {"text": "又修了一处"}, status=409)
    assert "又修了一处" in late.words()  # nothing that was written is lost
    assert "主管道破裂" in leader.get(f"/leadership/alerts/{number}").words()
    for browser in (leader, unit):
        browser.choose(lang="en")
    leader.get(f"/leadership/alerts/{number}")
    unit.get(f"/alerts/{number}")
    unit.get("/alerts/")


def test_what_was_handed_on_is_taken_back(sign_in: Signer, city: City) -> None:
    number = alert(city)
    leader, unit = sign_in("leader"), sign_in("department")
    hand_on(leader, number)
    handing = leader.get(f"/leadership/alerts/{number}").field("handing")
    address = f"/leadership/alerts/{number}/take-back"
    leader.send(address, {"handing": handing})
    gone = leader.post(address, {"handing": handing}, status=409)
    assert "没有记下" in gone.words()
    leader.post(address, {"handing": "x"}, status=400)
    assert "收回了" in unit.get(f"/alerts/{number}").words()
    unit.post(f"/alerts/{number}/answer", {"text": "修好了"}, status=409)


@pytest.mark.parametrize("to", ["", "unit:", "unit:CITY", "person:department", "x:leader"])
def test_it_goes_to_nobody_who_may_not_have_it(sign_in: Signer, city: City, to: str) -> None:
    number, leader = alert(city), sign_in("leader")
    hand_on(leader, number, to, status=400)
    assert "还没有人" in leader.get(f"/leadership/alerts/{number}").words()


def test_a_ticket_is_linked_and_supervised(sign_in: Signer, city: City) -> None:
    receive(city.intake, draft(body="燃气泄漏，屋里全是煤气味，有人晕倒了，快来救命！"), NOW)
    with city.records.read() as work:
        [number] = [one.number for one in open_alerts(work)]
    leader = sign_in("leader")
    quoted = leader.get(f"/leadership/alerts/{number}").field("ticket")  # offered: its own
    leader.send(f"/leadership/alerts/{number}/ticket", {"ticket": quoted})
    assert "督办1级" in leader.get(f"/leadership/alerts/{number}").words()
    again = leader.post(f"/leadership/alerts/{number}/ticket", {"ticket": quoted}, status=400)
    assert "已经关联了" in again.words()
    assert quoted in sign_in("screener").get("/supervision/clocks/").words()
