"""Urgent messages of one matter are one row, and every alert is reached from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework.storage.alerts import open_alerts
from casework.storage.tables import AccusationRow, AlertRow, TicketRow
from intake.receive import receive
from monitor.hot_issues import gather
from runtime.wiring import City
from tests.builders import draft
from tests.conftest import NOW
from tests.web.browser import Browser, Page

Signer = Callable[[str], Browser]
MUDDY = "松岭县{0}自来水浑浊发臭，打供水公司电话一直占线，到底能不能喝，什么时候恢复？"


@pytest.fixture
def muddy(city: City) -> list[str]:
    """Four people about one matter, a fifth about another; numbers of the alerts, newest first."""
    for n, town in enumerate(("文昌镇", "石桥镇", "青溪镇", "白沙镇")):
        message = draft(
            subject="自来水浑浊没人解释",
            body=MUDDY.format(town),
            sender=f"1380000000{n}",
            received_at=NOW + timedelta(minutes=n),
        )
        receive(city.intake, message, NOW + timedelta(minutes=n))
    other = draft(body="我家燃气泄漏，屋里全是煤气味，有人晕倒了，快来救命！", received_at=NOW)
    receive(city.intake, other, NOW)
    gather(city.records, city.settings.zone, NOW + timedelta(minutes=5))
    with city.records.read() as work:
        found = [one for one in open_alerts(work) if one.rule == "health.drinking-water"]
        assert len(open_alerts(work)) == 5
    return [one.number for one in found]


def rows(page: Page) -> list[str]:
    """The rows of the table of alerts, as they are read."""
    [table] = [t for t in page.all("table") if "发生了什么" in "".join(t.itertext())]
    return ["".join(tr.itertext()) for tr in table.iter() if tr.get("data-row") is not None]


@pytest.mark.parametrize("address", ["/leadership/", "/leadership/alerts"])
def test_one_matter_is_one_row(sign_in: Signer, city: City, muddy: list[str], address: str) -> None:
    assert len(muddy) == 4
    browser = sign_in("leader")
    page = browser.get(address)
    assert len(rows(page)) == 2
    [matter] = [row for row in rows(page) if muddy[0] in row]
    assert "4件来件里有人可能有危险" in matter
    links = {a.get("href", "") for a in page.all("a")}
    assert {f"/leadership/alerts/{number}" for number in muddy} <= links
    assert "预警 5" in page.words()
    browser.choose(lang="en")
    browser.get(address)


def test_an_alert_names_those_of_its_matter_and_which_one_was_told(
    sign_in: Signer, muddy: list[str]
) -> None:
    page = sign_in("leader").get(f"/leadership/alerts/{muddy[0]}")
    assert all(number in page.words() for number in muddy)
    assert "没有再提醒：" + muddy[-1] in page.words()


def test_what_one_may_not_see_is_put_with_nothing(
    sign_in: Signer, city: City, muddy: list[str]
) -> None:
    with city.records.write() as work:
        row = work.session.query(AlertRow).filter_by(number=muddy[0]).one()
        ticket = work.session.query(TicketRow).filter_by(message_id=row.message_id).one()
        ticket.accusations.append(AccusationRow(department="CITY", named_by="x", named_at=NOW))
        ticket.unscreened_report = True
        work.commit()
    shown = rows(sign_in("leader").get("/leadership/"))
    assert len(shown) == 3
    assert any("3件来件里有人可能有危险" in row for row in shown)


def test_a_closed_one_stands_apart(sign_in: Signer, city: City, muddy: list[str]) -> None:
    leader = sign_in("leader")
    leader.send(f"/leadership/alerts/{muddy[0]}/judge", {"verdict": "true", "reason": ""})
    leader.send(f"/leadership/alerts/{muddy[0]}/close", {})
    assert len(rows(leader.get("/leadership/alerts"))) == 3
    assert muddy[0] not in "".join(rows(leader.get("/leadership/")))
