"""Messages from a feed, RSS or Atom. settings: url; every_minutes (15); allow_private (none).

allow_private: a list of "address:port" inside the city's own network that this feed may be asked
at. Only the command line sets it: whoever may save a source on a page must not be able to make the
server ask its own neighbours.
"""

from __future__ import annotations

import calendar
import codecs
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser

from casework.errors import FileUnreadable, Rejected, SourceUnreadable
from casework.model import MessageDraft
from intake.check import MAX_BODY, MAX_FIELD, MAX_SUBJECT, mode_by_age
from intake.connectors.addresses import PORTS, Resolve, resolve
from intake.connectors.html_text import html_text, plain_text
from intake.connectors.interface import Bookmark, Item, Opening
from intake.connectors.times import read_time
from intake.connectors.web_fetch import Answer, Limits, fetch
from intake.files.xml_prolog import check_prolog

_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
_ANY_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9._-]+)", re.IGNORECASE)
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "x-gbk", "cp936"})
CUT = "……"


@dataclass(frozen=True, slots=True)
class Feed:
    """See Connector. The bookmark holds what the server gave to recognise an unchanged feed by."""

    opening: Opening
    url: str
    limits: Limits
    resolve: Resolve = resolve

    def fetch(self, bookmark: Bookmark) -> tuple[Sequence[Item], Bookmark]:
        answer = fetch(
            self.url,
            self.limits,
            etag=str(bookmark.get("etag", "")),
            last_modified=str(bookmark.get("last_modified", "")),
            resolve=self.resolve,
        )
        if answer.not_modified:
            return (), bookmark
        entries = _entries(answer)
        items = [self._item(place, entry) for place, entry in enumerate(entries, start=1)]
        return items, {"etag": answer.etag, "last_modified": answer.last_modified}

    def _item(self, position: int, entry: Mapping[str, Any]) -> Item:
        raw = (str(entry.get("link", "")), str(entry.get("title", "")))
        try:
            return Item(position, raw, self._draft(entry))
        except Rejected as rejection:
            return Item(position, raw, rejection)

    def _draft(self, entry: Mapping[str, Any]) -> MessageDraft:
        source, now = self.opening.source, self.opening.now
        title = html_text(str(entry.get("title", "")))
        body = _body(entry) or title
        if not body:
            raise Rejected("empty", "body")
        received_at = self._published(entry)
        return MessageDraft(
            channel=source.channel,
            source=source.code,
            source_ref=_reference(entry, title, body),
            subject=_cut(title, MAX_SUBJECT),
            body=_cut(body, MAX_BODY),
            received_at=received_at,
            mode=mode_by_age(received_at, now),
            sender=_cut(plain_text(str(entry.get("author", ""))), MAX_FIELD),
        )

    def _published(self, entry: Mapping[str, Any]) -> datetime:
        """When it was published; now, when the feed says nothing, nonsense or the future."""
        now = self.opening.now
        said = str(_first(entry, "published", "updated") or "")
        try:
            # What names no zone is the city's time; feedparser would take it for UTC.
            found = read_time(said, "received_at", self.opening.zone)
        except Rejected:
            parsed = _first(entry, "published_parsed", "updated_parsed")
            if parsed is None:
                return now
            try:
                found = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
            except (ValueError, OverflowError, OSError):
                return now
        return min(found, now)


def connect(opening: Opening) -> Feed:
    """Raises Rejected("url" | "allow_private", "settings")."""
    settings = opening.source.settings
    url = settings.get("url")
    if not isinstance(url, str) or url.partition("://")[0].lower() not in PORTS:
        raise Rejected("url", "settings", value=str(url)[:200])
    allowed = settings.get("allow_private", [])
    if not isinstance(allowed, list) or not all(isinstance(each, str) for each in allowed):
        raise Rejected("allow_private", "settings", value=str(allowed)[:200])
    return Feed(opening, url, Limits(allowed=frozenset(allowed)))


def _entries(answer: Answer) -> list[Mapping[str, Any]]:
    """The entries of a feed, the oldest first. Raises SourceUnreadable("empty_answer" |
    "not_a_feed" | "doctype")."""
    if not answer.body.strip():
        raise SourceUnreadable("empty_answer")
    document = _as_utf_8(answer)
    try:
        # feedparser would put in the entities a document declares, and its own declared text.
        check_prolog(io.BytesIO(document), "feed")
    except FileUnreadable as error:
        reason = "doctype" if error.reason == "doctype" else "not_a_feed"
        raise SourceUnreadable(reason, detail=str(error.values.get("detail", ""))) from error
    found = feedparser.parse(
        io.BytesIO(document), response_headers={"content-type": "application/xml; charset=utf-8"}
    )
    if not found.version:
        raise SourceUnreadable("not_a_feed", detail="")
    return list(reversed(found.entries))


def _as_utf_8(answer: Answer) -> bytes:
    """The document in UTF-8 without a declaration: what is checked is what is parsed."""
    declared = _DECLARATION.search(answer.body[:1000])
    header = _CHARSET.search(answer.content_type)
    name = (declared[1].decode() if declared else header[1] if header else "utf-8").lower()
    for mark, marked in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if answer.body.startswith(mark):
            name = marked
    try:
        text = answer.body.decode("gb18030" if name in _CHINESE else name, "replace")
    except LookupError:
        text = answer.body.decode("utf-8", "replace")
    return _ANY_DECLARATION.sub("", text).encode("utf-8", "replace")


def _first(entry: Mapping[str, Any], *names: str) -> Any:
    # feedparser's own lookup puts one in the place of the other, and warns that it does.
    return next((found for name in names if (found := dict.get(entry, name))), None)  # type: ignore[call-overload]  # a dict


def _body(entry: Mapping[str, Any]) -> str:
    contents = [str(content.get("value", "")) for content in entry.get("content", [])]
    found = max(contents, key=len, default="") or str(entry.get("summary", ""))
    return html_text(found)


def _reference(entry: Mapping[str, Any], title: str, body: str) -> str:
    """The entry's id, else its link, else its words; digested when it is too long to keep."""
    named = str(entry.get("id") or entry.get("link") or "").strip()
    if named and len(named) <= MAX_FIELD and named.isprintable():
        return named
    words = named or f"{title}\0{body}"
    return "sha256:" + hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(CUT)] + CUT
