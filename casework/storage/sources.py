"""Sources in and out of the records: their settings, keys, bookmarks and health.

Whoever reads a source calls `succeeded` or `failed` in the transaction that takes the items in, so
that bookmark and messages are never apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from uuid_utils.compat import uuid7

from casework.errors import Conflict, NotFound, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.storage.audit import append
from casework.storage.records import Work
from casework.storage.tables import SourceKeyRow, SourceRow
from casework.taxonomy import CHANNELS

LONGEST_CODE = 60
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""How long to wait after one failure, two in a row, three, and more."""


class SourceKind(StrEnum):
    FILE = "file"  # 文件
    FEED = "feed"  # 订阅: RSS and Atom
    WEBHOOK = "webhook"  # 接口推送
    MAILBOX = "mailbox"  # 邮箱


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source fares. failures: in a row. next_at: when it is read again."""

    items: int = 0
    failures: int = 0
    last_tried_at: datetime | None = None
    last_success_at: datetime | None = None
    last_item_at: datetime | None = None
    last_error: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A source. settings and bookmark: by kind, JSON. version: 0 for a new one.

    quiet_after: how long nothing new may come before that is reported; None: for ever.
    """

    code: str
    name: str
    kind: SourceKind
    channel: str
    settings: Mapping[str, Any]
    active: bool = True
    quiet_after: timedelta | None = None
    bookmark: Mapping[str, Any] | None = None
    created_at: datetime | None = None
    health: SourceHealth = SourceHealth()
    version: int = 0

    def quiet(self, now: datetime) -> bool:
        """Active, and silent for longer than it may be."""
        since = self.health.last_item_at or self.created_at
        if not self.active or self.quiet_after is None or since is None:
            return False
        return now - since > self.quiet_after


