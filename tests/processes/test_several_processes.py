"""Four web workers and two schedulers on one city, the leading scheduler killed twice.

Half a minute here; `make chaos` lets it run for five.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.databases import Databases, scalar
from tests.intake.test_import_file import MAPPING, write
from tests.processes.running import Running, Visitor

SECONDS = int(os.environ.get("MINSHENG_CHAOS_SECONDS", "40"))
TAKEOVER_SECONDS = 30


class Writers:
    """Citizens who send messages until they are told to stop, each with a form of their own."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._end = threading.Event()
        self.numbers: list[str] = []
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(3)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _write(self, who: int) -> None:
        visitor = Visitor(self._running.address)
        count = 0
        while not self._end.wait(0.2):
            count += 1
            text = f"第{who}号楼第{count}盏路灯不亮，晚上走路看不见，请尽快派人来维修。"
            token = f"{who:04d}{count:028d}"
            try:
                number = visitor.submit(text, token)
                again = visitor.submit(text, token)
                assert again == number, (again, number)
                self.numbers.append(number)
            except Exception as error:
                self.failures.append(f"{type(error).__name__}: {error}")


@pytest.mark.postgresql
@pytest.mark.timeout(900)
def test_nothing_is_lost_and_every_turn_runs_once(tmp_path: Path, databases: Databases) -> None:
    running = Running(databases.home(tmp_path / "home"), tmp_path, workers=4)
    running.command("records", "migrate")
    running.serve()
    running.schedule("one")
    assert _leader_of(running) == "one"
    running.schedule("two")
    writers = Writers(running)
    writers.start()
    file = write(tmp_path / "m.csv", 300)
    try:
        for killed, back in (("one", "three"), ("two", "four")):
            time.sleep(SECONDS / 3)
            before = _leases(running)
            running.kill(killed)
            died = time.monotonic()
            _until(lambda before=before: _leases(running) > before, TAKEOVER_SECONDS)
            assert time.monotonic() - died < TAKEOVER_SECONDS
            running.schedule(back)
            arguments = ["--channel", "mailbox", "--map", MAPPING]
            running.command("intake", "import", str(file), *arguments)
        time.sleep(SECONDS / 3)
    finally:
        writers.stop()
    assert writers.failures == []
    messages = int(scalar(running.environment, "SELECT count(*) FROM messages"))
    assert messages == len(set(writers.numbers)) + 300
    _until(lambda: int(scalar(running.environment, "SELECT count(*) FROM outbox")) == 0, 60)
    running.stop()
    _check_turns(running)
    assert running.command("casework", "audit-verify")["broken"] == 0
    days = ["--from", "2026-01-01", "--to", "2030-01-01", "--interval", "day"]
    assert running.command("monitor", "trend", "--by", "channel", *days)["total"] == messages
    assert "Traceback" not in "".join(running.log(name) for name in ("web", "three", "four"))


def _check_turns(running: Running) -> None:
    """No turn of a job was ended twice, by whomever; and all of them kept running."""
    lines = running.lines("one", "two", "three", "four")
    turns = Counter((line["job"], line["turn"]) for line in lines if "turn" in line)
    assert {job for job, _ in turns} >= {"relay", "send_notices", "look_for_alerts"}
    assert [turn for turn, times in turns.items() if times > 1] == []
    # At the very start the watch finds no index yet, and looks again after five minutes.
    failing = "SELECT count(*) FROM jobs WHERE failures > 0 AND name <> 'look_for_alerts'"
    assert int(scalar(running.environment, failing)) == 0


def _leases(running: Running) -> int:
    return int(scalar(running.environment, "SELECT term FROM leases WHERE name = 'timetable'"))


def _leader_of(running: Running) -> str:
    _until(lambda: _has_leader(running), 60)
    return "one"


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
