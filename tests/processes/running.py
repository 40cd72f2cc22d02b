"""A city as it runs in earnest: gunicorn with several workers, and schedulers beside it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent

SCHEDULE = """
import logging
from wsgi import create_app
logging.getLogger("runtime.scheduler").setLevel(logging.DEBUG)  # a line for every turn that ran
from flask.cli import ScriptInfo
create_app().cli.main(["schedule"], obj=ScriptInfo(create_app=create_app), prog_name="flask")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """Processes of one city. settings: its environment."""

    def __init__(self, settings: Mapping[str, str], folder: Path, workers: int) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.environment = {
            **os.environ,
            **settings,
            "MINSHENG_PORT": str(self.port),
            "MINSHENG_WORKERS": str(workers),
            "MINSHENG_THREADS": "4",
            "MINSHENG_LOG": "json",
            "PYTHONUNBUFFERED": "1",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def command(self, *arguments: str) -> dict[str, object]:
        """Run one of the program's commands to its end; its line of JSON."""
        done = subprocess.run(
            [str(PROGRAMS / "flask"), *arguments, "--json"],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def give_secret(self, source: str, secret: str) -> None:
        """Let a source have a secret that was given elsewhere, such as a mailbox's password."""
        subprocess.run(
            [str(PROGRAMS / "flask"), "intake", "key", "add", source, "--secret"],
            cwd=ROOT,
            env=self.environment,
            input=f"{secret}\n",
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def serve(self) -> None:
        """Start the web server and wait until it can take messages."""
        self._start("web", [str(PROGRAMS / "gunicorn"), "-c", "deploy/gunicorn.conf.py"])
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.address}/health/ready", timeout=5):
                    return
            except OSError:
                time.sleep(0.3)
        raise AssertionError(self.log("web"))

    def schedule(self, name: str) -> None:
        """Start a scheduler."""
        self._start(name, [sys.executable, "-c", SCHEDULE])

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End everything in order."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for name, process in self.processes.items():
            assert process.wait(120) == 0, self.log(name)
        self.processes.clear()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def lines(self, *names: str) -> list[dict[str, object]]:
        """The JSON lines of these processes' logs."""
        found = []
        for name in names:
            for line in self.log(name).splitlines():
                if line.startswith("{"):
                    found.append(json.loads(line))
        return found


class Visitor:
    """Somebody with a browser that keeps cookies."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def submit(self, text: str, token: str) -> str:
        """Send the form; the number of the receipt."""
        first = self._get("/submit?kind=%E6%8A%95%E8%AF%89")
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', first)
        assert csrf
        sent = {
            "csrf_token": csrf[1],
            "token": token,
            "kind": "投诉",
            "text": text,
            "do": "send",
            "confirmed": "yes",
            "phone": "13800000001",
        }
        body = urllib.parse.urlencode(sent).encode()
        with self._opener.open(f"{self._address}/submit", body, timeout=60) as answer:
            number = re.search(r"\d{4}-\d{4}-\d{5}", answer.read().decode())
        assert number
        return number[0]

    def _get(self, path: str) -> str:
        with self._opener.open(f"{self._address}{path}", timeout=60) as answer:
            return str(answer.read().decode())
