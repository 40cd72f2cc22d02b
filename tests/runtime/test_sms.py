"""Text messages out, to a real HTTP server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import select, update

from casework.codes import read_code
from casework.errors import Rejected
from casework.signature import holds, timely
from casework.storage import notices
from casework.storage.records import Records
from casework.storage.tables import NoticeRow, TicketRow
from runtime.clock import now
from runtime.delivery.notices import NO_MAIL, Channels, deliver_notices
from runtime.delivery.sms import text_sender
from runtime.delivery.words import text_words
from tests.runtime.test_delivery import NOW, waiting_notice

SECRET = "shared with the provider"


class Provider(HTTPServer):
    """Keeps what it is sent; answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 307:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"said")

    def log_message(self, *_arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def channels(provider: Provider) -> Channels:
    return Channels(text=text_sender(f"http://127.0.0.1:{provider.server_port}/sms", SECRET))


def test_number_and_code_go_out_signed(
    records: Records, provider: Provider, channels: Channels
) -> None:
    row = waiting_notice(records, "received", "13800000001")
    assert deliver_notices(records, channels, "12345", NOW) == (1, 0)
    ((headers, body),) = provider.got
    timestamp = headers["Minsheng-Timestamp"]
    assert timely(timestamp, now())
    assert holds([SECRET], timestamp, body, headers["Minsheng-Signature"])
    assert not holds([SECRET], timestamp, body + b" ", headers["Minsheng-Signature"])
    sent = json.loads(body)
    assert sent["notice"] == headers["Idempotency-Key"] == str(row.id)
    assert sent["to"] == "13800000001"
    code = sent["text"].split("查询码")[1].strip("。")
    with records.read() as work:
        digest = work.session.scalars(select(TicketRow.code_digest)).one()
    assert digest == records.vault.digest("query code", read_code(code))
    assert deliver_notices(records, channels, "12345", NOW) == (0, 0)


@pytest.mark.parametrize("status", [400, 307, 503])
def test_a_provider_that_refuses_is_noted_and_tried_again(
    records: Records, provider: Provider, channels: Channels, status: int
) -> None:
    waiting_notice(records, "received", "13800000001")
    provider.status = status
    assert deliver_notices(records, channels, "12345", NOW) == (0, 1)
    with records.read() as work:
        error = work.session.scalars(select(NoticeRow.error)).one()
    assert error == f"{status} said"
    provider.status = 200
    assert deliver_notices(records, channels, "12345", NOW) == (1, 0)
    assert len({body for _, body in provider.got}) == 1  # the same key, and so the same words


def test_a_provider_that_is_gone(records: Records) -> None:
    waiting_notice(records, "answered", "13800000001")
    channels = Channels(text=text_sender("http://127.0.0.1:9/", SECRET))
    assert deliver_notices(records, channels, "12345", NOW) == (0, 1)


def test_mail_is_not_sent_as_a_text_message(
    records: Records, provider: Provider, channels: Channels
) -> None:
    waiting_notice(records, "answered", "li@example.org")
    assert deliver_notices(records, channels, "12345", NOW) == (0, 1)
    with records.read() as work:
        assert work.session.scalars(select(NoticeRow.error)).one() == NO_MAIL
    assert provider.got == []


def test_how_to_write_needs_no_ticket(
    records: Records, provider: Provider, channels: Channels
) -> None:
    with records.write() as work:
        notices.tell(work, None, notices.HOW_TO_WRITE, "13800000001", NOW)
        work.commit()
    assert deliver_notices(records, channels, "12345", NOW) == (1, 0)
    assert "12345#姓名#地址#" in json.loads(provider.got[0][1])["text"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["new_code", "received", "answered"])
def test_every_text_is_short(records: Records, kind: str, language: str) -> None:
    waiting_notice(records, kind, "13800000001", language)
    with records.write() as work:
        work.session.execute(update(NoticeRow).values(attempts=0))
        (notice,) = notices.waiting(work, NOW)
    words = text_words(notice, "12345")
    assert notice.number in words
    assert len(words) <= (70 if language == "zh" else 140)


@pytest.mark.parametrize(
    ("address", "secret"), [("ftp://x", SECRET), ("http://", SECRET), ("http://x", "")]
)
def test_settings_that_make_no_sense(address: str, secret: str) -> None:
    with pytest.raises(Rejected):
        text_sender(address, secret)
