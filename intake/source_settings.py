"""Whether the settings of a source make sense, told when they are saved and not when it is read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from casework.storage.sources import Source, SourceKind
from intake.connectors.imap import read_settings
from intake.connectors.interface import Opening
from intake.connectors.registry import open_connector
from intake.poll import interval
from intake.saved_mapping import mapping_of

POLLED = frozenset({SourceKind.FEED})
"""The kinds that the timetable reads."""


def check_settings(source: Source, zone: ZoneInfo, now: datetime) -> None:
    """Raises Rejected, the field "settings" or "map", when the source could not be read so."""
    if source.kind is SourceKind.FILE:
        mapping_of(source)
    elif source.kind in POLLED:
        interval(source)
        open_connector(Opening(source, (), zone, now))
    elif source.kind is SourceKind.MAILBOX:
        interval(source)
        read_settings(source.settings)
