"""A long file taken in, killed on the way and run again: rows a second, memory, nothing lost or double.

    .venv/bin/python -m benchmarks.file_import --rows 500000
    .venv/bin/python -m benchmarks.file_import --database postgresql
    .venv/bin/python -m benchmarks.file_import --rows 50000 --database postgresql://…/an_empty_one

The rows are messages of the made-up city under other numbers, a tenth of them without a number. The
program is the real command; its memory, and that of the process that helps it, is read from the
system while it runs. `--database postgresql` starts Debian's server for the time. With an address
only the CSV file is taken in, since one empty database is one city.
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
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import Engine, create_engine, text

from runtime.clock import now
from runtime.demonstration.compose import compose
from runtime.settings import read_settings
from runtime.wiring import open_city
from tests.process_tree import descendants
from tests.services import postgresql

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("编号", "主题", "时间", "详情")
MAPPING = "source_ref=编号,subject=主题,received_at=时间,body=详情"
LOOK_EVERY_SECONDS = 0.5
WARM_AFTER = 5_000
"""Rows a run records before its memory is compared: models are read and caches filled by then."""
LEAST = 20_000
FLAT_MB = 50
AGO = timedelta(days=400)  # history: no clocks run, nobody is told


@dataclass
class Watched:
    """One run of the command. taken: rows on record after it. own, mapped: MB by process, once
    warm, at every look: its own memory, and that of files it maps."""

    seconds: float = 0.0
    taken: int = 0
    own: dict[int, list[float]] = field(default_factory=dict)
    mapped: list[float] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)


def main() -> None:
    """Measure and print one line a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000, help=f"{LEAST} at least")
    parser.add_argument("--database", default="", help="postgresql, or an empty one's address")
    given = parser.parse_args()
    if given.rows < LEAST:
        parser.error(f"fewer than {LEAST} rows are over before the memory is warm")
    for ending in ("csv", "xlsx") if "://" not in given.database else ("csv",):
        with tempfile.TemporaryDirectory() as folder, database(given.database) as address:
            measure(Path(folder), ending, given.rows, address)


@contextmanager
def database(wanted: str) -> Iterator[str]:
    """The address of an empty database; "" for SQLite in the city's home."""
    if wanted != "postgresql":
        yield wanted
        return
    server = postgresql.start(durable=True)
    try:
        yield postgresql.new_database(server.address)
    finally:
        server.stop()


def measure(folder: Path, ending: str, rows: int, database: str) -> None:
    """Write a file, take it in with two kills on the way, and print what was seen."""
    environment = {**os.environ, "MINSHENG_HOME": str(folder / "home")}
    if database:
        environment["DATABASE_URL"] = database
    with closing(open_city(read_settings(environment))) as city:
        file = folder / f"messages.{ending}"
        write = write_csv if ending == "csv" else write_xlsx
        write(file, islice(_rows(city), rows))
        address = city.settings.database_url
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    runs = [run(file, environment, engine, until=rows * part // 3) for part in (1, 2)]
    runs.append(run(file, environment, engine))
    figures = {
        "benchmark": "file_import",
        "file": ending,
        "records": address.partition(":")[0],
        "rows": rows,
        "file_mb": round(file.stat().st_size / 1e6, 1),
        **_speed(runs, rows),
        **_memory(runs),
        **_kept(engine, rows),
        "last_run": runs[-1].answer,
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }
    engine.dispose()
    figures["within_budget"] = bool(
        figures["rss_mb_growth"] <= FLAT_MB
        and figures["lost"] == figures["double"] == 0
        and runs[-1].answer.get("read") == rows
        and 0 < runs[0].taken < runs[1].taken < rows
    )
    print(json.dumps(figures, ensure_ascii=False), flush=True)


def _speed(runs: list[Watched], rows: int) -> dict[str, Any]:
    """Rows on record a second, while rows were recorded."""
    return {
        "killed_at": [watched.taken for watched in runs[:-1]],
        "rows_per_second": round(rows / sum(watched.seconds for watched in runs), 1),
    }


def _memory(runs: list[Watched]) -> dict[str, Any]:
    """MB of both processes together, and how much either has grown once warm in any run.

    Without mapped files: SQLite maps up to 256 MB of the database, which the system takes back
    whenever it likes.
    """
    each = [own for watched in runs for own in watched.own.values()]
    return {
        "rss_mb_start": round(max(sum(own[0] for own in watched.own.values()) for watched in runs)),
        "rss_mb_max": round(max(sum(map(max, watched.own.values())) for watched in runs)),
        "rss_mb_growth": round(max(max(own) - own[0] for own in each), 1),
        "budget_mb_growth": FLAT_MB,
        "mapped_mb_max": round(max(max(watched.mapped) for watched in runs)),
    }


def _kept(engine: Engine, rows: int) -> dict[str, Any]:
    """Every row has words of its own, so that what is missing and what is double can be told."""
    with engine.connect() as connection:
        on_record, different, tickets = connection.execute(
            text(
                "SELECT count(*), count(DISTINCT content_digest),"
                " (SELECT count(DISTINCT message_id) FROM tickets) FROM messages"
            )
        ).one()
    return {"lost": rows - min(different, tickets), "double": on_record - different}


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


def run(file: Path, environment: Mapping[str, str], engine: Engine, until: int = 0) -> Watched:
    """Run the command to its end, or kill it once `until` rows are on record. The clock runs from
    the first row recorded by this run."""
    arguments = ["intake", "import", str(file), "--channel", "letter", "--source", "bench"]
    before = _count(engine)
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
            watched.taken = _count(engine)
            if watched.taken > before:
                started = started or time.perf_counter()
            if watched.taken > before + WARM_AFTER:
                _look(watched, process.pid)
            if until and watched.taken >= until:
                process.kill()
                process.wait()
        watched.seconds = time.perf_counter() - started
        watched.taken = _count(engine)
        said.seek(0)
        lines = said.read().splitlines()
    watched.answer = json.loads(lines[-1]) if lines else {}
    return watched


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM messages")).scalar_one())


def _look(watched: Watched, pid: int) -> None:
    """Note the memory of the process and of those it started."""
    mapped = 0.0
    for each in (pid, *descendants(pid)):
        memory = _memory_of(each)
        if memory.get("RssAnon"):
            own = memory["RssAnon"] + memory.get("RssShmem", 0.0)
            watched.own.setdefault(each, []).append(own)
            mapped += memory.get("RssFile", 0.0)
    watched.mapped.append(mapped)


def _memory_of(pid: int) -> dict[str, float]:
    """What the system says of a process's resident memory, in MB; nothing when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    found = (line.split() for line in lines if line.startswith("Rss"))
    return {name.rstrip(":"): int(kilobytes) / 1024 for name, kilobytes, _ in found}


if __name__ == "__main__":
    main()
