#!/usr/bin/env python3
"""Sends one message to a city, signed, until it is on record. Needs Python alone.

    export MINSHENG_SECRET=…            # what `flask intake key add CODE` printed
    echo '{"type": "message", "body": "…"}' | python3 webhook_client.py http://127.0.0.1:8000 CODE

Prints the answer and ends with 0 when the city has taken the message in; with 1 when it never will
(the answer says why); with 2 when it could not be reached in time: send the same again later, with
the same key (--key), and it will be taken in once.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass

PATH = "/api/v1/messages"
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """status: 0 when there was none. again: seconds to wait if it is worth trying again."""

    status: int
    text: str
    again: float | None


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time, a full stop and the body exactly as it is sent."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def send_once(address: str, source: str, secret: str, key: str, body: bytes) -> Answer:
    """One try. It is signed anew each time, because a signature holds for five minutes only."""
    timestamp = str(int(time.time()))
    request = urllib.request.Request(address.rstrip("/") + PATH, data=body, method="POST")
    request.add_header("Content-Type", "application/json")
    request.add_header("Minsheng-Source", source)
    request.add_header("Minsheng-Timestamp", timestamp)
    request.add_header("Minsheng-Signature", sign(secret, timestamp, body))
    request.add_header("Idempotency-Key", key)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return Answer(response.status, response.read().decode(), None)
    except urllib.error.HTTPError as error:
        text = error.read().decode("utf-8", "replace")
        if error.code == 429 or error.code >= 500:
            wait = error.headers.get("Retry-After", "")
            return Answer(error.code, text, float(wait) if wait.isdigit() else 1.0)
        return Answer(error.code, text, None)
    except (
        OSError,
        http.client.HTTPException,
    ) as error:  # refused, cut off, timed out: nobody knows whether it arrived
        return Answer(0, str(error), 1.0)


def send(address: str, source: str, secret: str, key: str, body: bytes, patience: float) -> Answer:
    """Try until there is an answer that stays, or `patience` seconds are over.

    The key stays the same: what arrived, but whose answer was lost, is not taken in twice.
    """
    until = time.monotonic() + patience
    pause = 1.0
    while True:
        answer = send_once(address, source, secret, key, body)
        if answer.again is None:
            return answer
        wait = max(answer.again, pause) if answer.again > 1 else pause
        if time.monotonic() + wait > until:
            return answer
        time.sleep(wait)
        pause = min(pause * 2, 60)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("address", help="where the city is, e.g. https://12345.example.org")
    options.add_argument("source", help="the code of the source")
    options.add_argument("--key", default="", help="to send again what was sent under this key")
    options.add_argument("--patience", type=float, default=300, help="seconds to go on trying")
    given = options.parse_args()
    key = given.key or str(uuid.uuid4())
    body = sys.stdin.buffer.read()
    secret = os.environ["MINSHENG_SECRET"]
    answer = send(given.address, given.source, secret, key, body, given.patience)
    print(answer.text)
    if answer.status == 202:
        return 0
    print(f"status {answer.status}, key {key}", file=sys.stderr)
    return 1 if answer.again is None else 2


if __name__ == "__main__":
    sys.exit(main())
