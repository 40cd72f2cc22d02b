"""The table of past hours, counted anew every night and kept in a file.

Of a time there is one right table, that of the night before it; so it does not matter when, by which
process or how often it is counted. A file that is missing, damaged, of another night, or no longer
what the index says (a history was taken over since) is counted anew.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import zipfile
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from monitor.hour_table import HourTable, count_hours
from monitor.index.interface import TrendFilter, TrendIndex
from monitor.tallies import ALERT_SCOPE, Series

log = logging.getLogger(__name__)

FILE_NAME = "past-hours.npz"
"""In the city's home."""
COUNTED_AT = timedelta(hours=4)
"""Of the city's day."""
FORMAT = 2
OTHER_PART, OTHER_MESSAGES = 0.01, 20
"""A table is counted anew when the index has come to hold so many messages more or fewer in its time,
as a part and in all: a few that came late are the next night's."""
_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def table_for(
    index: TrendIndex, file: Path, at: datetime, zone: ZoneInfo, known: HourTable | None = None
) -> HourTable:
    """The table of the night before `at`. known: one that is in memory already. Raises
    IndexUnavailable. That a table cannot be kept is told in the log, and is no failure."""
    night = night_before(at, zone)
    table = known if known is not None and known.end == night else _read(file, night)
    if table is None or _outdated(index, table):
        table = count_hours(index, night)
        _keep(file, table)
    return table


def night_before(at: datetime, zone: ZoneInfo) -> datetime:
    """The last time a table was to be counted."""
    local = at.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    today = (midnight + COUNTED_AT).astimezone(UTC)
    return today if today <= at else (midnight - timedelta(days=1) + COUNTED_AT).astimezone(UTC)


def _outdated(index: TrendIndex, table: HourTable) -> bool:
    there = index.count(TrendFilter(start=table.first, end=table.end), ALERT_SCOPE)
    return abs(there - table.messages) > max(OTHER_MESSAGES, OTHER_PART * table.messages)


def _read(file: Path, night: datetime) -> HourTable | None:
    """The kept table, if it is that of the night and whole."""
    try:
        # Opened here, because NumPy leaves a file open that turns out to be damaged.
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            about = json.loads(bytes(kept["about"]).decode())
            if about["format"] != FORMAT or about["end"] != night.isoformat():
                return None
            names = {
                Series(tuple(topic), district, channel): place
                for place, (topic, district, channel) in enumerate(about["series"])
            }
            table = HourTable(
                datetime.fromisoformat(about["first"]),
                names,
                *(
                    kept[name].astype(np.int64)
                    for name in ("borders", "places", "counts", "negatives")
                ),
            )
    except FileNotFoundError:
        return None
    except _DAMAGED as error:
        log.warning("the kept table of past hours cannot be read: %s", error)
        return None
    return table if table.end == night else None


def _keep(file: Path, table: HourTable) -> None:
    about = {
        "format": FORMAT,
        "first": table.first.isoformat(),
        "end": table.end.isoformat(),
        "series": [list(series) for series in table.names],
    }
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as out:
            np.savez_compressed(
                out,
                about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8),
                borders=table.borders.astype(np.uint32),
                places=table.places.astype(np.uint32),
                counts=table.counts.astype(np.uint32),
                negatives=table.negatives.astype(np.uint32),
            )
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
        # What killed processes left. One that writes just now is told that it cannot, and need not.
        for left in file.parent.glob(f"{file.name}.*.new"):
            left.unlink(missing_ok=True)
    except OSError as error:
        log.warning("the table of past hours cannot be kept: %s", error)
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
