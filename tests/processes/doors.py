"""Every door of a running city, with somebody who keeps sending through it until told to stop."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tests.intake.mails import mail
from tests.intake.servers import Server
from tests.processes.running import ROOT, Running, Visitor
from tests.services import dovecot

PATIENCE = 90.0


def example_client() -> ModuleType:
    """The client other systems begin from, loaded from its file."""
    spec = importlib.util.spec_from_file_location("client", ROOT / "examples" / "webhook_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["client"] = module  # its dataclass looks for its module by name
    spec.loader.exec_module(module)
    return module


@dataclass
class Door:
    """sent: references of what went through, each once. failures: what nobody expected."""

    running: Running
    pause: float = 0.3
    sent: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _go_on(self) -> None:
        count = 0
        while not self._end.wait(self.pause):
            count += 1
            try:
                self.sent.append(self.send(count))
            except Exception as error:
                self.failures.append(f"{type(self).__name__} {type(error).__name__}: {error}")

    def send(self, count: int) -> str:
        raise NotImplementedError


@dataclass
class Form(Door):
    """Citizens who send the form, each message twice with the same form."""

    who: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._visitor = Visitor(self.running.address)

    def send(self, count: int) -> str:
        text = f"第{self.who}号楼第{count}盏路灯不亮，晚上走路看不见，请尽快派人来维修。"
        token = f"{self.who:04d}{count:028d}"
        number = self._visitor.submit(text, token)
        assert self._visitor.submit(text, token) == number
        return number


@dataclass
class Webhook(Door):
    """Another system, with the example client; each message twice under the same key."""

    secret: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._client: Any = example_client()

    def send(self, count: int) -> str:
        said = {"type": "message", "body": f"第{count}路公交车晚上九点以后没有车，请加开末班车。"}
        body = json.dumps(said, ensure_ascii=False).encode()
        address, key = self.running.address, f"chaos-{count}"
        answers = [
            self._client.send(address, "collector", self.secret, key, body, PATIENCE)
            for _ in range(2)
        ]
        assert [answer.status for answer in answers] == [202, 202], answers
        numbers = {json.loads(answer.text)["number"] for answer in answers}
        assert len(numbers) == 1, numbers
        return str(numbers.pop())


@dataclass
class Feed(Door):
    """A board whose feed grows."""

    server: Server = field(default_factory=Server)

    def send(self, count: int) -> str:
        items = "".join(
            f"<item><guid>{n}</guid><title>第{n}个帖子</title>"
            f"<description>小区第{n}栋楼下垃圾三天没有清运，气味很大，请尽快处理。</description></item>"
            for n in range(max(1, count - 300), count + 1)
        )
        text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>板</title>{items}</channel></rss>'
        self.server.answer["/feed"] = (200, {"Content-Type": "application/rss+xml"}, text.encode())
        return str(count)


@dataclass
class Mailbox(Door):
    """People who write mails."""

    box: dovecot.Server | None = None

    def send(self, count: int) -> str:
        assert self.box is not None
        body = f"第{count}小学门口早高峰停车太乱，孩子过马路很危险，请交警来疏导。"
        sender = f"周某 <z{count}@example.org>"
        reference = f"<{count}@example.org>"
        now = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
        self.box.put(mail(body, From=sender, Message_ID=reference, Date=now))
        return reference


def add_sources(running: Running, feed: Server, box: dovecot.Server) -> str:
    """Make the sources known to the city; the webhook's secret."""
    add = ["intake", "source", "add"]
    running.command(*add, "collector", "--name", "采集", "--kind", "webhook", "--channel", "app")
    settings = [
        f"url={feed.url}/feed",
        "every_minutes=1",
        f"allow_private={json.dumps(feed.allowed)}",
    ]
    sets = [part for setting in settings for part in ("--set", setting)]
    running.command(*add, "board", "--name", "论坛", "--kind", "feed", "--channel", "forum", *sets)
    settings = [
        "host=127.0.0.1",
        f"port={box.port}",
        "tls=none",
        f"user={dovecot.USER}",
        "every_minutes=1",
    ]
    sets = [part for setting in settings for part in ("--set", setting)]
    running.command(
        *add, "box", "--name", "信箱", "--kind", "mailbox", "--channel", "mailbox", *sets
    )
    running.give_secret("box", dovecot.PASSWORD)
    return str(running.command("intake", "key", "add", "collector")["secret"])
