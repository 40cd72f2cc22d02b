"""What sources sent and nobody took in, looked at in every window."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.storage import sources
from casework.storage.set_aside import set_aside
from casework.storage.sources import Source, SourceKind
from runtime.clock import now
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import WINDOWS, Album

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_the_list_in_every_window(
    city: City, open_window: Opener, tmp_path: Path, width: int, appearance: dict[str, str]
) -> None:
    with city.records.write() as work:
        mailbox = Source(
            "mail-1", "市长信箱（市政府办公室信访科）", SourceKind.MAILBOX, "mailbox", {}
        )
        sources.save_source(work, mailbox, "guanli", now())
        for n, reason in enumerate(("too_large", "bounce", "too_short", "something_new")):
            name = f"<{'averylongname' * 8}.{n}@mail.example.org>"
            set_aside(work, "mail-1", name, reason, now(), size=40_000_000)
        work.commit()
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("administrator")
    for name, path in (
        ("sources", "/administration/sources/"),
        ("set-aside", "/administration/set-aside/?source=mail-1"),
    ):
        clerk.go(path)
        album.look(name)
