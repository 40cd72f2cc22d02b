"""会办 on the pages: asked, seen by the unit asked and by nobody else, given, answered with a warning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.storage.tables import ContributionRow, TicketRow
from monitor import relay_turns
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.cases import assigned
from tests.web.test_department import PARTS, act
from tests.web.test_progress import open_ticket

Signer = Callable[[str], Browser]
ASKED = {"department": "ZJJ", "note": "路灯是谁装的？"}
GIVEN = "路灯是小区物业装的，已通知三日内修好。"


def version(city: City, case: Any) -> str:
    with city.records.read() as work:
        return str(work.session.get_one(TicketRow, case.ticket_id).version)


def contribution(city: City, case: Any) -> ContributionRow:
    with city.records.read() as work:
        return work.session.get_one(TicketRow, case.ticket_id).contributions[-1]


def ask(city: City, browser: Browser, case: Any, base: str = "/department", **fields: str) -> Any:
    sent = {"version": version(city, case), **ASKED, **fields}
    return browser.send(f"{base}/{case.number}/contributions", sent)


def give(city: City, browser: Browser, case: Any, **fields: str) -> Any:
    one = contribution(city, case).id
    return browser.send(f"/department/contributions/{case.number}/{one}", fields)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_asked_given_and_answered(city: City, sign_in: Signer, language: str) -> None:
    case = assigned(city)
    lead, other = sign_in("department"), sign_in("neighbour")
    for browser in (lead, other):
        browser.choose(lang=language)
    act(lead, case.number, "sign", 1)
    other.get(f"/tickets/{case.number}", 404)
    assert ask(city, lead, case).status_code == 303
    listed = other.get("/department/co-handling")
    assert case.number in listed.text
    assert ASKED["note"] in listed.words()
    assert case.number not in other.get("/department/").text
    seen = other.get(f"/tickets/{case.number}")
    assert "138" not in seen.words()  # neither name nor telephone
    for button in ("department.contact", "/answer", "/return", "/extend", "/sign"):
        assert f'action="/department/{case.number}{button}"' not in seen.text
    page = lead.get(f"/tickets/{case.number}")
    assert ("现在答复，就不再等它们" if language == "zh" else "If you answer now") in page.words()
    assert give(city, other, case, words=GIVEN).status_code == 303
    page = lead.get(f"/tickets/{case.number}")
    assert GIVEN in page.words()
    assert "现在答复" not in page.words()
    assert case.number in other.get("/department/co-handling?state=given").text
    assert act(lead, case.number, "answer", int(version(city, case)), **PARTS).status_code == 303
    citizen = Browser(lead.client.application)
    open_ticket(citizen, case.number, case.code)
    public = citizen.get("/progress/ticket")
    assert GIVEN not in public.text
    assert ASKED["note"] not in public.text


def test_the_unit_asked_finds_it_in_lists_and_search_marked(city: City, sign_in: Signer) -> None:
    case = assigned(city)
    lead, other = sign_in("department"), sign_in("neighbour")

    def index() -> None:
        relay_turns.serve(
            city.records, city.index, city.holder, lambda: NOW, wish=relay_turns.REBUILD
        )

    index()
    assert case.number not in other.get("/tickets/search?q=路灯").text
    ask(city, lead, case)
    index()
    assert case.number in other.get("/tickets/search?q=路灯").text
    mark = '<span class="ms-tag">协办</span>'
    assert mark in other.get("/tickets/").text
    assert mark not in lead.get("/tickets/").text
    assert give(city, other, case, do="decline", words="不归我们").status_code == 303
    index()
    assert case.number not in other.get("/tickets/search?q=路灯").text
    assert "不归我们" in lead.get(f"/tickets/{case.number}").words()


def test_who_was_asked_cannot_act_by_address(city: City, sign_in: Signer) -> None:
    case = assigned(city)
    other = sign_in("neighbour")
    ask(city, sign_in("department"), case)
    for what in ("sign", "contact", "answer", "close", "return", "extend", "suspend", "resume"):
        sent = act(other, case.number, what, int(version(city, case)), note="好", basis="三定")
        assert sent.status_code == 404, what
    assert ask(city, other, case, department="CGJ").status_code == 404
    assert other.send(f"/tickets/{case.number}/contact-data").status_code == 404
    one = contribution(city, case).id
    for who, status in (("leader", 403), ("operator", 403), ("head", 409)):
        browser = sign_in(who)
        sent = browser.send(f"/department/contributions/{case.number}/{one}", {"words": "好"})
        assert sent.status_code == status, who


def test_what_is_wrong_is_said_and_nothing_written_is_lost(
    city: City, sign_in: Signer, clock: dict[str, datetime]
) -> None:
    case = assigned(city)
    lead, other, screener = (sign_in(who) for who in ("department", "neighbour", "screener"))
    for wrong in ({"department": "CGJ"}, {"department": "?"}, {"note": " "}, {"due": "昨天"}):
        assert ask(city, lead, case, **wrong).status_code == 400
    page = checked_page(ask(city, lead, case, due="2030-01-01T00:00"))
    assert "不能晚于答复的期限" in page
    assert ASKED["note"] in page
    clock["now"] = NOW + timedelta(minutes=5)
    due = (clock["now"] + timedelta(hours=30)).astimezone(city.settings.zone)
    assert ask(city, lead, case, due=f"{due:%Y-%m-%dT%H:%M}").status_code == 303
    assert contribution(city, case).due_at == due.replace(second=0, microsecond=0)
    assert ask(city, lead, case).status_code == 409
    assert give(city, other, case, words=" ").status_code == 400
    one = str(contribution(city, case).id)
    sent = ask(
        city, screener, case, "/supervision/tickets", do="withdraw", contribution=one, note="弄清了"
    )
    assert sent.status_code == 303
    late = give(city, other, case, words=GIVEN)
    assert late.status_code == 409
    assert GIVEN in checked_page(late)


def test_the_board_shows_what_is_over(
    city: City, sign_in: Signer, clock: dict[str, datetime]
) -> None:
    case = assigned(city)
    ask(city, sign_in("department"), case)
    assert "过期的会办意见" not in sign_in("screener").get("/supervision/clocks/").words()
    clock["now"] = NOW + timedelta(days=20)
    screener = sign_in("screener")
    page = screener.get("/supervision/clocks/").words()
    assert "过期的会办意见" in page
    assert case.number in page


def checked_page(answer: Any) -> str:
    text: str = answer.get_data(as_text=True)
    return text
