"""The mentions desk in a real browser: looked at in every window, worked by keys."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from casework.model import MessageDraft
from casework.storage.queries.mentions import MentionFilter, count_mentions
from casework.storage.sources import Source, SourceKind, save_source
from intake.mentions import receive_mention
from intake.pushed import Post
from runtime.clock import now
from runtime.wiring import City
from tests.browser.conftest import LONG_TITLE, Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import WINDOWS, Album

pytestmark = pytest.mark.browser

OPENED = re.compile(r"/mentions/[0-9a-f-]{36}")
ADDRESS = "https://weibo.example/" + "averylongaddress" * 12


@pytest.fixture
def posts(city: City) -> City:
    """Three posts; the second was seen at two places, the third passes it on."""
    present = now()
    with city.records.write() as work:
        source = Source("weibo-1", "微博采集", SourceKind.WEBHOOK, "weibo", {})
        save_source(work, source, "guanli", present)
        work.commit()
    said = [
        ("weibo-1", "1", LONG_TITLE, ""),
        ("weibo-1", "2", "今天公园里人很多，天气真好。", ""),
        ("forum-1", "9", "今天公园里人很多，天气真好。", ""),
        ("weibo-1", "3", "转发微博", "2"),
    ]
    for minute, (source, ref, body, forward_of) in enumerate(said):
        at = present - timedelta(minutes=30 - minute)
        of = MessageDraft("weibo", "", body, at, source=source, row_ref=f"post:{ref}")
        receive_mention(city.intake, Post(of, ref, ADDRESS, "小明", forward_of), present, 1.01)
    return city


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_the_desk_in_every_window(
    posts: City, open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("screener")
    for name, path in (
        ("mentions", "/mentions/?order=places"),
        ("mentions-aside", "/mentions/?state=aside"),
        ("search-mentions", "/tickets/search?q=公园&origin=all"),
    ):
        clerk.go(path)
        album.look(name)
    clerk.go("/mentions/")
    clerk.page.locator("[data-row]").nth(1).click()
    clerk.page.wait_for_url(OPENED)
    album.look("mention-opened")


def test_the_desk_is_worked_by_keys(posts: City, open_window: Opener) -> None:
    clerk = Clerk(open_window())
    clerk.sign_in("screener")
    clerk.go("/mentions/")
    keys = clerk.page.keyboard
    keys.press("j")
    keys.press("j")
    keys.press("Enter")
    clerk.page.wait_for_url(OPENED)
    keys.press("s")
    keys.type("只是感想 jkt")
    keys.press("Enter")
    assert clerk.reads("刚才那一条不转工单")
    keys.press("u")
    clerk.page.wait_for_url(OPENED)
    keys.press("t")
    assert clerk.reads("刚才那一条已经转成工单")
    with posts.records.read() as work:
        counts = count_mentions(work, MentionFilter())
    assert {state.value: count for state, count in counts.items()} == {
        "open": 2,
        "ticket": 1,
        "aside": 0,
    }
    assert clerk.watch.complaints == []
