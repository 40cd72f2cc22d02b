"""Keeping a person from a ticket on its page, also in search; and who read what is confidential."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from casework.storage.tables import AuditEventRow, TicketRow
from monitor import relay_turns
from runtime.wiring import City
from tests.builders import draft, new_case, record_one
from tests.conftest import NOW
from tests.web.browser import Browser

SignIn = Callable[[str], Browser]


def index(city: City) -> None:
    relay_turns.serve(city.records, city.index, city.holder, lambda: NOW, wish=relay_turns.REBUILD)


def version(city: City, number: str) -> int:
    with city.records.read() as work:
        row = work.session.scalars(select(TicketRow).where(TicketRow.number == number)).one()
        return row.version


def send(city: City, browser: Browser, number: str, **fields: str) -> int:
    sent = {"version": str(version(city, number)), "reason": "被反映的是其近亲属", **fields}
    return int(browser.send(f"/supervision/tickets/{number}/recusals", sent).status_code)


def test_who_is_kept_from_it_finds_it_nowhere(city: City, sign_in: SignIn) -> None:
    number = record_one(city.records).number
    record_one(city.records, new_case(draft(body="另一盏路灯也不亮，请修。")))
    head, worker = sign_in("head"), sign_in("department")
    assert "department 某" in head.get(f"/tickets/{number}").words()
    assert send(city, head, number, username="department") == 303
    index(city)
    worker.get(f"/tickets/{number}", 404)
    assert number not in worker.get("/department/").text
    assert number not in worker.get("/tickets/").text
    search = worker.get("/tickets/search?q=路灯")
    assert number not in search.text
    assert "找到1件" in search.words()
    assert "找到2件" in head.get("/tickets/search?q=路灯").words()
    act = {"version": str(version(city, number))}
    assert worker.send(f"/department/tickets/{number}/sign", act).status_code == 404
    page = head.get(f"/tickets/{number}")
    assert "被反映的是其近亲属" in page.words()
    assert send(city, head, number, username="department", do="lift") == 303
    worker.get(f"/tickets/{number}")


def test_what_is_refused_is_said_on_the_page(city: City, sign_in: SignIn) -> None:
    number = record_one(city.records).number
    head = sign_in("head")
    assert send(city, head, number, username="screener") == 400
    assert send(city, head, number, username="department", reason=" ") == 400
    assert send(city, head, number, username="department", version="7") == 409
    assert send(city, sign_in("department"), number, username="head") == 403
    assert send(city, sign_in("screener"), number, username="head") == 303
    head.get(f"/tickets/{number}", 404)


def test_one_who_names_oneself_is_led_to_the_desk(city: City, sign_in: SignIn) -> None:
    number = record_one(city.records).number
    head = sign_in("head")
    sent = {"version": "1", "reason": "是我家的事", "username": "head"}
    answer = head.send(f"/supervision/tickets/{number}/recusals", sent)
    assert answer.headers["Location"] == "/desk"


def test_the_page_in_english(city: City, sign_in: SignIn) -> None:
    number = record_one(city.records).number
    head = sign_in("head")
    send(city, head, number, username="department")
    head.choose(lang="en")
    head.get(f"/tickets/{number}")


def test_reading_contact_data_leaves_a_trace_with_the_name(city: City, sign_in: SignIn) -> None:
    case = record_one(city.records)
    sign_in("department").post(f"/tickets/{case.number}/contact-data")
    with city.records.read() as work:
        read = work.session.execute(
            select(AuditEventRow.name, AuditEventRow.actor).where(
                AuditEventRow.chain == str(case.ticket_id), AuditEventRow.name == "contact_read"
            )
        ).all()
    assert [tuple(row) for row in read] == [("contact_read", "department")]
