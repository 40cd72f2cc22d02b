"""What sources sent and nobody took in, on a page."""

from __future__ import annotations

from collections.abc import Callable

from casework.storage import sources
from casework.storage.set_aside import PAGE_SIZE, set_aside
from casework.storage.sources import Source, SourceKind
from runtime.wiring import City
from tests.conftest import NOW
from tests.web.browser import Browser

Signer = Callable[[str], Browser]
PATH = "/administration/set-aside/"


def fill(city: City) -> None:
    """One more than a page of a mailbox, and one of a source that is gone."""
    with city.records.write() as work:
        mailbox = Source("mail-1", "市长信箱", SourceKind.MAILBOX, "mailbox", {})
        sources.save_source(work, mailbox, "guanli", NOW)
        set_aside(work, "gone-1", "a", "something_new", NOW)
        for n in range(PAGE_SIZE + 1):
            reason = "bounce" if n else "too_large"
            set_aside(work, "mail-1", f"7-{n}", reason, NOW, sender="zhou@example.org", size=2048)
        work.commit()


def test_the_latest_stand_first_with_their_reason(sign_in: Signer, city: City) -> None:
    browser = sign_in("administrator")
    assert "来源送来的都收进来了" in browser.get(PATH).words()
    fill(city)
    page = browser.get(PATH)
    assert "退信" in page.words()
    assert f"7-{PAGE_SIZE} " in page.words().replace("\u3000", " ") + " "
    assert "太大，没有取" not in page.words()
    older = browser.get(f"{PATH}?page=2")
    assert "太大，没有取" in older.words()
    assert "gone-1" in older.words()
    assert "something_new" in older.words(), "a reason without words is told by its key"
    assert "zhou@example.org" not in page.text + older.text
    browser.choose(lang="en")
    browser.get(PATH)
    browser.get(f"{PATH}?page=2")


def test_one_source_alone_and_the_ways_to_it(sign_in: Signer, city: City) -> None:
    fill(city)
    browser = sign_in("administrator")
    assert PATH in browser.get("/administration/sources/").text
    assert f"{PATH}?source=mail-1" in browser.get("/administration/sources/mail-1").text
    page = browser.get(f"{PATH}?source=mail-1&page=2")
    assert "太大，没有取" in page.words()
    assert "gone-1" not in page.words()
    assert "没有这样的" in browser.get(f"{PATH}?source=nonsense&page=nonsense").words()


def test_who_does_not_administer_does_not_see_it(sign_in: Signer) -> None:
    for username in ("screener", "department", "operator", "leader"):
        assert sign_in(username).client.get(PATH).status_code == 403
