"""The one server of a test run: started by the first test that asks, shared by every worker, ended
with the run. ELASTICSEARCH_TEST_URL names another one instead."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from tests.services.elasticsearch.node import Node, single

OTHER = "ELASTICSEARCH_TEST_URL"
FOLDER = "MINSHENG_TEST_ELASTICSEARCH"
"""Where the workers of a run agree on the server; set by the process that began the run."""
_started: list[Node] = []
"""Kept by the worker that started it, which does not end it."""


def begin() -> bool:
    """Make the place where workers agree; whether this process is the one that began the run."""
    if os.environ.get(FOLDER):
        return False
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="minsheng-elasticsearch-run-")
    return True


def address() -> str:
    """The server's address. Raises NotInstalled."""
    if os.environ.get(OTHER):
        return os.environ[OTHER].rstrip("/")
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "server"
        if not told.exists():
            node = single()
            node.start()
            _started.append(node)
            told.write_text(f"{node.pid} {node.home} {node.url}")
        return told.read_text().split()[2]


def end() -> None:
    """End the server, if anybody asked for one, and remove what it held."""
    folder = Path(os.environ.pop(FOLDER))
    told = folder / "server"
    if told.exists():
        pid, home, _url = told.read_text().split()
        os.kill(int(pid), signal.SIGKILL)
        while _runs(int(pid)):
            time.sleep(0.02)
        shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:  # empty for a process that has ended and was not waited for
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False
