"""Reading a source: fetch, take in, and keep the bookmark in the transaction that takes it in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.errors import MinshengError, RecordsUnavailable, Rejected
from casework.storage import sources
from casework.storage.records import Records, Work
from casework.storage.sources import Source
from intake.connectors.interface import Connector, Opening
from intake.connectors.registry import open_connector
from intake.receive import Duplicate, Outcome
from intake.take_in import TakeIn

log = logging.getLogger(__name__)
BATCH = 200
EVERY_MINUTES = 15
"""How often a source is read that does not say."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What one reading brought. error: "" when it went well."""

    new: int = 0
    duplicates: int = 0
    rejected: int = 0
    error: str = ""


def interval(source: Source) -> timedelta:
    """How long until the source is read again. Raises Rejected("every_minutes", "settings")."""
    minutes = source.settings.get("every_minutes", EVERY_MINUTES)
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= 10_080:
        raise Rejected("every_minutes", "settings", value=str(minutes)[:40])
    return timedelta(minutes=minutes)


def opening(records: Records, source: Source, zone: ZoneInfo, now: datetime) -> Opening:
    """What the source's connector is made of."""
    with records.read() as work:
        secrets = tuple(secret for _, secret in sources.keys(work, source.code, now))
    return Opening(source, secrets, zone, now)


def poll(
    records: Records,
    take_in: TakeIn,
    source: Source,
    zone: ZoneInfo,
    now: datetime,
    connect: Callable[[Opening], Connector] = open_connector,
) -> Polled:
    """Read a source once. What goes wrong with it is kept as its health and returned, never
    raised; only RecordsUnavailable is, since then nothing can be kept."""
    try:
        return _read(records, take_in, source, zone, now, connect)
    except RecordsUnavailable:
        raise
    except MinshengError as error:
        return _failed(records, source, now, told(error))
    except Exception as error:
        log.exception("%s: the connector broke", source.code)
        return _failed(records, source, now, f"{type(error).__name__}: {error}")


def told(error: MinshengError) -> str:
    """The reason and what belongs to it, in one line."""
    values = getattr(error, "values", {})
    details = ", ".join(f"{name}={value}" for name, value in values.items() if value != "")
    reason = getattr(error, "reason", "") or str(error)
    return f"{reason} ({details})" if details else reason


def _read(
    records: Records,
    take_in: TakeIn,
    source: Source,
    zone: ZoneInfo,
    now: datetime,
    connect: Callable[[Opening], Connector],
) -> Polled:
    next_at = now + interval(source)
    connector = connect(opening(records, source, zone, now))
    items, bookmark = connector.fetch(source.bookmark or {})
    refused = [item for item in items if isinstance(item.draft, Rejected)]
    drafts = [item.draft for item in items if not isinstance(item.draft, Rejected)]
    for item in refused:
        log.warning("%s: entry %d is refused: %s", source.code, item.position, item.draft)
    outcomes: list[Outcome] = []

    def finish(work: Work, last: Sequence[Outcome]) -> None:
        new = _count([*outcomes, *last]).new
        sources.succeeded(work, source.code, now, new_items=new, bookmark=bookmark, next_at=next_at)

    # The bookmark goes with the last batch: after a kill before it, the first ones are duplicates.
    while len(drafts) > BATCH:
        outcomes += take_in(drafts[:BATCH], now)
        drafts = drafts[BATCH:]
    outcomes += take_in(drafts, now, finish)
    counted = _count(outcomes)
    return Polled(counted.new, counted.duplicates, counted.rejected + len(refused))


def _count(outcomes: Sequence[Outcome]) -> Polled:
    duplicates = sum(isinstance(outcome, Duplicate) for outcome in outcomes)
    rejected = sum(isinstance(outcome, Rejected) for outcome in outcomes)
    return Polled(len(outcomes) - duplicates - rejected, duplicates, rejected)


def _failed(records: Records, source: Source, now: datetime, error: str) -> Polled:
    log.warning("%s cannot be read: %s", source.code, error)
    with records.write() as work:
        sources.failed(work, source.code, now, error)
        work.commit()
    return Polled(error=error)
