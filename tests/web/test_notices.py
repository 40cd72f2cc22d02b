"""Staff choose how they are told; administrators see what went out and what did not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from casework.quiet import Manners
from casework.storage.alerts import alert_by_number
from casework.storage.notice_choices import AlertWish, Channel, NoticeChoice, Pace, choice_of
from casework.storage.spreading import spread
from casework.storage.staff_messages import GIVEN_UP
from casework.storage.staff_notices import RAISED, tell_of_alert, tell_unit
from casework.storage.tables import AuditEventRow, StaffMessageRow, TicketRow, UserRow
from runtime.wiring import City
from tests.builders import record_one
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.test_leadership import alert

SignIn = Callable[[str], Browser]
MINE = {"channel": "mail", "address": "he@example.org", "pace": "at_once", "language": "en"}


@pytest.fixture
def message(city: City) -> StaffMessageRow:
    """A message that was given up."""
    ticket_id = record_one(city.records).ticket_id
    office = city.office()
    manners = Manners(None, timedelta(), office.calendar, office.zone)
    with city.records.write() as work:
        tell_unit(work, work.session.get_one(TicketRow, ticket_id), "urged", NOW)
        work.session.flush()
        spread(work, office.departments, manners, NOW)
        work.session.execute(
            update(StaffMessageRow).values(state=GIVEN_UP, error="451 try later", attempts=8)
        )
        work.commit()
    with city.records.read() as work:
        return work.session.scalars(select(StaffMessageRow)).one()


def test_everybody_chooses_for_themselves(city: City, sign_in: SignIn) -> None:
    browser = sign_in("department")
    page = browser.get("/notices/")
    assert "单位邮箱" in page.words()
    assert browser.send("/notices/", MINE).status_code == 303
    with city.records.read() as work:
        chosen = choice_of(work, "department")
        assert chosen == NoticeChoice(Channel.MAIL, "he@example.org", Pace.AT_ONCE, "en")
        assert choice_of(work, "neighbour") == NoticeChoice()
        names = list(work.session.scalars(select(AuditEventRow.name)))
        assert "notices_chosen" in names
        raw = work.session.execute(text("SELECT notice_address FROM users")).all()
    assert not any(b"he@example.org" in bytes(value) for (value,) in raw if value)
    assert "记下了" in browser.get("/notices/?kept=1").words()


def test_leaders_choose_of_which_alerts_they_are_told(city: City, sign_in: SignIn) -> None:
    assert "哪些预警" not in sign_in("department").get("/notices/").words()
    browser = sign_in("leader")
    assert "哪些预警" in browser.get("/notices/").words()
    assert browser.send("/notices/", {**MINE, "alerts": "grave"}).status_code == 303
    browser.post("/notices/", {**MINE, "alerts": "some"}, 400)
    with city.records.write() as work:
        assert choice_of(work, "leader").alerts is AlertWish.GRAVE
    number = alert(city)  # an orange one
    office = city.office()
    with city.records.write() as work:
        tell_of_alert(work, alert_by_number(work, number).id, RAISED, NOW)
        work.session.flush()
        spread(
            work, office.departments, Manners(None, timedelta(), office.calendar, office.zone), NOW
        )
        work.commit()
    log = sign_in("administrator").get("/administration/notices/")
    assert "预警1条" in log.words()
    assert "只要橙色、红色的" in log.words()
    assert number not in log.text


def test_back_to_the_office_the_address_is_forgotten(city: City, sign_in: SignIn) -> None:
    browser = sign_in("department")
    browser.send("/notices/", MINE)
    browser.send("/notices/", {**MINE, "channel": "office"})
    with city.records.read() as work:
        rows = work.session.scalars(select(UserRow).where(UserRow.username == "department"))
        assert rows.one().notice_address is None


@pytest.mark.parametrize(
    "changed",
    [
        {"address": ""},
        {"address": "nobody"},
        {"address": "a@b.cn, c@d.cn"},
        {"address": "a@b.cn\r\nBcc: c@d.cn"},
        {"address": "某@b.cn"},
        {"address": "a@" + "b" * 300 + ".cn"},
        {"channel": "chat", "address": "何 队"},
        {"channel": "pigeon"},
        {"pace": ""},
        {"language": "fr"},
    ],
)
def test_what_is_no_address_is_refused_and_nothing_changes(
    city: City, sign_in: SignIn, changed: dict[str, str]
) -> None:
    browser = sign_in("department")
    page = browser.post("/notices/", {**MINE, **changed}, 400)
    assert "没有记下" in page.words()
    with city.records.read() as work:
        assert choice_of(work, "department") == NoticeChoice()


def test_an_office_gets_its_address_on_its_page(city: City, sign_in: SignIn) -> None:
    admin = sign_in("administrator")
    known = city.office().departments.get("CGJ")
    assert known is not None
    sent = {"name": known.name, "level": known.level, "parent": known.parent}
    page = admin.post("/administration/departments/CGJ", {**sent, "office_mail": "cgj"}, 400)
    assert "电子邮箱请写成" in page.words()
    sent["office_mail"] = "cgj@example.org"
    assert admin.send("/administration/departments/CGJ", sent).status_code == 303
    assert admin.get("/administration/departments/CGJ").field("office_mail") == "cgj@example.org"
    assert "cgj@example.org" in sign_in("department").get("/notices/").words()


def test_the_log_says_why_and_one_click_tries_again(
    city: City, sign_in: SignIn, message: StaffMessageRow
) -> None:
    admin = sign_in("administrator")
    with city.records.read() as work:
        number = work.session.scalars(select(TicketRow.number)).one()
    page = admin.get("/administration/notices/?state=given_up")
    assert "451 try later" in page.words()
    assert "重新发" in page.words()
    assert number not in page.text  # administrators see no tickets
    path = f"/administration/notices/{message.id}"
    assert admin.send(path).status_code == 303
    assert admin.send(path).status_code == 409
    assert "重新发" not in admin.get("/administration/notices/").words()
    assert "没有这样的提醒" in admin.get("/administration/notices/?state=sent").words()


def test_the_pages_in_english(app: Flask, sign_in: SignIn, message: StaffMessageRow) -> None:
    for username, path in (
        ("department", "/notices/"),
        ("administrator", "/administration/notices/"),
        ("administrator", "/administration/departments/CGJ"),
    ):
        browser = sign_in(username)
        browser.choose(lang="en")
        browser.get(path)
