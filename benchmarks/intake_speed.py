"""Messages a second through `receive`, and through a whole import including the index.

The messages are those of the made-up city, ninety days of them under other numbers. SQLite writes
with synchronous=FULL: every transaction waits for the disk.
"""

from __future__ import annotations

import csv
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from casework.model import MessageDraft
from intake.connectors.columns import read_mapping
from intake.connectors.file_rows import FileSource
from intake.import_file import FileImport, import_file
from intake.receive import receive
from intake.take_in import as_messages
from monitor import relay_turns
from runtime.clock import now
from runtime.demonstration.compose import compose
from runtime.file_imports import judge_ahead
from runtime.settings import read_settings
from runtime.wiring import City, open_city

RECEIVED = 1000
IMPORTED = 10_000
BUDGETS = {"receive": 100, "import": 300}
"""Messages a second below which something has gone wrong, on two busy cores."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        city = open_city(read_settings({"MINSHENG_HOME": folder}))
        drafts = list(_drafts(city, RECEIVED + IMPORTED))
        _print("receive", RECEIVED, _receive(city, drafts[:RECEIVED]))
        file = Path(folder) / "messages.csv"
        _write(file, drafts[RECEIVED:])
        seconds, with_index = _import(city, file)
        _print("import", IMPORTED, seconds)
        _print("import_with_index", IMPORTED, with_index)
        city.close()


def _drafts(city: City, wanted: int) -> Iterator[MessageDraft]:
    office = city.office()
    composed = compose(now(), office.zone, office.calendar)
    for number in range(wanted):
        entry = composed[number % len(composed)]
        yield replace(entry.draft, source="bench", source_ref=str(number), sender="")


def _receive(city: City, drafts: list[MessageDraft]) -> float:
    started = time.perf_counter()
    for draft in drafts:
        receive(city.intake, draft, now())
    return time.perf_counter() - started


def _write(file: Path, drafts: list[MessageDraft]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["ref", "subject", "at", "body"])
        for draft in drafts:
            at = (draft.received_at - timedelta(days=400)).isoformat()
            writer.writerow([draft.source_ref, draft.subject, at, draft.body])


def _import(city: City, file: Path) -> tuple[float, float]:
    mapping = read_mapping("source_ref=ref,subject=subject,received_at=at,body=body")
    source = FileSource(file, "web", "file", mapping, city.settings.zone)
    started = time.perf_counter()
    wanted = FileImport(source, str, file.with_suffix(".rejected"))
    with judge_ahead(city) as ahead:
        take_in = as_messages(replace(city.intake, judge=ahead.judge))
        import_file(take_in, wanted, now(), expect=ahead.expect)
    imported = time.perf_counter() - started
    relay_turns.serve(city.records, city.index, city.holder, now)
    return imported, time.perf_counter() - started


def _print(name: str, messages: int, seconds: float) -> None:
    rate = messages / seconds
    budget = BUDGETS.get(name)
    figures = {"benchmark": name, "messages": messages, "messages_per_second": round(rate, 1)}
    if budget is not None:
        figures |= {"budget": budget, "within_budget": rate >= budget}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
