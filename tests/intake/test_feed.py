"""Feeds against a real server on loopback that is slow, down, huge, or means ill."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casework.errors import SourceUnreadable
from casework.model import MessageDraft
from casework.storage import sources
from casework.storage.sources import BACK_OFF, Source, SourceKind
from intake.connectors import web_fetch
from intake.connectors.addresses import is_public, target_of
from intake.connectors.feed import connect
from intake.connectors.html_text import html_text
from intake.connectors.interface import Item, Opening
from intake.connectors.web_fetch import Limits, fetch
from intake.poll import Polled, poll
from intake.receive import Intake
from intake.take_in import as_messages
from tests.conftest import NOW, ZONE
from tests.intake.servers import Server, serving

ITEM = """<item><guid>{n}</guid><title>路灯 {n}</title>
<description>&lt;p&gt;松涛路{n}号的路灯&lt;b&gt;坏了&lt;/b&gt;。&lt;script&gt;alert(1)&lt;/script&gt;&lt;/p&gt;</description>
<pubDate>Fri, 20 Nov 2026 10:00:0{n} +0800</pubDate></item>"""


def rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>x</title>{"".join(items)}</channel></rss>'


TWO = rss(ITEM.format(n=2), ITEM.format(n=1)).encode()


def feed(server: Server, path: str = "/feed", **settings: Any) -> Source:
    given = {"url": server.url + path, "allow_private": server.allowed, **settings}
    return Source("mayor-feed", "市长信箱订阅", SourceKind.FEED, "mailbox", given)


def items(server: Server, body: bytes | str, headers: dict[str, str] | None = None) -> list[Item]:
    data = body.encode() if isinstance(body, str) else body
    server.answer["/feed"] = (200, headers or {}, data)
    found, _ = connect(Opening(feed(server), (), ZONE, NOW)).fetch({})
    return list(found)


def one(server: Server, body: bytes | str) -> MessageDraft:
    (item,) = items(server, body)
    assert isinstance(item.draft, MessageDraft)
    return item.draft


def reason(server: Server, path: str = "/x", limits: Limits | None = None) -> str:
    with pytest.raises(SourceUnreadable) as caught:
        fetch(server.url + path, limits or Limits(allowed=server.allowed))
    return caught.value.reason


@pytest.fixture
def server() -> Any:
    with serving() as opened:
        yield opened


def test_an_entry_becomes_a_draft(server: Server) -> None:
    first, second = items(server, TWO)
    assert isinstance(first.draft, MessageDraft)
    assert isinstance(second.draft, MessageDraft)
    assert (first.draft.source, first.draft.source_ref) == ("mayor-feed", "1")
    assert (first.draft.channel, first.draft.subject) == ("mailbox", "路灯 1")
    assert first.draft.body == "松涛路1号的路灯坏了。"
    assert first.draft.received_at == datetime(2026, 11, 20, 2, 0, 1, tzinfo=UTC)
    assert second.draft.source_ref == "2"


def test_atom(server: Server) -> None:
    draft = one(
        server,
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:1</id><title>井盖</title>'
        "<author><name>周某</name></author><updated>2026-11-20T09:00:00+08:00</updated>"
        '<content type="html">&lt;p&gt;第一段&lt;/p&gt;&lt;p&gt;第二段&lt;/p&gt;</content></entry></feed>',
    )
    assert (draft.source_ref, draft.sender, draft.body) == ("tag:1", "周某", "第一段\n第二段")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("", NOW),
        ("<pubDate>someday</pubDate>", NOW),
        ("<pubDate>Fri, 20 Nov 2099 10:00:00 +0800</pubDate>", NOW),
        ("<pubDate>2026-11-20 10:00</pubDate>", datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
    ],
)
def test_odd_times(server: Server, date: str, expected: datetime) -> None:
    draft = one(server, rss(f"<item><guid>1</guid><title>路灯</title>{date}</item>"))
    assert draft.received_at == expected
    assert draft.body == "路灯"


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "utf-16"])
def test_encodings(server: Server, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    body = rss("<item><guid>1</guid><title>路灯坏了</title></item>", head=head).encode(encoding)
    assert one(server, body).subject == "路灯坏了"


def test_an_entry_without_id_or_with_a_very_long_one(server: Server) -> None:
    plain = "<item><title>甲</title></item><item><title>乙</title></item>"
    long = f"<item><guid>http://x/{'a' * 500}</guid><title>{'题' * 300}</title></item>"
    drafts = [item.draft for item in items(server, rss(plain, long))]
    references = [draft.source_ref for draft in drafts if isinstance(draft, MessageDraft)]
    assert len(set(references)) == 3
    assert all(len(reference) <= 200 for reference in references)
    assert references == [
        d.draft.source_ref
        for d in items(server, rss(plain, long))
        if isinstance(d.draft, MessageDraft)
    ]


BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "empty_answer"),
        ("   ", "empty_answer"),
        ("not xml at all", "not_a_feed"),
        ("<html><body>x</body></html>", "not_a_feed"),
        ("{}", "not_a_feed"),
        (rss("<item><title>&b;</title></item>", head=BOMB), "doctype"),
        (rss(head='<!DOCTYPE r SYSTEM "file:///etc/passwd">'), "doctype"),
        (rss(head='<?xml version="1.0" encoding="utf-16"?>' + BOMB).encode("utf-16"), "doctype"),
    ],
)
def test_what_is_no_feed_is_refused(server: Server, body: str | bytes, expected: str) -> None:
    with pytest.raises(SourceUnreadable) as caught:
        items(server, body)
    assert caught.value.reason == expected


def test_entities_declared_too_late_are_not_put_in(server: Server) -> None:
    late = f'<rss version="2.0"><channel>{BOMB}<item><title>x &b; y</title></item></channel></rss>'
    found = items(server, late)
    assert not any("aaaa" in str(item.draft) for item in found)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::a9fe:a9fe", "nonsense",
    ],
)  # fmt: skip
def test_addresses_nobody_outside_can_reach(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.2.4.8", "2400:3200::1", "64:ff9b::808:808"])
def test_addresses_everybody_can_reach(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://1.2.4.8/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://1.2.4.8/", "scheme"),
        ("http://", "address"),
        ("http://user:word@1.2.4.8/", "address"),
        ("http://1.2.4.8:99999/", "address"),
        ("http://[::1/", "address"),
        ("http://1.2.4.8/a\r\nX: y", "address"),
        ("http://127.0.0.1/", "private_address"),
        ("http://2130706433/", "private_address"),
        ("http://[::ffff:169.254.169.254]/", "private_address"),
    ],
)
def test_addresses_that_are_not_asked(url: str, expected: str) -> None:
    with pytest.raises(SourceUnreadable) as caught:
        target_of(url, ())
    assert caught.value.reason in {expected, "unknown_host"}
    assert expected != "private_address" or caught.value.reason == expected


def test_one_private_address_among_others_is_enough() -> None:
    with pytest.raises(SourceUnreadable, match="private_address"):
        target_of("http://example.org/", (), lambda *_: ["1.2.4.8", "10.0.0.1"])


def test_loopback_needs_to_be_allowed(server: Server) -> None:
    assert reason(server, limits=Limits()) == "private_address"
    assert server.asked == []


@pytest.mark.parametrize(
    "place",
    ["http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
     "http://localhost:1/", "http://10.0.0.1/"],
)  # fmt: skip
def test_redirects_into_the_own_network_are_refused(server: Server, place: str) -> None:
    server.answer["/x"] = (302, {"Location": place}, b"")
    assert reason(server) == "private_address"


def test_redirects_are_followed_and_checked(server: Server) -> None:
    server.answer["/x"] = (301, {"Location": "/y?a=b"}, b"")
    server.answer["/y?a=b"] = (200, {}, b"here")
    assert fetch(server.url + "/x", Limits(allowed=server.allowed)).body == b"here"
    server.answer["/y?a=b"] = (302, {"Location": "file:///etc/passwd"}, b"")
    assert reason(server) == "scheme"
    server.answer["/y?a=b"] = (302, {"Location": "/x"}, b"")
    assert reason(server) == "redirects"


def test_a_name_that_changes_its_mind(server: Server) -> None:
    """Resolved once a hop; the connection goes to the address that was checked."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    server.answer["/x"] = (200, {}, b"here")
    url = f"http://changing.example:{server.port}/x"
    limits = Limits(allowed=server.allowed)
    assert fetch(url, limits, resolve=resolve).body == b"here"
    assert asked == ["changing.example"]
    assert server.asked[0][1]["Host"] == f"changing.example:{server.port}"
    server.answer["/x"] = (302, {"Location": url}, b"")
    asked.clear()
    with pytest.raises(SourceUnreadable, match="private_address"):
        fetch(url, limits, resolve=resolve)


