"""Words and models taken over by every web process and the scheduler, without a restart."""

from __future__ import annotations

import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.processes.running import PROGRAMS, ROOT, Running

PASSWORD = "correct horse battery"
DICTIONARY = "/administration/dictionary/"
ENOUGH = 16
"""Pages fetched at once from two workers: all from one of them would be a rare chance."""


@pytest.fixture
def running(tmp_path: Path, databases: Databases) -> Iterator[Running]:
    made = Running(databases.home(tmp_path / "home"), tmp_path, workers=2)
    made.command("records", "migrate")
    subprocess.run(
        [
            PROGRAMS / "flask",
            "user",
            "add",
            "guanli",
            "--role",
            "administrator",
            "--password-stdin",
        ],
        cwd=ROOT,
        env=made.environment,
        input=f"{PASSWORD}\n",
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    made.serve()
    made.schedule("one")
    yield made
    made.stop()


class Administrator:
    """Signed in once; every page over a connection of its own, so that any worker may answer."""

    def __init__(self, address: str) -> None:
        self._address = address
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar)
        page = self.get("/sign-in")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        sent = {"csrf_token": token[1], "username": "guanli", "password": PASSWORD}
        body = urllib.parse.urlencode(sent).encode()
        self._opener.open(f"{address}/sign-in", body, timeout=60).close()

    def get(self, path: str) -> str:
        with self._opener.open(f"{self._address}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def versions(self) -> set[str]:
        """What the workers cut with, as their pages say."""
        found = set()
        for _ in range(ENOUGH):
            version = re.search(r'class="ms-version" lang="en">([^<]+)<', self.get(DICTIONARY))
            assert version
            found.add(version[1])
        return found


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.5)
    return found


@pytest.mark.timeout(300)
def test_every_process_takes_words_over(running: Running, tmp_path: Path) -> None:
    administrator = Administrator(running.address)
    (before,) = administrator.versions()
    file = tmp_path / "words.txt"
    file.write_text("云栖蓝湾\n烂尾楼 50 n\n", encoding="utf-8")
    assert running.command("classifier", "dictionary", "import", str(file)) == {"words": 2}
    assert until(lambda: administrator.versions().isdisjoint({before}))
    (after,) = administrator.versions()
    assert after.startswith(f"{before}-u")
    # The scheduler has them too: it builds the index with them, and the offer to rebuild is gone.
    running.command("monitor", "rebuild")
    assert until(lambda: "检索库还是按旧的词建的" not in administrator.get(DICTIONARY))
    running.command("classifier", "dictionary", "remove", "云栖蓝湾")
    assert until(lambda: administrator.versions().isdisjoint({before, after}))