def save_source(work: Work, source: Source, by: str, now: datetime) -> None:
    """Add a source (version 0) or change one; its bookmark and health stay as they are.

    Raises Rejected for a code, name or channel that cannot be, Conflict("changed") for an old
    version, NotFound for a source that is not there.
    """
    _check(source)
    row = work.session.get(SourceRow, source.code)
    if source.version == 0:
        if row is not None:
            raise Rejected("taken", "code")
        row = SourceRow(code=source.code, bookmark={}, created_at=now, next_at=now)
        work.session.add(row)
    elif row is None:
        raise NotFound("source", source.code)
    elif row.version != source.version:
        raise Conflict("changed")
    row.name, row.kind, row.channel = source.name.strip(), source.kind, source.channel
    row.settings, row.active = dict(source.settings), source.active
    minutes = source.quiet_after and int(source.quiet_after.total_seconds() // 60)
    row.quiet_after_minutes = minutes or None
    append(work, OFFICE_CHAIN, EventName.SOURCE_CHANGED, by, now, source.code)


def source(work: Work, code: str) -> Source:
    """One source. Raises NotFound."""
    row = work.session.get(SourceRow, code)
    if row is None:
        raise NotFound("source", code)
    return _source(row)


def sources(work: Work, kind: SourceKind | None = None) -> tuple[Source, ...]:
    """All sources, or those of a kind, by code."""
    conditions: list[ColumnElement[bool]] = [] if kind is None else [SourceRow.kind == kind]
    rows = work.session.scalars(select(SourceRow).where(*conditions).order_by(SourceRow.code))
    return tuple(_source(row) for row in rows)


def due(work: Work, kind: SourceKind, now: datetime) -> tuple[Source, ...]:
    """The active sources of a kind whose time has come, the longest waiting first."""
    rows = work.session.scalars(
        select(SourceRow)
        .where(
            SourceRow.kind == kind,
            SourceRow.active.is_(True),
            or_(SourceRow.next_at.is_(None), SourceRow.next_at <= now),
        )
        .order_by(SourceRow.next_at, SourceRow.code)
    )
    return tuple(_source(row) for row in rows)


def succeeded(
    work: Work,
    code: str,
    now: datetime,
    *,
    new_items: int,
    bookmark: Mapping[str, Any],
    next_at: datetime | None,
) -> None:
    """The source was read: remember where to go on, and that it fares well.

    Its version stays: whoever is changing its settings is not disturbed by what it brings.
    """
    values: dict[str, Any] = {
        "bookmark": dict(bookmark),
        "last_tried_at": now,
        "last_success_at": now,
        "failures": 0,
        "last_error": "",
        "next_at": next_at,
        "items": SourceRow.items + new_items,
    }
    if new_items:
        values["last_item_at"] = now
    _note(work, code, values)


def failed(work: Work, code: str, now: datetime, error: str) -> None:
    """The source could not be read: remember why, and wait longer with every failure in a row."""
    failures = work.session.scalar(
        select(SourceRow.failures).where(SourceRow.code == code).with_for_update()
    )
    values = {
        "last_tried_at": now,
        "last_error": error.replace("\0", "")[:2000],
        "next_at": now + BACK_OFF[min(failures or 0, len(BACK_OFF) - 1)],
        "failures": SourceRow.failures + 1,
    }
    _note(work, code, values)


def _note(work: Work, code: str, values: dict[str, Any]) -> None:
    """Keep the health without a new version: nobody who changes settings is told off for it."""
    work.session.execute(
        update(SourceRow)
        .where(SourceRow.code == code)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def add_key(work: Work, code: str, secret: str, by: str, now: datetime) -> UUID:
    """Give a source another secret; those it has go on until they are ended."""
    key = SourceKeyRow(id=uuid7(), source=code, secret=secret, created_at=now)
    work.session.add(key)
    append(work, OFFICE_CHAIN, EventName.SOURCE_KEY_ADDED, by, now, code)
    return key.id


def end_key(work: Work, key_id: UUID, by: str, ends_at: datetime, now: datetime) -> None:
    """Let a secret end. Raises NotFound."""
    row = work.session.get(SourceKeyRow, key_id)
    if row is None:
        raise NotFound("source key", str(key_id))
    row.ends_at = ends_at
    append(work, OFFICE_CHAIN, EventName.SOURCE_KEY_ENDED, by, now, row.source)


def keys(work: Work, code: str, now: datetime) -> tuple[tuple[UUID, str], ...]:
    """The secrets of a source that hold now, the newest first: (id, secret)."""
    rows = work.session.execute(
        select(SourceKeyRow.id, SourceKeyRow.secret)
        .where(
            SourceKeyRow.source == code,
            or_(SourceKeyRow.ends_at.is_(None), SourceKeyRow.ends_at > now),
        )
        .order_by(SourceKeyRow.id.desc())
    )
    return tuple((key_id, secret) for key_id, secret in rows)


def _check(source: Source) -> None:
    plain = source.code.replace("-", "").replace("_", "")
    if not plain.isalnum() or not plain.isascii() or len(source.code) > LONGEST_CODE:
        raise Rejected("code", "code")
    if not source.name.strip():
        raise Rejected("required", "name")
    if source.channel not in CHANNELS:
        raise Rejected("channel", "channel", value=source.channel)


def _source(row: SourceRow) -> Source:
    minutes = row.quiet_after_minutes
    return Source(
        code=row.code,
        name=row.name,
        kind=SourceKind(row.kind),
        channel=row.channel,
        settings=row.settings,
        active=row.active,
        quiet_after=None if minutes is None else timedelta(minutes=minutes),
        bookmark=row.bookmark,
        created_at=row.created_at,
        health=SourceHealth(
            items=row.items,
            failures=row.failures,
            last_tried_at=row.last_tried_at,
            last_success_at=row.last_success_at,
            last_item_at=row.last_item_at,
            last_error=row.last_error,
            next_at=row.next_at,
        ),
        version=row.version,
    )
