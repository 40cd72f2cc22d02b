"""Who sends a signed request: the source whose key made the signature, or nobody.

An unknown source, one switched off and a wrong signature cannot be told apart, in words or in time.
A right signature is let in however many wrong ones came before: nobody can lock out a source.
"""

from __future__ import annotations

from datetime import datetime

from flask import Request as WebRequest

from casework.errors import NotFound
from casework.signature import holds, timely
from casework.storage import attempts, sources
from casework.storage.records import Records
from casework.storage.sources import Source, SourceKind
from casework.storage.webhook_answers import Request
from web.api.problems import NO_KEY, WRONG_SIGNATURE, WRONG_TIME, WRONG_TYPE, Refused

SOURCE = "Minsheng-Source"
TIMESTAMP = "Minsheng-Timestamp"
SIGNATURE = "Minsheng-Signature"
IDEMPOTENCY_KEY = "Idempotency-Key"
LONGEST_KEY = 200


def read_signed(sent: WebRequest, records: Records, now: datetime) -> tuple[Source, Request]:
    """The source and what it sent. Raises Refused, Throttled, or 413 from the web server."""
    if sent.mimetype != "application/json" or not _utf8(sent):
        raise Refused(WRONG_TYPE)
    body = sent.get_data(cache=False)
    timestamp = sent.headers.get(TIMESTAMP, "")
    if not timely(timestamp, now):
        raise Refused(WRONG_TIME)
    code, signature = sent.headers.get(SOURCE, ""), sent.headers.get(SIGNATURE, "")
    source = _source(records, code, timestamp, body, signature, now)
    if source is None:
        _refuse(records, code, sent.remote_addr or "", now)
        raise Refused(WRONG_SIGNATURE)
    key = sent.headers.get(IDEMPOTENCY_KEY, "")
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Refused(NO_KEY)
    return source, Request(source.code, key, body)


def _utf8(sent: WebRequest) -> bool:
    charset = sent.mimetype_params.get("charset", "utf-8")
    return charset.lower().replace("_", "-") in ("utf-8", "utf8")


def _source(
    records: Records, code: str, timestamp: str, body: bytes, signature: str, now: datetime
) -> Source | None:
    secrets: tuple[str, ...] = ()
    source = None
    with records.read() as work:
        try:
            source = sources.source(work, code) if "\0" not in code else None
        except NotFound:
            source = None
        if source is not None and source.active and source.kind is SourceKind.WEBHOOK:
            secrets = tuple(secret for _, secret in sources.keys(work, code, now))
    return source if holds(secrets, timestamp, body, signature) else None


def _refuse(records: Records, code: str, address: str, now: datetime) -> None:
    """Count the failure; past the limit they are no longer written down. Raises Throttled."""
    with records.write() as work:
        tried = attempts.who(work, "webhook", code[: sources.LONGEST_CODE], address)
        attempts.check(work, tried, now)
        attempts.failed(work, tried, now)
        work.commit()