def test_too_large(server: Server) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65_536)

    server.answer["/x"] = endless
    assert reason(server, limits=Limits(server.allowed, max_bytes=1_000_000)) == "too_large"


@pytest.mark.parametrize("size", [200_000, 50_000_000])
def test_packed_to_death(server: Server, size: int) -> None:
    packed = gzip.compress(bytes(size))
    server.answer["/x"] = (200, {"Content-Encoding": "gzip"}, packed)
    limits = Limits(server.allowed, max_bytes=1_000_000)
    if size > 1_000_000:
        assert reason(server, limits=limits) == "too_large"
    else:
        assert len(fetch(server.url + "/x", limits).body) == size
    server.answer["/x"] = (200, {"Content-Encoding": "gzip"}, packed[:-20])
    assert reason(server, limits=limits) in {"too_large", "unreachable"}
    server.answer["/x"] = (200, {"Content-Encoding": "br"}, packed)
    assert reason(server) == "encoding"


@pytest.mark.parametrize("part", ["headers", "body", "silence"])
def test_a_server_that_drips(server: Server, part: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        if part == "body":
            handler.send_response(200)
            handler.end_headers()
        for _ in range(100):
            time.sleep(0.05)
            if part != "silence":
                handler.wfile.write(b"H" if part == "headers" else b"x")

    server.answer["/x"] = drip
    started = time.monotonic()
    assert reason(server, limits=Limits(server.allowed, seconds=0.5)) == "too_slow"
    assert time.monotonic() - started < 3


def test_a_server_that_is_down(server: Server) -> None:
    server.answer["/x"] = (500, {}, b"")
    assert reason(server) == "status"

    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    server.answer["/x"] = hang_up
    assert reason(server) == "unreachable"
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(SourceUnreadable, match="unreachable"):
            fetch(f"http://{place}/", Limits(allowed=[place]))


def test_a_certificate_nobody_vouches_for(server: Server, tmp_path: Path) -> None:
    """Plain HTTP where TLS is expected: told as unreachable, not as a crash."""
    place = f"127.0.0.1:{server.port}"
    with pytest.raises(SourceUnreadable, match="unreachable"):
        fetch(f"https://{place}/x", Limits(allowed=[place]))
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
    assert web_fetch.ssl is ssl


def test_html_becomes_words() -> None:
    assert html_text("<p>a <b>b</b>&amp;c</p><style>x{}</style><p>d<br/>e") == "a b&c\nd\ne"
    assert html_text("<script>x</p><p>still") == ""
    assert html_text("5 < 6 and \x00 7") == "5 < 6 and 7"


def add(intake: Intake, source: Source) -> Source:
    with intake.records.write() as work:
        sources.save_source(work, source, "guanli", NOW)
        work.commit()
    return kept(intake)


def kept(intake: Intake) -> Source:
    with intake.records.read() as work:
        return sources.source(work, "mayor-feed")


def read(intake: Intake, now: datetime = NOW) -> Polled:
    return poll(intake.records, as_messages(intake), kept(intake), ZONE, now)


def messages(intake: Intake) -> int:
    with intake.records.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM messages")).scalar_one())


def test_a_feed_is_read_and_read_again(server: Server, intake: Intake) -> None:
    server.answer["/feed"] = (200, {"ETag": '"1"', "Last-Modified": "yesterday"}, TWO)
    add(intake, feed(server, every_minutes=30))
    assert read(intake) == Polled(new=2)
    source = kept(intake)
    assert source.bookmark == {"etag": '"1"', "last_modified": "yesterday"}
    assert source.health.next_at == NOW + timedelta(minutes=30)
    assert (source.health.items, source.health.last_item_at) == (2, NOW)
    assert read(intake) == Polled(duplicates=2)
    sent = server.asked[-1][1]
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"1"', "yesterday")
    server.answer["/feed"] = (304, {}, b"")
    assert read(intake) == Polled()
    assert kept(intake).bookmark == {"etag": '"1"', "last_modified": "yesterday"}
    assert messages(intake) == 2


def test_a_failing_feed_waits_and_recovers(server: Server, intake: Intake) -> None:
    server.answer["/feed"] = (503, {}, b"")
    add(intake, feed(server))
    assert read(intake).error == "status (status=503)"
    health = kept(intake).health
    assert (health.failures, health.last_error) == (1, "status (status=503)")
    assert health.next_at == NOW + BACK_OFF[0]
    server.answer["/feed"] = (200, {}, TWO)
    assert read(intake) == Polled(new=2)
    assert (kept(intake).health.failures, kept(intake).health.last_error) == (0, "")


def test_a_connector_that_breaks_hurts_only_itself(server: Server, intake: Intake) -> None:
    add(intake, feed(server))

    def broken(_opening: Opening) -> Any:
        raise ZeroDivisionError("a mistake")

    polled = poll(intake.records, as_messages(intake), kept(intake), ZONE, NOW, broken)
    assert polled.error == "ZeroDivisionError: a mistake"
    assert kept(intake).health.failures == 1


def test_the_bookmark_is_kept_with_the_messages_or_not_at_all(
    server: Server, intake: Intake
) -> None:
    server.answer["/feed"] = (200, {"ETag": '"1"'}, TWO)
    add(intake, feed(server))

    def killed(drafts: Any, now: datetime, also: Any) -> Any:
        def die_at_the_end(work: Any, outcomes: Any) -> None:
            also(work, outcomes)
            raise KeyboardInterrupt

        return as_messages(intake)(drafts, now, die_at_the_end)

    with pytest.raises(KeyboardInterrupt):
        poll(intake.records, killed, kept(intake), ZONE, NOW)
    assert (messages(intake), kept(intake).bookmark) == (0, {})
    assert read(intake) == Polled(new=2)


def test_a_long_feed_is_taken_in_in_batches(server: Server, intake: Intake) -> None:
    entry = "<item><guid>n{n}</guid><title>第{n}件：路灯坏了</title></item>"
    body = rss(*(entry.format(n=n) for n in range(450))).encode()
    server.answer["/feed"] = (200, {"ETag": '"1"'}, body)
    add(intake, feed(server))
    assert read(intake) == Polled(new=450)
    assert read(intake) == Polled(duplicates=450)


def test_changing_a_source_while_it_is_read_is_no_conflict(server: Server, intake: Intake) -> None:
    server.answer["/feed"] = (200, {}, TWO)
    before = add(intake, feed(server))
    read(intake)
    with intake.records.write() as work:
        sources.save_source(work, replace(before, name="改名"), "guanli", NOW)
        work.commit()
    assert (kept(intake).name, kept(intake).health.items) == ("改名", 2)
