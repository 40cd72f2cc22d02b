"""Posting signed JSON to another system, by the scheme of docs/webhook.md."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from casework.errors import Rejected
from casework.signature import sign

TIMEOUT_SECONDS = 20
LONGEST_ANSWER = 1000

Post = Callable[[Mapping[str, str], str], bytes]
"""(members, idempotency key) -> the beginning of the answer. Raises OSError for anything but 2xx."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_more: object) -> None:
        """A signed body goes where the setting says and nowhere else."""


def poster(address: str, secret: str, setting: str) -> Post:
    """A function that posts to http[s]://….  setting: MINSHENG_…, to which _URL and _SECRET belong.

    Raises Rejected("setting") for an address that is none, or without a secret.
    """
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise Rejected("setting", f"{setting}_URL", value=urlsplit(address).hostname or "")
    if not secret:
        raise Rejected("setting", f"{setting}_SECRET", value="")
    opener = urllib.request.build_opener(_NoRedirect)

    def post(members: Mapping[str, str], key: str) -> bytes:
        body = json.dumps(dict(members), ensure_ascii=False).encode()
        timestamp = str(int(time.time()))
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            address,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "Minsheng-Timestamp": timestamp,
                "Minsheng-Signature": sign(secret, timestamp, body),
                "Idempotency-Key": key,
            },
        )
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                said: bytes = answer.read(LONGEST_ANSWER)
        except urllib.error.HTTPError as error:
            told = error.read(LONGEST_ANSWER).decode("utf-8", "replace")
            raise OSError(f"{error.code} {told}") from None
        return said

    return post
