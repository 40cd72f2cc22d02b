"""One message walked: the program started as its README says, and people in real windows.

A citizen submits; the department signs for it and answers; the citizen reads the answer with number
and code; the leader's dashboard counts it; the leader opens the alert, reads why, and judges it.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import Citizen, Clerk
from tests.databases import Databases, server_of_this_run

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 240
ACCOUNT = re.compile(r"^  (\w+) +(\S+) +(\w+) ", re.MULTILINE)
ADDRESS = re.compile(r"^(http://127\.0\.0\.1:\d+)/$", re.MULTILINE)
TEXT = (
    "望湖区松涛路从学苑街口到小学门口这一段，有四盏路灯坏了半个月，孩子下晚自习要摸黑走。"
    "我的电话是13800001234，希望尽快派人来修。"
)


@dataclass(frozen=True)
class Running:
    """The program as it was started. passwords: by username."""

    address: str
    passwords: dict[str, str]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("journey")
    log = home / "log"
    databases = Databases(server_of_this_run())
    environment = {**os.environ, **databases.home(home / "var"), "PYTHONUNBUFFERED": "1"}
    with log.open("w") as stream:
        process = subprocess.Popen(
            [
                str(Path(sys.executable).parent / "flask"),
                *("serve", "--demonstration", "--with-scheduler"),
            ],
            cwd=ROOT,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    until = time.monotonic() + PATIENCE_SECONDS
    while not ADDRESS.search(log.read_text()) and process.poll() is None:
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.5)
    printed = log.read_text()
    found = ADDRESS.search(printed)
    assert found, printed
    yield Running(found[1], {name: password for name, password, _ in ACCOUNT.findall(printed)})
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert "Traceback" not in log.read_text()
    databases.remove_all()


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_one_message_from_the_citizen_to_the_leader(running: Running, chromium: Browser) -> None:
    def window() -> Citizen:
        return Citizen(chromium.new_context(base_url=running.address))

    def clerk(username: str) -> Clerk:
        opened = Clerk(chromium.new_context(base_url=running.address))
        opened.sign_in(username, running.passwords[username])
        return opened

    leader = clerk("lingdao")
    before = count_received(leader)

    citizen = window()
    citizen.write(TEXT, "投诉")
    citizen.say_where("望湖区松涛路", "13800001234")
    assert citizen.reads("138****1234")
    number, code = citizen.send()
    assert citizen.reads("市城市管理和综合执法局")

    department = clerk("chengguan")
    department.open_ticket(number)
    department.sign_for()
    department.note_contact("已和您约好明天上午查看。")
    department.answer(
        facts="现场查看，四盏路灯的电缆被施工挖断。",
        basis="",
        result="已换新缆，当晚恢复照明。",
        remedy="不同意的，收到答复后30天内可以申请复查。",
        contact="市政设施科，12345转接",
    )
    department.close()
    assert department.reads("已办结")

    citizen.look_up(number, code)
    assert citizen.reads("当晚恢复照明")
    assert citizen.reads("市城市管理和综合执法局")

    stranger = window()
    stranger.look_up(number, "0000 0000 0000 0000")
    assert not stranger.reads("当晚恢复照明")

    until = time.monotonic() + 60
    while count_received(leader) == before and time.monotonic() < until:
        time.sleep(1)
    assert count_received(leader) == before + 1

    leader.open_alert("松岭县")
    # Whether it is told by topic or by word, and of the district or of the city with most of it there,
    # depends on the hour the made-up city is begun at.
    told = leader.page.locator("h1").inner_text()
    assert "松岭县" in told
    assert "来件突然增多" in told
    assert leader.reads("自来水")
    leader.page.locator("figure.ms-chart svg").first.wait_for()
    leader.take_on_alert()
    leader.judge_alert_true()
    leader.close_alert()
    assert leader.reads("已了结")

    for visitor in (citizen, department, leader):
        assert visitor.watch.complaints == []


def count_received(leader: Clerk) -> int:
    """The dashboard's figure of messages received."""
    leader.go("/leadership/")
    tile = leader.page.locator(".ms-kpi", has_text="收到来件").first
    return int(re.sub(r"\D", "", tile.locator(".ms-kpi__num").inner_text()))
