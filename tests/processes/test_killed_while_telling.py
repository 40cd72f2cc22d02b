"""A process that tells staff, killed in the moment in which the chat's gateway has its message."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casework.office import Office
from casework.permissions import Role
from casework.quiet import Manners
from casework.storage.engine import open_engine
from casework.storage.notice_choices import Channel
from casework.storage.records import Records
from casework.storage.staff_messages import CLAIMED_FOR, SENT
from casework.storage.vault import open_vault
from runtime.delivery.chat import chat_sender
from runtime.delivery.staff_notices import StaffChannels, tell_staff
from tests.runtime.test_staff_notices import HOUR, QUIET, SECRET, WORK, ZONE, Telling
from tests.services.chat import Gateway, gateway


@pytest.fixture
def chat() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


def tell(url: str, key: Path, office: Office, address: str) -> None:
    """One turn of the timetable, in a process of its own."""
    vault = open_vault(key)
    records = Records(open_engine(url, vault), vault)
    channels = StaffChannels(chat=chat_sender(address, SECRET))
    manners = Manners(QUIET, HOUR, office.calendar, ZONE)
    tell_staff(records, office, channels, manners, lambda: WORK + HOUR)


def test_it_is_told_again_under_the_same_key(
    records: Records, office: Office, chat: Gateway, tmp_path: Path
) -> None:
    channels = StaffChannels(chat=chat_sender(chat.address, SECRET))
    telling = Telling(records, office, channels, Manners(QUIET, HOUR, office.calendar, ZONE))
    telling.person("he", Role.DEPARTMENT, "CGJ", channel=Channel.CHAT, address="he")
    telling.note(telling.ticket(), WORK)
    assert telling.turn(WORK) == (0, 0)  # it waits for an hour for others to go with it
    url = records.engine.url.render_as_string(hide_password=False)
    given = (url, tmp_path / "key", office, chat.address)
    child = multiprocessing.get_context("spawn").Process(target=tell, args=given)
    chat.before.append(lambda: os.kill(child.pid or 0, signal.SIGKILL))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert len(chat.got) == 1
    assert [message.state == SENT for message in telling.messages()] == [False]
    chat.before.clear()
    moment = WORK + HOUR + CLAIMED_FOR + timedelta(seconds=1)
    assert telling.turn(moment - timedelta(seconds=2)) == (0, 0)  # the dead one's hold still counts
    assert telling.turn(moment) == (1, 0)
    (first, second) = chat.got
    assert first[1] == second[1]
    assert first[0]["Idempotency-Key"] == second[0]["Idempotency-Key"]
    assert telling.turn(moment + HOUR) == (0, 0)
