"""Four web workers and two schedulers, messages through every door, the leader killed twice.

Less than a minute here; `make chaos` lets it run for five.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import lacking
from tests.databases import Databases, scalar
from tests.intake.servers import serving
from tests.intake.test_import_file import MAPPING, write
from tests.processes.doors import Feed, Form, Mailbox, Webhook, add_sources
from tests.processes.running import Running
from tests.services import dovecot

SECONDS = int(os.environ.get("MINSHENG_CHAOS_SECONDS", "40"))
TAKEOVER_SECONDS = 30


@pytest.fixture
def box() -> Iterator[dovecot.Server]:
    with ExitStack() as stack:
        try:
            yield stack.enter_context(dovecot.running())
        except dovecot.NotInstalled as error:
            lacking(str(error))


@pytest.mark.postgresql
@pytest.mark.timeout(1200)
def test_nothing_is_lost_and_every_turn_runs_once(
    tmp_path: Path, databases: Databases, box: dovecot.Server
) -> None:
    running = Running(databases.home(tmp_path / "home"), tmp_path, workers=4)
    with serving() as board:
        running.command("records", "migrate")
        secret = add_sources(running, board, box)
        running.serve()
        running.schedule("one")
        _until(lambda: _has_leader(running), 60)
        running.schedule("two")
        feed, mailbox = Feed(running, 1.0, server=board), Mailbox(running, 1.0, box=box)
        doors = [
            Form(running, who=1),
            Form(running, who=2),
            Webhook(running, secret=secret),
            feed,
            mailbox,
        ]
        file = write(tmp_path / "m.csv", 300)
        for door in doors:
            door.start()
        try:
            for killed, back in (("one", "three"), ("two", "four")):
                time.sleep(SECONDS / 3)
                _kill_leader(running, killed)
                running.schedule(back)
                arguments = ["--channel", "mailbox", "--map", MAPPING]
                running.command("intake", "import", str(file), *arguments)
            time.sleep(SECONDS / 3)
        finally:
            for door in doors:
                door.stop()
        assert [failure for door in doors for failure in door.failures] == []
        sent = sum(len(set(door.sent)) for door in doors) + 300
        # Feed and mailbox are read once a minute.
        _until(lambda: _count(running, "messages") >= sent, 180)
        _until(lambda: _count(running, "outbox") == 0, 60)
        # Before the index is built those who count in it fail, and try again after a minute.
        _until(lambda: _failing(running) == "", 150)
        running.stop()
    assert _count(running, "messages") == sent
    assert _count(running, "tickets") == sent
    _check_turns(running)
    assert running.command("casework", "audit-verify")["broken"] == 0
    days = ["--from", "2026-01-01", "--to", "2030-01-01", "--interval", "day"]
    assert running.command("monitor", "trend", "--by", "channel", *days)["total"] == sent
    assert "Traceback" not in "".join(running.log(name) for name in ("web", "three", "four"))


def _kill_leader(running: Running, name: str) -> None:
    """Kill the leader and see that another follows in time."""
    before = _term(running)
    running.kill(name)
    _until(lambda: _term(running) > before, TAKEOVER_SECONDS)


def _check_turns(running: Running) -> None:
    """No turn of a job was ended twice, by whomever; and all of them kept running."""
    lines = [line for line in running.lines("one", "two", "three", "four") if "turn" in line]
    turns = Counter((line["job"], line["turn"]) for line in lines if not line["error"])
    assert {job for job, _ in turns} >= {"relay", "send_notices", "look_for_alerts"}
    assert [turn for turn, times in turns.items() if times > 1] == []
    assert _failing(running) == ""


def _failing(running: Running) -> str:
    """One of the jobs whose last turn failed, with the reason; "" when there is none."""
    failing = "SELECT coalesce(max(name || ': ' || error), '') FROM jobs WHERE failures > 0"
    return str(scalar(running.environment, failing))


def _term(running: Running) -> int:
    return int(scalar(running.environment, "SELECT term FROM leases WHERE name = 'timetable'"))


def _count(running: Running, table: str) -> int:
    return int(scalar(running.environment, f"SELECT count(*) FROM {table}"))


def _has_leader(running: Running) -> bool:
    held = "SELECT count(*) FROM leases WHERE name = 'timetable' AND holder <> ''"
    return int(scalar(running.environment, held)) == 1


def _until(condition: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.3)
    raise AssertionError("it did not come to that")
