"""A long file taken in, killed on the way and run again: rows a second, memory, nothing lost or double.

    .venv/bin/python -m benchmarks.file_import --rows 500000
    .venv/bin/python -m benchmarks.file_import --rows 50000 --database postgresql://…/an_empty_one

The rows are messages of the made-up city under other numbers, a tenth of them without a number. The
program is the real command; its memory is read from the system while it runs. With --database only
the CSV file is taken in, since one empty database is one city.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import create_engine, text

from runtime.clock import now
from runtime.demonstration.compose import compose
from runtime.settings import read_settings
from runtime.wiring import open_city

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("编号", "主题", "时间", "详情")
MAPPING = "source_ref=编号,subject=主题,received_at=时间,body=详情"
LOOK_EVERY_SECONDS = 0.25
FLAT_MB = 50
AGO = timedelta(days=400)  # history: no clocks run, nobody is told


@dataclass
class Watched:
    """One run of the command. rss: MB from the first recorded row to the end."""

    seconds: float = 0.0
    taken: int = 0
    rss: list[float] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)


def main() -> None:
    """Measure and print one line a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--database", default="", help="an empty PostgreSQL database")
    given = parser.parse_args()
    for ending in ("csv",) if given.database else ("csv", "xlsx"):
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), ending, given.rows, given.database)


def measure(folder: Path, ending: str, rows: int, database: str) -> None:
    """Write a file, take it in with two kills on the way, and print what was seen."""
    environment = {**os.environ, "MINSHENG_HOME": str(folder / "home")}
    if database:
        environment["DATABASE_URL"] = database
    city = open_city(read_settings(environment))
    file = folder / f"messages.{ending}"
    write = write_csv if ending == "csv" else write_xlsx
    write(file, islice(_rows(city), rows))
    address = city.settings.database_url
    city.close()
    runs = [run(file, environment, address, until=rows * part // 3) for part in (1, 2)]
    runs.append(run(file, environment, address))
    last = runs[-1].answer
    on_record = _count(address)
    rss = [megabytes for watched in runs for megabytes in watched.rss]
    growth = max(max(watched.rss) - watched.rss[0] for watched in runs if watched.rss)
    figures = {
        "benchmark": "file_import",
        "file": ending,
        "records": address.partition(":")[0],
        "rows": rows,
        "file_mb": round(file.stat().st_size / 1e6, 1),
        "killed_at": [watched.taken for watched in runs[:-1]],
        "rows_per_second": round(rows / sum(watched.seconds for watched in runs), 1),
        "rss_mb_start": round(rss[0], 1),
        "rss_mb_max": round(max(rss), 1),
        "rss_mb_growth": round(growth, 1),
        "flat": growth <= FLAT_MB,
        "last_run": last,
        "on_record": on_record,
        "nothing_lost_or_double": on_record == rows and last["read"] == rows,
    }
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def _rows(city: Any) -> Iterator[tuple[str, str, str, str]]:
    office = city.office()
    entries = compose(now(), office.zone, office.calendar)
    for number, entry in enumerate(cycle(entries)):
        draft = entry.draft
        reference = "" if number % 10 == 0 else str(number)
        at = (draft.received_at - AGO).strftime("%Y-%m-%d %H:%M:%S")
        yield reference, draft.subject, at, f"{draft.body}（第{number}件）"


def write_csv(file: Path, rows: Iterator[tuple[str, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(NAMES)
        writer.writerows(rows)


def write_xlsx(file: Path, rows: Iterator[tuple[str, ...]]) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("来件")
    sheet.append(NAMES)
    for row in rows:
        sheet.append(row)
    workbook.save(file)


def run(file: Path, environment: Mapping[str, str], address: str, until: int = 0) -> Watched:
    """Run the command to its end, or kill it once `until` rows are on record. The clock runs from
    the first row recorded by this run."""
    arguments = ["intake", "import", str(file), "--channel", "letter", "--source", "bench"]
    before = _count(address)
    watched, started = Watched(taken=before), 0.0
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "flask"), *arguments, "--map", MAPPING, "--json"],
            cwd=ROOT,
            env=environment,
            stdout=said,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None:
            time.sleep(LOOK_EVERY_SECONDS)
            watched.taken = _count(address)
            if watched.taken > before:
                started = started or time.perf_counter()
                watched.rss += _rss(process.pid)
            if until and watched.taken >= until:
                process.kill()
                process.wait()
        watched.seconds = time.perf_counter() - started if started else 0.0
        watched.taken = _count(address)
        said.seek(0)
        lines = said.read().splitlines()
    watched.answer = json.loads(lines[-1]) if lines else {}
    return watched


def _count(address: str) -> int:
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = int(connection.execute(text("SELECT count(*) FROM messages")).scalar_one())
    engine.dispose()
    return found


def _rss(pid: int) -> list[float]:
    """Resident memory of the process in MB, without mapped files: SQLite maps up to 256 MB of the
    database, which the system takes back whenever it likes. Nothing when the process has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return []
    return [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")]


if __name__ == "__main__":
    main()
