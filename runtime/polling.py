"""The timetable's share of taking in: reading the feeds that are due, noticing what has gone silent."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from casework.storage import sources
from casework.storage.sources import Source, SourceKind
from intake.mailbox import poll_mailbox
from intake.poll import Polled, poll
from intake.take_in import as_messages
from monitor.silence import silent_channels
from runtime.clock import now
from runtime.wiring import City

log = logging.getLogger(__name__)
AT_ONCE = 4
"""Feeds read at the same time, so that one slow server does not hold up the others."""


def poll_feeds(city: City) -> None:
    """Read every feed whose time has come."""
    with city.records.read() as work:
        waiting = sources.due(work, SourceKind.FEED, now())
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="poll") as pool:
        list(pool.map(lambda source: poll_source(city, source), waiting))


def poll_source(city: City, source: Source) -> Polled:
    """Read one source now."""
    if source.kind is SourceKind.MAILBOX:
        return poll_mailbox(city.intake, source, city.settings.attachments_folder, now())
    return poll(city.records, as_messages(city.intake), source, city.settings.zone, now())


def look_at_sources(city: City) -> None:
    """Say which sources, and which channels, are silent."""
    tell_of_silence(city, now())


def tell_of_silence(city: City, present: datetime) -> None:
    """Log the sources silent for longer than they may be, and the channels silent for longer than
    chance explains. Raises IndexUnavailable when the channels cannot be counted."""
    with city.records.read() as work:
        for source in sources.sources(work):
            if source.quiet(present):
                last = source.health.last_item_at or source.created_at
                log.warning("%s has brought nothing since %s", source.code, last)
    calendar = city.office().calendar
    for one in silent_channels(
        city.index, city.settings.zone, present, lambda day: calendar.day(day).working
    ):
        log.warning(
            "channel %s has brought nothing since %s: %.0f are usual, by chance 1 in %d",
            one.channel,
            one.since,
            one.expected,
            one.one_in,
        )
