"""Importing files: twice, killed half way, full disk, locked database, real data."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from casework.errors import RecordsUnavailable, Rejected
from casework.permissions import EVERYTHING
from casework.storage import engine as engine_module
from casework.storage.records import Records
from intake.connectors.columns import read_mapping
from intake.connectors.file_rows import FileSource
from intake.examine import Intake
from intake.import_file import FileImport, ImportCounts, check_file, import_file
from intake.rejected_rows import rejected_file_for
from intake.take_in import as_messages
from monitor.index.interface import ANYTHING, Dimension, Interval
from runtime.settings import read_settings
from runtime.wiring import open_city
from tests.conftest import NOW, ZONE, lacking
from tests.databases import Databases, scalar

ROOT = Path(__file__).resolve().parents[2]
MAPPING = "subject=主题,body=详情,received_at=时间,source_ref=编号"


def write(file: Path, rows: int) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["编号", "主题", "时间", "详情"])
        for number in range(rows):
            body = f"{number}号楼的路灯坏了{number}天，晚上看不见，请尽快维修。"
            writer.writerow([number, "路灯不亮", "2026/11/19 11:25:05", body])
    return file


def run(
    intake: Intake, file: Path, *, mapping: str = MAPPING, dry_run: bool = False
) -> ImportCounts:
    source = FileSource(file, "web", "board", read_mapping(mapping), ZONE)
    wanted = FileImport(
        source, lambda rejection: rejection.reason, rejected_file_for(file, file.parent)
    )
    if dry_run:
        return check_file(wanted, NOW)
    return import_file(as_messages(intake), wanted, NOW)


def messages(records: Records) -> int:
    with records.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM messages")).scalar_one())


def test_a_second_run_takes_none(intake: Intake, tmp_path: Path) -> None:
    file = write(tmp_path / "m.csv", 450)
    assert run(intake, file) == ImportCounts(450, 450, 0, 0)
    assert run(intake, file) == ImportCounts(450, 0, 450, 0)
    assert messages(intake.records) == 450


def test_rows_without_numbers_can_be_run_twice_too(intake: Intake, tmp_path: Path) -> None:
    file = write(tmp_path / "m.csv", 30)
    mapping = "subject=主题,body=详情,received_at=时间"
    assert run(intake, file, mapping=mapping) == ImportCounts(30, 30, 0, 0)
    assert run(intake, file, mapping=mapping) == ImportCounts(30, 0, 30, 0)


def test_a_dry_run_records_nothing(intake: Intake, tmp_path: Path) -> None:
    assert run(intake, write(tmp_path / "m.csv", 5), dry_run=True) == ImportCounts(5, 5, 0, 0)
    assert messages(intake.records) == 0


def test_rejected_rows_are_written_with_their_reason(intake: Intake, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    rows = [
        "编号,主题,时间,详情",
        "1,好,2026-11-19,路灯坏了",
        "2,没有时间,,路灯坏了",
        "3,空的,2026-11-19,",
        "4,将来,2027-11-19,路灯坏了",
        "5,=HYPERLINK(1),昨天,路灯坏了",
        f"6,太长,2026-11-19,{'字' * 100_000}",
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    assert run(intake, file) == ImportCounts(6, 1, 0, 5)
    with (tmp_path / "m.csv.rejected.csv").open(encoding="utf-8-sig", newline="") as stream:
        rejected = list(csv.DictReader(stream))
    assert [(row["row"], row["reason"]) for row in rejected] == [
        ("3", "time_empty"),
        ("4", "empty"),
        ("5", "future"),
        ("6", "time"),
        ("7", "too_long"),
    ]
    assert rejected[3]["主题"] == "'=HYPERLINK(1)"
    assert len(rejected[4]["详情"]) == 100_000


def test_every_rejection_has_words(intake: Intake) -> None:
    from web.reasons import in_words

    for reason in ("time", "time_empty", "too_many_cells", "row", "empty", "too_long", "future"):
        values = dict.fromkeys(("value", "cells", "columns", "detail", "length", "limit"), 1)
        assert in_words(Rejected(reason, "body", **values)) != f"正文：{reason}"


@pytest.mark.sqlite
def test_a_locked_database_is_told_and_nothing_is_half_done(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "m.csv", 5)
    monkeypatch.setattr(engine_module, "LOCK_WAIT_SECONDS", 0)
    intake.records.engine.dispose()
    other = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with intake.records.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with pytest.raises(RecordsUnavailable, match="locked"):
        run(intake, file)
    other.execute("ROLLBACK")
    other.close()
    assert messages(intake.records) == 0
    assert run(intake, file) == ImportCounts(5, 5, 0, 0)


def command(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).parent / "flask"), *arguments]


def result(home: Mapping[str, str], *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        command(*arguments, "--json"),
        cwd=ROOT,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_killed_half_way_and_run_again(tmp_path: Path, databases: Databases) -> None:
    rows = 1200
    file, home = write(tmp_path / "m.csv", rows), databases.home(tmp_path / "home")
    result(home, "records", "migrate")
    arguments = ["intake", "import", str(file), "--channel", "web", "--map", MAPPING]
    killed_at = []
    for _ in range(3):
        process = subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            env={**os.environ, **home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        before = killed_at[-1] if killed_at else 0
        until = time.monotonic() + 60
        while _count(home) <= before and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed_at.append(_count(home))
    assert 0 < killed_at[0] <= killed_at[1] <= killed_at[2] <= rows
    assert killed_at[0] < rows
    answer = result(home, *arguments)
    assert answer["read"] == rows
    assert answer["accepted"] == rows - killed_at[2]
    assert answer["rejected"] == 0
    assert _count(home) == rows
    assert result(home, "casework", "audit-verify")["broken"] == 0


def _count(home: Mapping[str, str]) -> int:
    return int(scalar(home, "SELECT count(*) FROM messages"))


@pytest.fixture
def small_disk(tmp_path: Path, size: str) -> Iterator[Path]:
    """A file system so large."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        lacking("a small file system, which only root may mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.sqlite
