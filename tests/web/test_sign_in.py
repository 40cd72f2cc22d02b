"""Signing in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from casework.events import EventName
from casework.storage import sessions
from casework.storage.tables import AuditEventRow, UserRow
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.conftest import PASSWORD
from web.app import create_app

DESK = {
    "screener": "/screening/",
    "department": "/department/",
    "leader": "/leadership/",
    "administrator": "/administration/people/",
}


@pytest.mark.parametrize("username", DESK)
def test_everybody_comes_to_their_own_desk(
    sign_in: Callable[[str], Browser], username: str
) -> None:
    browser = sign_in(username)
    assert browser.client.get("/desk").headers["Location"] == DESK[username]
    browser.get(DESK[username])


@pytest.mark.parametrize("username", ["department", "nobody"])
def test_a_wrong_name_and_a_wrong_password_look_the_same(browser: Browser, username: str) -> None:
    page = browser.post("/sign-in", {"username": username, "password": "wrong"}, 400)
    assert "用户名或密码不对。还可以试4次。" in page.words()


def test_five_failures_lock_the_account_from_this_address_only(
    app: Flask, city: City, clock: dict[str, datetime]
) -> None:
    browser = Browser(app)
    wrong = {"username": "department", "password": "wrong"}
    right = {"username": "department", "password": PASSWORD}
    for _ in range(5):
        browser.post("/sign-in", wrong, 400)
    browser.post("/sign-in", right, 429)
    elsewhere = Browser(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    assert elsewhere.send("/sign-in", right).status_code == 303
    colleague = {"username": "neighbour", "password": PASSWORD}
    assert browser.send("/sign-in", colleague).status_code == 303
    other = Browser(app)
    clock["now"] = NOW + timedelta(minutes=16)
    assert other.send("/sign-in", right).status_code == 303


def test_sign_ins_and_failures_are_written_down(browser: Browser, city: City) -> None:
    browser.post("/sign-in", {"username": "leader", "password": "wrong"}, 400)
    browser.send("/sign-in", {"username": "leader", "password": PASSWORD})
    with city.records.read() as work:
        names = work.session.scalars(
            select(AuditEventRow.name)
            .where(AuditEventRow.chain == "office")
            .order_by(AuditEventRow.sequence)
        ).all()
    assert names[-2:] == [EventName.SIGN_IN_FAILED, EventName.SIGNED_IN]


def test_a_session_ends_after_twelve_hours(
    sign_in: Callable[[str], Browser], clock: dict[str, datetime]
) -> None:
    browser = sign_in("department")
    clock["now"] = NOW + timedelta(hours=12, minutes=1)
    answer = browser.client.get("/department/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_somebody_sent_out_everywhere_is_out(sign_in: Callable[[str], Browser], city: City) -> None:
    browser = sign_in("department")
    with city.records.write() as work:
        user = work.session.scalar(select(UserRow).where(UserRow.username == "department"))
        assert user is not None
        sessions.end_sessions(work, user.id)
        work.commit()
    assert browser.client.get("/department/").status_code == 302


def test_a_session_begun_before_signing_in_does_not_survive_it(app: Flask) -> None:
    browser = Browser(app)
    browser.get("/sign-in")
    before = browser.client.get_cookie("minsheng")
    with browser.client.session_transaction() as session:
        session["own"] = {"ticket": "0" * 32, "until": 9999999999}
    browser.send("/sign-in", {"username": "department", "password": PASSWORD})
    with browser.client.session_transaction() as session:
        assert "own" not in session
    after = browser.client.get_cookie("minsheng")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_signing_out_is_final(sign_in: Callable[[str], Browser], app: Flask) -> None:
    browser = sign_in("department")
    cookie = browser.client.get_cookie("minsheng")
    assert cookie is not None
    assert browser.send("/sign-out").status_code == 303
    assert browser.client.get("/department/").status_code == 302
    browser.client.set_cookie("minsheng", cookie.value)  # somebody kept a copy
    assert browser.client.get("/department/").status_code == 302


def test_a_session_holds_in_every_process(sign_in: Callable[[str], Browser], city: City) -> None:
    browser = sign_in("department")
    cookie = browser.client.get_cookie("minsheng")
    assert cookie is not None
    twin = create_app(city)
    twin.config["NOW"] = lambda: NOW
    other = twin.test_client()
    other.set_cookie("minsheng", cookie.value)
    assert other.get("/department/").status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    answer = browser.client.get("/sign-in")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_after_signing_in_one_is_where_one_wanted_to_go(browser: Browser) -> None:
    back = browser.client.get("/department/?state=closed").headers["Location"]
    page = browser.get(back)
    answer = browser.send(
        "/sign-in",
        {"username": "department", "password": PASSWORD, "next": page.field("next")},
    )
    assert answer.headers["Location"] == "/department/?state=closed"
