"""How staff are told, in a real browser: the choice, the office's address, the log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from casework.quiet import Manners
from casework.storage.spreading import spread
from casework.storage.staff_messages import GIVEN_UP, SENT
from casework.storage.staff_notices import tell_unit
from casework.storage.tables import StaffMessageRow, TicketRow
from runtime.clock import now
from runtime.wiring import City
from tests.browser.conftest import Opener
from tests.browser.pages import Clerk
from tests.browser.test_pages import WINDOWS, Album

pytestmark = pytest.mark.browser


@pytest.fixture
def told(city: City) -> City:
    """A city with messages in three states."""
    office = city.office()
    manners = Manners(None, timedelta(minutes=60), office.calendar, office.zone)
    for state in (GIVEN_UP, SENT, ""):
        with city.records.write() as work:
            for ticket in work.session.scalars(select(TicketRow)):
                tell_unit(work, ticket, "urged", now())
            work.session.flush()
            spread(work, office.departments, manners, now())
            for row in work.session.scalars(
                select(StaffMessageRow).where(StaffMessageRow.state == "waiting")
            ):
                if state:
                    row.state, row.attempts, row.channel, row.next_try_at = state, 8, "mail", None
                    row.error = "451 4.7.1 try later, the mailbox of the office is full" * (
                        state == GIVEN_UP
                    )
            work.commit()
    return city


@pytest.mark.parametrize(("width", "appearance"), WINDOWS)
def test_the_pages_in_every_window(
    served: str,
    told: City,
    open_window: Opener,
    tmp_path: Path,
    width: int,
    appearance: dict[str, str],
) -> None:
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("department")
    clerk.go("/notices/")
    album.look("choice")
    clerk.page.check("[name=pace][value=at_once]")
    clerk.page.click("main form button[type=submit]")
    clerk.page.locator(".ms-banner--ok").wait_for()
    album.look("kept")
    clerk = Clerk(open_window(width, **appearance))
    album = Album(clerk, tmp_path)
    clerk.sign_in("administrator")
    clerk.go("/administration/notices/")
    album.look("log")
    clerk.page.click("form[action*='/administration/notices/'] button")
    clerk.page.wait_for_load_state()
    album.look("log-again")
    clerk.go("/administration/departments/CGJ")
    album.look("office")
