"""Fetching from servers nobody here runs: only where it may go, only so much, only so long."""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from socket import SHUT_RDWR, socket
from urllib.parse import quote, urljoin

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as WaitedTooLong

from casework.errors import SourceUnreadable
from intake.connectors.addresses import Resolve, Target, resolve, target_of

MAX_BYTES = 10 * 1024 * 1024
"""Of an answer, as it comes and unpacked."""
WHOLE_SECONDS = 30.0
"""For everything, redirects included."""
SILENT_SECONDS = 10.0
MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PIECE = 65_536
SLOW = (TimeoutError, WaitedTooLong)
REFUSED = (NewConnectionError,)
"""Told as a timeout by urllib3, though nobody was waited for."""
AGENT = "Minsheng/0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came. not_modified: nothing new since the etag or time that were sent."""

    body: bytes
    content_type: str
    etag: str
    last_modified: str
    not_modified: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long; allowed: see `target_of`."""

    allowed: Collection[str] = ()
    max_bytes: int = MAX_BYTES
    seconds: float = WHOLE_SECONDS


def fetch(
    url: str,
    limits: Limits = Limits(),
    *,
    etag: str = "",
    last_modified: str = "",
    resolve: Resolve = resolve,
) -> Answer:
    """GET an address, following redirects, each of them checked anew.

    Raises SourceUnreadable: what `target_of` raises, "unreachable", "too_slow", "too_large",
    "redirects", "encoding", "status".
    """
    until = time.monotonic() + limits.seconds
    headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Accept": "*/*"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    for _ in range(MAX_REDIRECTS + 1):
        target = target_of(url, limits.allowed, resolve)
        answer = _ask(target, headers, until, limits.max_bytes)
        if isinstance(answer, Answer):
            return answer
        url = urljoin(url, quote(answer, safe="/:?#[]@!$&'()*+,;=%~"))
    raise SourceUnreadable("redirects", limit=MAX_REDIRECTS)


def _ask(target: Target, headers: Mapping[str, str], until: float, max_bytes: int) -> Answer | str:
    """The answer, or where it is said to be."""
    with _connection(target, until) as connection:
        connection.request(
            "GET",
            target.path,
            headers={**headers, "Host": target.host_header},
            preload_content=False,
            decode_content=False,
        )
        with closing(connection.getresponse()) as response:
            return _answer(response, max_bytes)


def _answer(response: urllib3.BaseHTTPResponse, max_bytes: int) -> Answer | str:
    place = response.headers.get("Location", "")
    if response.status in REDIRECTS and place:
        return place
    if response.status == 304:
        return Answer(b"", "", "", "", not_modified=True)
    if response.status != 200:
        raise SourceUnreadable("status", status=response.status)
    return Answer(
        body=_body(response, max_bytes),
        content_type=response.headers.get("Content-Type", ""),
        etag=response.headers.get("ETag", "")[:500],
        last_modified=response.headers.get("Last-Modified", "")[:100],
    )


@contextmanager
def _connection(target: Target, until: float) -> Iterator[HTTPConnection]:
    """A connection to the checked address, cut off when the time is over.

    A timeout of the socket alone is renewed by every byte: a server that sends one every few
    seconds would never end.
    """
    left = until - time.monotonic()
    if left <= 0:
        raise SourceUnreadable("too_slow", host=target.host)
    timeout = min(left, SILENT_SECONDS)
    if target.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(
            target.address,
            target.port,
            timeout=timeout,
            ssl_context=ssl.create_default_context(),
            server_hostname=target.host,
            assert_hostname=target.host,
        )
    else:
        connection = HTTPConnection(target.address, target.port, timeout=timeout)
    over = threading.Event()
    sockets: list[socket] = []
    timer = threading.Timer(left, _cut, [connection, sockets, over])
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        # Kept, because an answer without a length takes it out of the connection.
        sockets += [connection.sock] if connection.sock is not None else []
        yield connection
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        slow = over.is_set() or isinstance(error, SLOW) and not isinstance(error, REFUSED)
        reason = "too_slow" if slow else "unreachable"
        raise SourceUnreadable(reason, host=target.host, detail=str(error)[:200]) from error
    finally:
        timer.cancel()
        connection.close()
    if over.is_set():
        raise SourceUnreadable("too_slow", host=target.host)


def _cut(connection: HTTPConnection, sockets: Sequence[socket], over: threading.Event) -> None:
    over.set()
    for opened in (connection.sock, *sockets):
        if opened is not None:
            with suppress(OSError):  # it has ended by itself
                opened.shutdown(SHUT_RDWR)


def _body(response: urllib3.BaseHTTPResponse, max_bytes: int) -> bytes:
    packing = response.headers.get("Content-Encoding", "identity").lower()
    if packing not in ("identity", "gzip", "deflate", ""):
        raise SourceUnreadable("encoding", value=packing)
    unpack = zlib.decompressobj(wbits=47) if packing in ("gzip", "deflate") else None
    taken, body = 0, bytearray()
    while piece := response.read1(PIECE, decode_content=False):
        taken += len(piece)
        # One byte more than allowed is enough to know; the rest is never unpacked.
        body += unpack.decompress(piece, max_bytes + 1 - len(body)) if unpack else piece
        if taken > max_bytes or len(body) > max_bytes:
            raise SourceUnreadable("too_large", limit=max_bytes // 1024)
    if unpack is not None and not unpack.eof:
        raise SourceUnreadable("unreachable", host="", detail="cut short")
    return bytes(body)
