"""The example client as its reader starts it, against a served city at the end of a bad line."""

from __future__ import annotations

import json
import os
import re
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from waitress import create_server

from casework.signature import sign
from casework.storage.records import Records
from casework.storage.tables import MessageRow
from runtime.wiring import City
from tests.web.signed import MESSAGE, SECRET, add_source
from web.app import create_app

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "examples" / "webhook_client.py"


class Line(socketserver.ThreadingTCPServer):
    """Between client and city. faults: what befalls the next connections, "busy" (a 503 from
    somebody on the way) or "cut" (the city answers, and the answer never arrives)."""

    daemon_threads = True

    def __init__(self, city: tuple[str, int], faults: list[str]) -> None:
        self.city, self.faults, self.connections = city, faults, 0
        super().__init__(("127.0.0.1", 0), Connection)


class Connection(socketserver.BaseRequestHandler):
    server: Line

    def handle(self) -> None:
        self.server.connections += 1
        fault = self.server.faults.pop(0) if self.server.faults else ""
        request = read_request(self.request)
        if fault == "busy":
            self.request.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(self.server.city) as city:
            city.sendall(request)
            answer = b"".join(iter(lambda: city.recv(65536), b""))
        if fault != "cut":
            self.request.sendall(answer)


def read_request(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    assert length is not None
    while len(body) < int(length[1]):
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def line_to(city: City, *faults: str) -> Iterator[Line]:
    """The city, served for real, at the end of a line."""
    server: Any = create_server(create_app(city), host="127.0.0.1", port=0, threads=2)
    line = Line(("127.0.0.1", server.effective_port), list(faults))
    threads = [threading.Thread(target=server.run), threading.Thread(target=line.serve_forever)]
    for thread in threads:
        thread.start()
    yield line
    line.shutdown()
    line.server_close()
    server.close()
    server.asyncore.close_all(server._map, ignore_all=True)
    for thread in threads:
        thread.join(10)


def run(
    line: Line | None, body: Any, *more: str, secret: str = SECRET
) -> subprocess.CompletedProcess[str]:
    address = f"http://127.0.0.1:{line.server_address[1] if line else 9}"
    return subprocess.run(
        [sys.executable, str(CLIENT), address, "mini-program", "--patience", "20", *more],
        input=json.dumps(body),
        env={**os.environ, "MINSHENG_SECRET": secret},
        capture_output=True,
        text=True,
        timeout=60,
    )


def messages(records: Records) -> int:
    with records.read() as work:
        return work.session.scalar(select(func.count()).select_from(MessageRow)) or 0


def test_a_busy_server_and_a_cut_line_do_not_make_two(city: City) -> None:
    add_source(city.records)
    with line_to(city, "busy", "cut") as line:
        done = run(line, MESSAGE)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\d{4}-\d{4}-\d{5}", json.loads(done.stdout)["number"])
    assert line.connections == 3
    assert messages(city.records) == 1


def test_what_will_never_do_ends_at_once(city: City) -> None:
    add_source(city.records)
    with line_to(city) as line:
        refused = run(line, {**MESSAGE, "kind": "骂人"})
        assert (refused.returncode, json.loads(refused.stdout)["reason"]) == (1, "kind")
        assert run(line, MESSAGE, secret="wrong").returncode == 1
    assert line.connections == 2
    assert messages(city.records) == 0


def test_a_city_that_is_gone_is_told_with_the_key() -> None:
    done = run(None, MESSAGE, "--patience", "0", "--key", "mine")
    assert (done.returncode, "mine" in done.stderr) == (2, True)


def test_the_signature_in_the_document_is_right() -> None:
    text = (ROOT / "docs" / "webhook.md").read_text(encoding="utf-8")
    found = re.search(
        r"secret `(\w+)`, the\s+timestamp `(\d+)` and the body `(.+?)` the signature is\s+`(v1=\w+)`",
        text,
    )
    assert found is not None
    assert sign(found[1], found[2], found[3].encode()) == found[4]
