"""转外单位 on the pages: asked from the ticket, mailed, answered by somebody without an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from casework.contributions import ContributionState
from casework.storage.notices import PAUSES
from casework.storage.outside_links import token_for
from casework.storage.tables import ContributionRow, TicketRow
from runtime.delivery.mail import mail_sender
from runtime.delivery.notices import Channels, deliver_notices
from runtime.wiring import City
from tests.conftest import NOW
from tests.runtime.test_delivery import Mailbox, mailbox  # noqa: F401 - a fixture
from tests.web.browser import Browser
from tests.web.cases import assigned
from tests.web.test_progress import open_ticket
from web.app import create_app

Signer = Callable[[str], Browser]
ADDRESS = "https://minsheng.example.org"
ASKED = {
    "name": "临江水务公司",
    "email": "office@water.example.org",
    "note": "这一带什么时候停过水？",
    "days": "14",
}
WORDS = "11月18日抢修停水四小时，已经恢复。"


@pytest.fixture
def city(city: City) -> City:
    """With mail and an address, so that links can be sent."""
    settings = replace(city.settings, smtp_url="smtp://127.0.0.1:1", address=ADDRESS)
    return replace(city, settings=settings)


def ticket(city: City, case: Any) -> TicketRow:
    with city.records.read() as work:
        row = work.session.get_one(TicketRow, case.ticket_id)
        _ = row.contributions
        return row


def ask(city: City, browser: Browser, case: Any, base: str = "/department", **fields: str) -> Any:
    sent = {"version": str(ticket(city, case).version), **ASKED, **fields}
    return browser.send(f"{base}/{case.number}/outside", sent)


def one(city: City, case: Any) -> ContributionRow:
    return ticket(city, case).contributions[-1]


def path(city: City, case: Any) -> str:
    with city.records.read() as work:
        return f"/outside/{token_for(work, one(city, case).id)}"


def test_a_mail_that_cannot_be_sent_is_said(city: City, sign_in: Signer) -> None:
    case = assigned(city)
    lead = sign_in("department")
    ask(city, lead, case)
    nobody = Channels(mail=mail_sender("smtp://127.0.0.1:1", "a@example.org"), address=ADDRESS)
    said = []
    for pause in PAUSES:
        assert deliver_notices(city.records, nobody, "12345", NOW + pause) == (0, 1)
        said.append(lead.get(f"/tickets/{case.number}").words())
    assert all("会再试" in words for words in said[:-1])
    assert "不再试了" in said[-1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_mailed_answered_by_a_stranger_and_read_by_the_lead_alone(
    city: City,
    app: Flask,
    sign_in: Signer,
    language: str,
    mailbox: tuple[Mailbox, str],  # noqa: F811
) -> None:
    case = assigned(city)
    lead = sign_in("department")
    assert 'id="ask-outside"' in lead.get(f"/tickets/{case.number}").text
    assert ask(city, lead, case).status_code == 303
    channels = Channels(
        mail=mail_sender(mailbox[1], "minsheng@example.org"),
        address=ADDRESS,
        zone=city.settings.zone,
    )
    assert deliver_notices(city.records, channels, "12345", NOW) == (1, 0)
    (mail,) = mailbox[0].messages
    text = mail.get_content()
    assert (mail["To"], mail["In-Reply-To"]) == (ASKED["email"], None)
    assert ADDRESS + path(city, case) in text
    assert "路灯" not in text
    assert ASKED["note"] not in text
    stranger = Browser(app)
    stranger.choose(lang=language)
    page = stranger.get(path(city, case))
    assert page.headers["Cache-Control"] == "no-store"
    assert ASKED["note"] in page.words()
    assert "路灯" in page.words()
    assert "138" not in page.words()  # neither name nor telephone
    fields = {"csrf_token": page.field("csrf_token"), "signer": "王工", "words": WORDS}
    sent = stranger.client.post(path(city, case), data=fields)
    assert sent.status_code == 303
    done = stranger.get(path(city, case)).words()
    assert "路灯" not in done
    assert WORDS not in done
    seen = lead.get(f"/tickets/{case.number}").words()
    assert WORDS in seen
    assert "王工" in seen
    assert "临江水务公司" in seen
    citizen = Browser(app)
    open_ticket(citizen, case.number, case.code)
    public = citizen.get("/progress/ticket").text
    assert WORDS not in public
    assert "临江水务" not in public
    again = stranger.post(path(city, case), fields | {"words": "另一份"}, 409)
    assert "另一份" in again.words()  # nothing written is lost
    assert one(city, case).words == WORDS


def test_what_is_wrong_is_said_and_what_was_written_stays(
    city: City, app: Flask, sign_in: Signer
) -> None:
    case = assigned(city)
    lead = sign_in("department")
    for wrong in ({"name": " "}, {"email": "x"}, {"note": " "}, {"days": "x"}, {"due": "昨天"}):
        sent = ask(city, lead, case, **wrong)
        assert sent.status_code == 400, wrong
    assert ASKED["name"] in sent.get_data(as_text=True)
    assert ask(city, lead, case).status_code == 303
    assert ask(city, lead, case).status_code == 409
    stranger = Browser(app)
    page = stranger.post(path(city, case), {"words": WORDS, "signer": "\x00 "}, 400)
    assert WORDS in page.words()
    assert stranger.post(path(city, case), {"words": "\x00", "signer": "王工"}, 400).status == 400
    assert one(city, case).state == ContributionState.OPEN


def test_links_that_are_none_have_ended_or_are_revoked(
    city: City, app: Flask, sign_in: Signer, clock: dict[str, datetime]
) -> None:
    case = assigned(city)
    screener, stranger = sign_in("screener"), Browser(app)
    assert ask(city, screener, case, "/supervision/tickets").status_code == 303
    clock["now"] = NOW + timedelta(days=14)
    assert "到期" in stranger.get(path(city, case)).words()
    clock["now"] = NOW + timedelta(minutes=5)
    assert one(city, case).question in stranger.get(path(city, case)).words()
    sent = {"do": "withdraw", "contribution": str(one(city, case).id), "note": "弄清了"}
    base = f"/supervision/tickets/{case.number}/contributions"
    assert screener.send(base, sent).status_code == 303
    ended = stranger.get(path(city, case)).words()
    assert "路灯" not in ended
    assert "弄清了" not in ended
    for _ in range(5):
        stranger.get("/outside/" + "A" * 43, 404)
    stranger.get("/outside/" + "A" * 43, 429)


def test_who_may_not_ask_and_where_no_mail_is_set_up(city: City, sign_in: Signer) -> None:
    case = assigned(city)
    for who, status in (("neighbour", 404), ("leader", 403), ("operator", 403)):
        assert ask(city, sign_in(who), case).status_code == status, who
    silent = create_app(replace(city, settings=replace(city.settings, smtp_url="")))
    silent.config.update(NOW=lambda: NOW)
    lead = sign_in("department")
    cookie = lead.client.get_cookie("minsheng")
    quiet = Browser(silent)
    assert cookie is not None
    quiet.client.set_cookie("minsheng", cookie.value)
    assert 'id="ask-outside"' not in quiet.get(f"/tickets/{case.number}").text
    assert ask(city, quiet, case).status_code == 400
