"""Published answers and subscriptions: consent, masking, confirming, one click to the end."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask import Flask

from casework.storage import subscriptions
from casework.storage.people import person_named
from casework.storage.tables import MessageRow, TicketRow
from routing.handle import ReplyParts, answer, contact, sign
from runtime.delivery.digests import send_digests
from runtime.delivery.mail import mail_sender
from runtime.wiring import City
from tests.builders import TOPIC, draft, new_case, record_one
from tests.conftest import NOW, ZONE
from tests.web.browser import Browser
from tests.web.test_progress import open_ticket
from web.app import create_app

ADDRESS = "https://12345.example.org"
MORNING = NOW.astimezone(ZONE).replace(hour=9) + timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def city(city: City) -> City:
    """With mail and an address, so that citizens can subscribe."""
    settings = replace(city.settings, smtp_url="smtp://127.0.0.1:1", address=ADDRESS)
    return replace(city, settings=settings)


class Box(Message):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[object] = []

    def handle_message(self, message: object) -> None:
        self.mails.append(message)


@pytest.fixture
def box() -> Iterator[tuple[Box, Callable[..., int]]]:
    """A real mail server, and a function that runs the digests against it."""
    kept = Box()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    send = mail_sender(f"smtp://127.0.0.1:{port}", "hotline@city.example")
    yield kept, lambda city, now: send_digests(city.records, send, ADDRESS, now)
    server.stop()


def answered_case(city: City, **changes: object) -> str:
    """A ticket that the department has answered; its number."""
    message = draft(publishable=True, subject="松涛路路灯不亮", **changes)
    case = record_one(city.records, new_case(of=message, kind=str(changes.pop("kind", ""))))
    with city.records.read() as work:
        person = person_named(work, city.office().departments, "department")
    args = (city.records, city.office(), case.ticket_id, person)
    sign(*args, 1, NOW)
    contact(*args, 2, "约好周六上门看。", NOW)
    parts = ReplyParts(
        "电缆被挖断，联系人电话13912345678。", "", "已换新缆。", "可申请复查。", "12345"
    )
    answer(*args, 3, parts, NOW)
    return case.number


def version_of(city: City, number: str) -> int:
    with city.records.read() as work:
        row = work.session.query(TicketRow).filter_by(number=number).one()
        return row.version


def publish(browser: Browser, city: City, number: str, **extra: str) -> int:
    sent = {"version": str(version_of(city, number)), **extra}
    return int(browser.send(f"/tickets/{number}/publication", sent).status_code)


def test_an_answer_is_read_published_and_taken_back(
    sign_in: Callable[[str], Browser], browser: Browser, city: City
) -> None:
    number = answered_case(city)
    assert "还没有公开的答复" in browser.get("/answers/").words()
    screener = sign_in("screener")
    assert "公开这份答复" in screener.get(f"/tickets/{number}").words()
    assert publish(screener, city, number) == 303
    page = browser.get("/answers/")
    assert "松涛路路灯不亮" in page.words()
    (link,) = (a.get("href", "") for a in page.all("a") if a.text == "松涛路路灯不亮")
    one = browser.get(link).words()
    assert "已换新缆" in one
    assert "13912345678" not in one  # masked, though the department wrote it
    assert number not in one
    assert "松涛路路灯不亮" in browser.get(f"/answers/?topic={TOPIC[0]}").words()
    assert "这样选的没有" in browser.get("/answers/?topic=农村农业").words()
    browser.choose(lang="en")
    browser.get("/answers/")
    browser.get(link)
    assert publish(screener, city, number, do="withdraw") == 303
    browser.get(link, 404)
    history = screener.get(f"/tickets/{number}").words()
    assert "收回了公开的答复" in history
    assert "公开这份答复" in history


def test_the_feed_can_be_read(
    sign_in: Callable[[str], Browser], browser: Browser, city: City
) -> None:
    publish(sign_in("screener"), city, answered_case(city))
    answer_ = browser.client.get("/answers/feed")
    assert answer_.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer_.data)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "松涛路路灯不亮"
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").startswith(f"{ADDRESS}/answers/")


@pytest.mark.parametrize("why", ["no consent", "confidential", "report", "no answer"])
def test_what_must_stay_inside_is_never_published(
    sign_in: Callable[[str], Browser], city: City, why: str
) -> None:
    if why == "no answer":
        number = record_one(city.records, new_case(of=draft(publishable=True))).number
    else:
        number = answered_case(city)
    with city.records.write() as work:
        ticket = work.session.query(TicketRow).filter_by(number=number).one()
        message = work.session.get_one(MessageRow, ticket.message_id)
        message.publishable = why != "no consent"
        message.confidential = why == "confidential"
        if why == "report":
            ticket.kind = "举报"
        work.commit()
    screener = sign_in("screener")
    assert "公开这份答复" not in screener.get(f"/tickets/{number}").words()
    assert publish(screener, city, number) == 400


def links(mail: object) -> list[str]:
    text = mail.get_payload(decode=True).decode()  # type: ignore[attr-defined]
    return re.findall(rf"{ADDRESS}(/\S+)", text)


def test_subscribing_confirming_a_digest_and_one_click(
    sign_in: Callable[[str], Browser],
    browser: Browser,
    city: City,
    app: Flask,
    box: tuple[Box, Callable[..., int]],
    clock: dict[str, datetime],
) -> None:
    kept, run = box
    browser.post("/subscriptions/answers", {"email": "zhou@example.org"})
    assert run(city, MORNING) == 1
    assert run(city, MORNING) == 0  # asked once
    (asked,) = links(kept.mails[0])
    screener = sign_in("screener")
    publish(screener, city, answered_case(city))
    assert run(city, MORNING) == 0  # nothing before it is confirmed
    browser.get(asked)
    browser.post(f"{asked}/confirm")
    clock["now"] = NOW + timedelta(hours=1)
    publish(screener, city, answered_case(city, body="松涛路南段的路灯也不亮，请一起修。"))
    assert run(city, MORNING.replace(hour=7)) == 0  # too early in the day
    assert run(city, MORNING) == 1
    assert run(city, MORNING) == 0  # one a day
    digest = kept.mails[1]
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"  # type: ignore[index]
    stop = str(digest["List-Unsubscribe"]).strip("<> \r\n").removeprefix(ADDRESS)  # type: ignore[index]
    assert stop.endswith("/stop"), stop
    # As a mail program does it: no cookie, no page before, no forgery token.
    answered = app.test_client().post(stop, data={"List-Unsubscribe": "One-Click"})
    assert answered.status_code == 200
    clock["now"] = NOW + timedelta(hours=2)
    publish(screener, city, answered_case(city, body="松涛路北段的路灯也不亮，请一起修。"))
    assert run(city, MORNING + timedelta(days=1)) == 0
    browser.get(asked, 404)


def test_following_ones_own_case(
    browser: Browser, city: City, box: tuple[Box, Callable[..., int]]
) -> None:
    kept, run = box
    case = record_one(city.records, new_case())
    assert browser.send("/subscriptions/case", {"email": "z@example.org"}).status_code == 404
    open_ticket(browser, case.number, case.code)
    assert "订阅这一件" in browser.get("/progress/ticket").words()
    browser.post("/subscriptions/case", {"email": "z@example.org"})
    assert run(city, MORNING) == 1
    (asked,) = links(kept.mails[0])
    browser.post(f"{asked}/confirm")
    with city.records.read() as work:
        person = person_named(work, city.office().departments, "department")
    sign(city.records, city.office(), case.ticket_id, person, 1, NOW + timedelta(hours=1))
    assert run(city, MORNING) == 1
    text = kept.mails[1].get_payload(decode=True).decode()  # type: ignore[attr-defined]
    assert "负责单位已经接手" in text
    assert "路灯" not in text


def test_a_mail_server_that_is_gone_loses_nothing(
    browser: Browser, city: City, box: tuple[Box, Callable[..., int]]
) -> None:
    browser.post("/subscriptions/answers", {"email": "zhou@example.org"})
    gone = mail_sender("smtp://127.0.0.1:1", "hotline@city.example")
    assert send_digests(city.records, gone, ADDRESS, MORNING) == 0
    assert box[1](city, MORNING) == 1


def test_nobody_floods_an_address_and_a_wrong_one_is_told(
    browser: Browser, city: City, clock: dict[str, datetime]
) -> None:
    assert "电子邮箱" in browser.post("/subscriptions/answers", {"email": "not one"}, 400).words()
    for _ in range(5):
        browser.post("/subscriptions/answers", {"email": "zhou@example.org"})
    browser.post("/subscriptions/answers", {"email": "zhou@example.org"}, 429)
    with city.records.read() as work:
        assert len(subscriptions.to_ask(work)) == 1  # the same choice is asked for once


def test_without_mail_nobody_is_asked_for_an_address(city: City) -> None:
    silent = replace(city, settings=replace(city.settings, smtp_url=""))
    app = create_app(silent)
    app.config["NOW"] = lambda: NOW
    browser = Browser(app)
    assert "email" not in browser.get("/answers/").text.split("<aside")[1]
    assert browser.send("/subscriptions/answers", {"email": "z@example.org"}).status_code == 404


def test_what_was_never_confirmed_is_erased(browser: Browser, city: City) -> None:
    browser.post("/subscriptions/answers", {"email": "zhou@example.org"})
    with city.records.write() as work:
        subscriptions.forget(work, NOW + timedelta(days=4))
        work.commit()
        assert subscriptions.to_ask(work) == ()