@pytest.mark.parametrize(("size", "rows"), [("1m", 200), ("3m", 3000)])
def test_a_full_disk_is_told_and_loses_nothing(
    tmp_path: Path, databases: Databases, small_disk: Path, rows: int
) -> None:
    """On one megabyte not even the tables fit, on three not three thousand messages."""
    home = databases.home(small_disk)
    file = write(tmp_path / "m.csv", rows)
    arguments = ["intake", "import", str(file), "--channel", "web", "--map", MAPPING]
    done = subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "系统记录不能写" in done.stderr
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    result(home, "records", "migrate")
    taken = _count(home)
    assert taken % 200 == 0  # whole transactions only
    answer = result(home, *arguments)
    assert (answer["duplicates"], answer["accepted"]) == (taken, rows - taken)


@pytest.mark.shared
@pytest.mark.sqlite  # of real texts PostgreSQL is given the letters below
@pytest.mark.timeout(1200)
def test_the_real_mailbox_comes_in_whole(
    shared: Path, tmp_path: Path, databases: Databases
) -> None:
    """7,142 real messages: each judged, assigned or with a screening reason, with clocks; counted
    once by every dimension; a second run takes none."""
    home = databases.home(tmp_path / "home")
    mapping = (
        "subject=留言主题,body=留言详情,received_at=留言时间,source_ref=留言编号,sender=留言用户"
    )
    file = str(shared / "tipdm_messages.csv")
    arguments = ["intake", "import", file, "--channel", "web", "--map", mapping]
    first = result(home, *arguments)
    assert [first[key] for key in ("read", "accepted", "duplicates", "rejected")] == [
        7142,
        7142,
        0,
        0,
    ]
    second = result(home, *arguments)
    assert [second[key] for key in ("accepted", "duplicates", "rejected")] == [0, 7142, 0]
    whole = scalar(
        home,
        "SELECT count(*) FROM tickets JOIN judgements USING (message_id)"
        " WHERE (lead_department IS NOT NULL OR screening_reason <> '')"
        " AND EXISTS (SELECT 1 FROM clocks WHERE ticket_id = tickets.id)",
    )
    assert whole == 7142
    assert result(home, "monitor", "relay")["waiting"] == 0
    with closing(open_city(read_settings(home))) as city:
        for by in Dimension:
            days = (date(2011, 1, 1), date(2020, 12, 31))
            trend = city.index.series(by, Interval.DAY, *days, ZONE, ANYTHING, EVERYTHING)
            assert trend.total == sum(bucket.total for bucket in trend.buckets) == 7142
            assert all(sum(b.groups.values()) == b.total for b in trend.buckets)


@pytest.mark.shared
def test_real_letters_come_in_with_their_answers(
    shared: Path, tmp_path: Path, databases: Databases
) -> None:
    home = databases.home(tmp_path / "home")
    replies = tmp_path / "letters.csv"
    replies.write_bytes((shared / "mailbox_letters.csv").read_bytes())
    letters = result(
        home,
        *["intake", "import", str(replies), "--channel", "mailbox", "--as", "history", "--map"],
        "subject=subject,body=text,received_at=time,source_ref=id,reply=reply,"
        "replied_at=reply_date,department=agency",
    )
    assert letters["read"] == 779
    # Three letters repeat a number; seven have no text or no time.
    assert [letters[key] for key in ("accepted", "duplicates", "rejected")] == [769, 3, 7]
