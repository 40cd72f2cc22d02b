"""A proxy before a cluster that does to requests what networks do, and asks for a secret.

Requests are cut before they reach the cluster, or their answers on the way back; held up; sent twice.
"""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

NOT_PASSED = frozenset({"host", "connection", "authorization", "content-length"})
NOT_GIVEN_BACK = frozenset({"content-length", "transfer-encoding", "connection"})


@dataclass(slots=True)
class Weather:
    """What befalls requests: each a part in [0, 1]. slow: seconds that held up ones wait.
    authorization: what a request must carry, or is refused with 401; "" for anything. seen: counts
    of what befell them."""

    cut_before: float = 0.0
    cut_after: float = 0.0
    twice: float = 0.0
    held_up: float = 0.0
    slow: float = 0.05
    authorization: str = ""
    seen: dict[str, int] = field(default_factory=dict)


class Proxy:
    """Listens on a free port of loopback until it is closed."""

    def __init__(self, url: str, weather: Weather, certificate: tuple[str, str] | None = None):
        """certificate: files of certificate and key, for TLS."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.target, self._server.weather = urlsplit(url).netloc, weather
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{scheme}://{self.address}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    target: str
    weather: Weather

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._chance, self._mutex = random.Random(5), threading.Lock()

    def befalls(self, what: str, part: float) -> bool:
        with self._mutex:
            found = self._chance.random() < part
            if found:
                self.weather.seen[what] = self.weather.seen.get(what, 0) + 1
        return found

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what this is about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: Any) -> None:
        pass

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        weather, befalls = self.server.weather, self.server.befalls
        if weather.authorization not in ("", self.headers.get("Authorization", "")):
            self.answer(401, {"X-Elastic-Product": "Elasticsearch"}, b'{"error": "who?"}')
            return
        if befalls("held_up", weather.held_up):
            time.sleep(weather.slow)
        if befalls("cut_before", weather.cut_before):
            self.cut()
            return
        for _ in range(1 + befalls("twice", weather.twice)):
            answered = self.ask(body)
        if befalls("cut_after", weather.cut_after):
            self.cut()
            return
        self.answer(*answered)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = forward

    def ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """What the cluster answers to this request."""
        connection = HTTPConnection(self.server.target, timeout=60)
        try:
            connection.request(
                self.command, self.path, body, _without(self.headers.items(), NOT_PASSED)
            )
            found = connection.getresponse()
            return found.status, _without(found.getheaders(), NOT_GIVEN_BACK), found.read()
        finally:
            connection.close()

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _without(headers: Iterable[tuple[str, str]], names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in names}
