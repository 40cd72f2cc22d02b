"""Notices by mail, against a real SMTP server on loopback."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from uuid_utils.compat import uuid7

from casework.codes import read_code
from casework.errors import Rejected
from casework.model import Contact
from casework.storage.notices import PAUSES
from casework.storage.records import Records
from casework.storage.tables import NoticeRow, TicketRow
from runtime.delivery.mail import mail_sender
from runtime.delivery.notices import NO_CHANNEL, Channels, deliver_notices
from tests.builders import RECEIVED, draft, new_case, record_one

NOW = RECEIVED + timedelta(minutes=1)


class Mailbox:
    """Keeps what arrives; refuses everything while `closed`."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.closed = False

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        if self.closed:
            return "451 try later"
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def waiting_notice(records: Records, kind: str, recipient: str, language: str = "zh") -> NoticeRow:
    of = draft(contact=Contact(email="li@example.org"), language=language)
    recorded = record_one(records, new_case(of))
    row = NoticeRow(
        id=uuid7(),
        ticket_id=recorded.ticket_id,
        kind=kind,
        recipient=recipient,
        created_at=RECEIVED,
    )
    with records.write() as work:
        work.session.add(row)
        work.commit()
    return row


def digest(records: Records) -> bytes | None:
    with records.read() as work:
        return work.session.scalars(select(TicketRow.code_digest)).one()


def notice(records: Records) -> NoticeRow:
    with records.read() as work:
        return work.session.scalars(select(NoticeRow)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_code_opens_and_the_old_one_no_longer_does(
    records: Records, mailbox: tuple[Mailbox, str], language: str
) -> None:
    box, address = mailbox
    waiting_notice(records, "new_code", "li@example.org", language)
    old = digest(records)
    send = mail_sender(address, "minsheng@example.org")
    assert deliver_notices(records, Channels(mail=send), "12345", NOW) == (1, 0)
    (mail,) = box.messages
    assert mail["To"] == "li@example.org"
    code = re.search(r"(?:[0-9A-Z]{4} ){3}[0-9A-Z]{4}", mail.get_content())
    assert code is not None
    assert digest(records) == records.vault.digest("query code", read_code(code[0])) != old
    assert notice(records).sent_at == NOW
    assert deliver_notices(records, Channels(mail=send), "12345", NOW) == (0, 0)


def test_while_the_server_refuses_the_old_code_stays(
    records: Records, mailbox: tuple[Mailbox, str]
) -> None:
    box, address = mailbox
    box.closed = True
    waiting_notice(records, "new_code", "li@example.org")
    old = digest(records)
    send = mail_sender(address, "minsheng@example.org")
    assert deliver_notices(records, Channels(mail=send), "12345", NOW) == (0, 1)
    assert digest(records) == old
    assert (notice(records).attempts, "451" in notice(records).error) == (1, True)
    box.closed = False
    assert deliver_notices(records, Channels(mail=send), "12345", NOW) == (1, 0)


def test_a_server_that_is_gone_is_noted_and_tried_again(records: Records) -> None:
    waiting_notice(records, "answered", "li@example.org")
    send = mail_sender("smtp://127.0.0.1:9", "minsheng@example.org")
    for pause in PAUSES:
        now = RECEIVED + pause
        assert deliver_notices(records, Channels(mail=send), "12345", now) == (0, 1)
        assert deliver_notices(records, Channels(mail=send), "12345", now) == (0, 0)
    now += timedelta(days=1)
    assert deliver_notices(records, Channels(mail=send), "12345", now) == (0, 0)  # given up
    assert notice(records).sent_at is None


def test_a_telephone_number_waits_for_a_channel(
    records: Records, mailbox: tuple[Mailbox, str]
) -> None:
    box, address = mailbox
    waiting_notice(records, "answered", "13800000001")
    send = mail_sender(address, "minsheng@example.org")
    assert deliver_notices(records, Channels(mail=send), "12345", NOW) == (0, 1)
    assert notice(records).error == NO_CHANNEL
    assert box.messages == []


@pytest.mark.parametrize("address", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(Rejected):
        mail_sender(address, "minsheng@example.org")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["call_received", "merged", "refused"])
def test_what_the_desks_tell_names_the_number(
    records: Records, mailbox: tuple[Mailbox, str], kind: str, language: str
) -> None:
    box, url = mailbox
    notice = waiting_notice(records, kind, "li@example.org", language)
    channels = Channels(mail=mail_sender(url, "city@example.org"))
    assert deliver_notices(records, channels, "12345", NOW) == (1, 0)
    with records.read() as work:
        ticket = work.session.get_one(TicketRow, notice.ticket_id)
    body = box.messages[0].get_body()
    assert body is not None
    assert ticket.number in body.get_content()
