"""The page that compares units: what is said, what is not, and where its figures lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from casework.storage.tables import ClockRow, TicketRow
from runtime.wiring import City
from tests.builders import draft, new_case, record_one
from tests.conftest import NOW
from tests.web.browser import Browser

Signer = Callable[[str], Browser]


@pytest.fixture
def answered(city: City) -> City:
    """Two bureaus with 120 answers each, one late in 40 of them, the other in none; a third with 3."""
    for unit, many, late in (("CGJ", 120, 40), ("ZJJ", 120, 0), ("STJ", 3, 1)):
        for n in range(many):
            case = new_case(of=draft(received_at=NOW - timedelta(days=20)), lead=unit)
            recorded = record_one(city.records, case)
            with city.records.write() as work:
                clock = work.session.scalars(
                    select(ClockRow)
                    .join(TicketRow, TicketRow.id == ClockRow.ticket_id)
                    .where(TicketRow.number == recorded.number, ClockRow.name == "reply")
                ).one()
                clock.due_at = NOW - timedelta(days=10)
                clock.stopped_at = NOW - timedelta(days=9 if n < late else 11)
                ticket = work.session.get_one(TicketRow, clock.ticket_id)
                ticket.state, ticket.answered_at = "answered", clock.stopped_at
                work.commit()
    return city


def test_a_city_without_answers(sign_in: Signer) -> None:
    assert "这段时间没有答复" in sign_in("leader").get("/leadership/ranking/").words()


@pytest.mark.timeout(600)
def test_units_are_told_apart_or_not(sign_in: Signer, answered: City) -> None:
    browser = sign_in("leader")
    page = browser.get("/leadership/ranking/?days=30")
    rows = {
        "".join(row[0][0].itertext()): "".join(row.itertext())
        for row in page.all("tr")
        if row[0].tag.endswith("td")
    }
    names = {code: answered.office().departments.name(code) for code in ("CGJ", "ZJJ", "STJ")}
    assert "逾期比同类多" in rows[names["CGJ"]]
    assert "逾期比同类少" in rows[names["ZJJ"]]
    assert "件数太少" in rows[names["STJ"]]
    (late,) = re.findall(r'href="([^"]*department=CGJ[^"]*reply=missed[^"]*)">40<', page.text)
    assert "工单 40超期答复" in browser.get(unescape(late)).words()
    browser.choose(lang="en")
    browser.get("/leadership/ranking/?days=nonsense")
    brief = browser.get("/leadership/briefs/weekly/2026-11-20")
    assert "1 units with fewer late, 1 with more, 0 that cannot be told apart" in brief.words()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_unit_against_its_own_past(sign_in: Signer, city: City, language: str) -> None:
    """Late in half of forty answers between December and July, in none of forty since August; contacts
    of none, and one done again."""
    for n in range(80):
        received = NOW - timedelta(days=40 + 2 * (n % 30) if n < 40 else 130 + 5 * (n % 30))
        recorded = record_one(city.records, new_case(of=draft(received_at=received), lead="CGJ"))
        with city.records.write() as work:
            ticket = work.session.get_one(TicketRow, recorded.ticket_id)
            clock = next(one for one in ticket.clocks if one.name == "reply")
            clock.stopped_at = clock.due_at + timedelta(hours=-1 if n < 40 or n % 2 else 1)
            ticket.state, ticket.answered_at = "answered", clock.stopped_at
            ticket.round = 2 if n == 0 else 1
            work.commit()
    leader = sign_in("leader")
    leader.choose(lang=language)
    page = leader.get("/leadership/ranking/CGJ")
    rows = [
        " ".join("".join(row.itertext()).split())
        for row in page.all("tr")
        if row[0].tag.endswith("td") and len(row) == 5
    ]
    told = ("比以前好", "说不出变化") if language == "zh" else ("better", "no change")
    assert "50%" in rows[1]
    assert told[0] in rows[1]
    assert told[1] in rows[2]
    answers = re.findall(
        r'href="([^"]*department=CGJ[^"]*answered-from=2026-10-01[^"]*)"', page.text
    )
    assert leader.get(unescape(answers[0]))
    leader.get("/leadership/ranking/CITY", 404)
    leader.get("/leadership/ranking/nobody", 404)


def test_nobody_else_enters(sign_in: Signer) -> None:
    sign_in("department").get("/leadership/ranking/", 403)
    sign_in("department").get("/leadership/ranking/CGJ", 403)
