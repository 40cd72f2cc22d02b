"""Signed requests as a source sends them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Flask

from casework.signature import sign
from casework.storage import sources
from casework.storage.records import Records
from casework.storage.sources import Source, SourceKind
from tests.conftest import NOW

SECRET = "a secret nobody guesses"
PATH = "/api/v1/messages"
MESSAGE = {
    "type": "message",
    "body": "松涛路从路口到学校这一段有四盏路灯不亮，晚上孩子走路很危险，请尽快维修。",
    "contact": {"phone": "13800000001"},
}


def add_source(
    records: Records,
    code: str = "mini-program",
    channel: str = "wechat",
    active: bool = True,
    secret: str = SECRET,
) -> None:
    with records.write() as work:
        source = Source(code, code, SourceKind.WEBHOOK, channel, {}, active=active)
        sources.save_source(work, source, "guanli", NOW)
        sources.add_key(work, code, secret, "guanli", NOW)
        work.commit()


@dataclass
class Sender:
    """Signs and sends as one source, as of `at`."""

    app: Flask
    source: str = "mini-program"
    secret: str = SECRET
    at: int = int(NOW.timestamp())
    sent: int = 0

    def __call__(self, what: dict[str, Any] | bytes, key: str = "", **headers: str) -> Any:
        """Send; every request has a key of its own unless one is given. A header whose value is
        empty is left out."""
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.sent += 1
        timestamp = headers.get("Minsheng_Timestamp", str(self.at))
        usual = {
            "Content-Type": "application/json",
            "Minsheng-Source": self.source,
            "Minsheng-Timestamp": timestamp,
            "Minsheng-Signature": sign(self.secret, timestamp, body),
            "Idempotency-Key": key or f"key-{self.sent}",
        }
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in usual.items() if value}
        return self.app.test_client().post(PATH, data=body, headers=kept)
