"""Real messages, replayed: which slow rises the nights would have told. One JSON line an alert.

    .venv/bin/python -m benchmarks.slow_rise_replay ../shared/data/tipdm_messages.csv

As benchmarks.watch_replay, but for the night's look alone; the tables of all nights are cut out of one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np

from benchmarks.watch_replay import line, read_documents_of, record
from casework.storage.alerts import all_alerts
from casework.storage.trend_documents import TrendDocument
from monitor.hour_table import HOUR, HOURS, HourTable
from monitor.kept_table import night_before
from monitor.rise_watch import watch_slow_rises
from monitor.tallies import Series
from tests.monitor.documents import ZONE
from tests.monitor.recorded import city

DAY = timedelta(days=1)


def series_of(document: TrendDocument) -> set[Series]:
    return {
        Series(document.topic[:depth], district)
        for depth in range(3)
        for district in ("", document.district)
    }


def whole_table(documents: Sequence[TrendDocument]) -> HourTable:
    """All hours from the first message on."""
    first = documents[0].received_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    names: dict[Series, int] = {}
    hours: list[dict[int, list[int]]] = []
    for document in documents:
        hour = (document.received_at - first) // HOUR
        hours += [{} for _ in range(hour + 1 - len(hours))]
        for series in series_of(document):
            place = names.setdefault(series, len(names))
            tally = hours[hour].setdefault(place, [0, 0])
            tally[0] += 1
            tally[1] += document.sentiment == "negative"
    rows = [(place, *tally) for hour in hours for place, tally in hour.items()]
    columns = np.array(rows, dtype=np.int64)
    borders = np.concatenate([[0], np.cumsum([len(hour) for hour in hours])])
    return HourTable(first, names, borders, columns[:, 0], columns[:, 1], columns[:, 2])


def cut_out(whole: HourTable, hour: int) -> HourTable:
    """The table that was counted at the end of the hours before this one."""
    start = hour - HOURS
    borders = whole.borders[start : hour + 1]
    rows = slice(borders[0], borders[-1])
    return HourTable(
        whole.first + start * HOUR,
        whole.names,
        borders - borders[0],
        whole.places[rows],
        whole.counts[rows],
        whole.negatives[rows],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    documents = read_documents_of(parser.parse_args().file)
    whole = whole_table(documents)
    with (
        tempfile.TemporaryDirectory() as name,
        city(f"sqlite:///{Path(name) / 'records.db'}") as records,
    ):
        index = record(records, documents, Path(name) / "index")
        night = night_before(whole.first + HOURS * HOUR, ZONE) + DAY
        nights = 0
        while night <= whole.end:
            table = cut_out(whole, (night - whole.first) // HOUR)
            watch_slow_rises(records, index, ZONE, night, table)
            night, nights = night + DAY, nights + 1
        with records.read() as work:
            alerts = all_alerts(work, 0, 10_000)[::-1]
        numbers = {one.message_id: one.number for one in documents}
        for alert in alerts:
            print(json.dumps(line(alert, index, numbers), ensure_ascii=False), flush=True)
        print(json.dumps({"nights": nights, "alerts": len(alerts), "messages": len(documents)}))
        index.close()


if __name__ == "__main__":
    main()
