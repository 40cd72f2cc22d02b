"""Imports in the background: killed, stopped, taken over, two at once, files that are gone."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from casework.errors import Conflict, FileUnreadable, NotFound, Rejected
from casework.storage import audit, imports
from casework.storage.imports import HELD_FOR, Import, ImportPlan, ImportState, Look
from casework.storage.records import Records
from intake.connectors.columns import read_mapping
from intake.examine import Intake
from intake.rejected_rows import as_key, from_key
from intake.run_import import Runner, forget_files, rejected_file, run_next
from intake.take_in import as_messages
from runtime.settings import read_settings
from runtime.wiring import open_records
from tests.conftest import NOW, ZONE
from tests.databases import Databases
from tests.intake.test_import_file import MAPPING, ROOT, command, result, write

PLAN = ImportPlan("letters", "letter", read_mapping(MAPPING))


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runner(intake: Intake, tmp_path: Path, clock: Clock) -> Runner:
    (tmp_path / "uploads").mkdir()
    return Runner(
        records=intake.records,
        take_in=as_messages(intake),
        uploads=tmp_path / "uploads",
        rejected=tmp_path / "rejected",
        zone=ZONE,
        holder="here",
        clock=clock,
        ending=lambda: False,
    )


def upload(runner: Runner, rows: int, bad: int = 0) -> UUID:
    file = write(runner.uploads / "m.csv", rows)
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(f"bad{n},=没有时间,,路灯坏了\n" for n in range(bad))
    look = Look(("编号", "主题", "时间", "详情"))
    with runner.records.write() as work:
        added = imports.add_import(
            work, "来信.csv", "m.csv", file.stat().st_size, look, "shai", NOW
        )
        work.commit()
    return added


def ask(runner: Runner, wanted: UUID, plan: ImportPlan = PLAN, dry_run: bool = False) -> None:
    with runner.records.write() as work:
        imports.ask_for(work, wanted, plan, dry_run, "shai", NOW)
        work.commit()


def now_is(runner: Runner, wanted: UUID) -> Import:
    with runner.records.read() as work:
        return imports.import_by_id(work, wanted)


def counts(found: Import) -> tuple[int, int, int, int]:
    progress = found.progress
    return progress.read, progress.accepted, progress.duplicates, progress.rejected


def messages(records: Records) -> int:
    with records.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM messages")).scalar_one())


def rejected_rows(runner: Runner, wanted: UUID) -> list[dict[str, str]]:
    file = rejected_file(runner.rejected, now_is(runner, wanted))
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def dies_after(runner: Runner, batches: int) -> Runner:
    """A process that is killed while it records its n-th batch."""
    done = 0

    def take_in(drafts: Any, now: datetime, also: Any) -> Any:
        nonlocal done
        done += 1

        def last_words(work: Any, outcomes: Any) -> None:
            also(work, outcomes)
            if done == batches:
                raise KeyboardInterrupt

        return runner.take_in(drafts, now, last_words)

    return replace(runner, take_in=take_in)


def test_checked_and_then_imported(runner: Runner) -> None:
    wanted = upload(runner, 450, bad=3)
    assert not run_next(runner)
    ask(runner, wanted, dry_run=True)
    assert run_next(runner)
    found = now_is(runner, wanted)
    assert (found.state, found.total, counts(found)) == (ImportState.CHECKED, 453, (453, 450, 0, 3))
    assert messages(runner.records) == 0
    assert len(rejected_rows(runner, wanted)) == 3
    ask(runner, wanted)
    assert run_next(runner)
    found = now_is(runner, wanted)
    assert (found.state, counts(found)) == (ImportState.DONE, (453, 450, 0, 3))
    assert messages(runner.records) == 450
    assert not (runner.uploads / "m.csv").exists()
    rows = rejected_rows(runner, wanted)
    assert [row["主题"] for row in rows] == ["'=没有时间"] * 3
    reason = from_key(rows[0]["reason"])
    assert (reason.reason, isinstance(reason, Rejected)) == ("time_empty", True)
    with runner.records.read() as work:
        assert list(audit.verify(work)) == []


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_killed_and_taken_up_by_another(runner: Runner, clock: Clock, batches: int) -> None:
    wanted = upload(runner, 590, bad=10)
    ask(runner, wanted)
    with pytest.raises(KeyboardInterrupt):
        run_next(dies_after(runner, batches))
    found = now_is(runner, wanted)
    assert counts(found)[0] == messages(runner.records) == 200 * (batches - 1)
    other = replace(runner, holder="there")
    assert not run_next(other), "its sign of life has not run out"
    clock.now += HELD_FOR + timedelta(seconds=1)
    assert run_next(other)
    found = now_is(runner, wanted)
    assert (found.state, counts(found)) == (ImportState.DONE, (600, 590, 0, 10))
    assert messages(runner.records) == 590
    assert len(rejected_rows(runner, wanted)) == 10


def test_one_that_was_taken_over_goes_no_further(runner: Runner, clock: Clock) -> None:
    wanted = upload(runner, 600)
    ask(runner, wanted)
    other = replace(runner, holder="there")

    def slow(drafts: Any, now: datetime, also: Any) -> Any:
        if messages(runner.records) == 200:
            clock.now += HELD_FOR + timedelta(seconds=1)
            assert run_next(other)
        return runner.take_in(drafts, now, also)

    assert run_next(replace(runner, take_in=slow))
    found = now_is(runner, wanted)
    assert (found.state, counts(found)) == (ImportState.DONE, (600, 600, 0, 0))
    assert messages(runner.records) == 600


def test_stopped_by_somebody_and_gone_on_with(runner: Runner) -> None:
    wanted = upload(runner, 600)
    ask(runner, wanted)

    def stopping(drafts: Any, now: datetime, also: Any) -> Any:
        if messages(runner.records) == 200:
            with runner.records.write() as work:
                imports.stop_import(work, wanted, "shai", NOW)
                work.commit()
        return runner.take_in(drafts, now, also)

    assert run_next(replace(runner, take_in=stopping))
    found = now_is(runner, wanted)
    assert (found.state, counts(found)) == (ImportState.STOPPED, (200, 200, 0, 0))
    ask(runner, wanted)
    assert run_next(runner)
    assert counts(now_is(runner, wanted)) == (600, 600, 0, 0)


def test_read_in_another_way_it_begins_anew(runner: Runner) -> None:
    wanted = upload(runner, 400)
    ask(runner, wanted)
    with pytest.raises(KeyboardInterrupt):
        run_next(dies_after(runner, 2))
    with runner.records.write() as work:
        imports.stop_import(work, wanted, "shai", NOW)
        work.commit()
    ask(runner, wanted, replace(PLAN, mode="history"))
    assert run_next(runner)
    assert counts(now_is(runner, wanted)) == (400, 200, 200, 0)
    assert messages(runner.records) == 400


def test_a_process_that_ends_lets_the_next_go_on_at_once(runner: Runner) -> None:
    wanted = upload(runner, 600)
    ask(runner, wanted)
    ends = replace(runner, ending=lambda: messages(runner.records) >= 200)
    assert not run_next(ends)
    found = now_is(runner, wanted)
    assert (found.state, counts(found)) == (ImportState.WAITING, (200, 200, 0, 0))
    assert not run_next(ends)
    assert run_next(replace(runner, holder="there"))
    assert counts(now_is(runner, wanted)) == (600, 600, 0, 0)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda file: file.unlink(), "unreadable"),
        (lambda file: file.write_text("a,b\n1,2\n"), "missing_column"),
        (lambda file: file.write_bytes(b"PK\x03\x04" + bytes(100)), "xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_its_reason(
    runner: Runner, harm: Callable[[Path], None], reason: str
) -> None:
    wanted = upload(runner, 5)
    ask(runner, wanted)
    harm(runner.uploads / "m.csv")
    assert run_next(runner)
    found = now_is(runner, wanted)
    assert found.state is ImportState.FAILED
    assert from_key(found.error).reason == reason


def test_what_is_asked_for_twice_or_at_the_wrong_time(runner: Runner) -> None:
    wanted = upload(runner, 5)
    with pytest.raises(Conflict), runner.records.write() as work:
        imports.stop_import(work, wanted, "shai", NOW)
    ask(runner, wanted)
    with pytest.raises(Conflict):
        ask(runner, wanted)
    assert run_next(runner)
    with pytest.raises(Conflict):
        ask(runner, wanted)
    with pytest.raises(NotFound):
        now_is(runner, UUID(int=0))


def test_reasons_survive_being_written_down() -> None:
    for error in (
        Rejected("too_long", "body", length=3, limit=2),
        FileUnreadable("xlsx", file="a.xlsx", detail="“x”\n"),
    ):
        again = from_key(as_key(error))
        assert (type(again), again.reason, again.values) == (
            type(error),
            error.reason,
            error.values,
        )


def test_files_are_forgotten_when_they_are_no_longer_needed(runner: Runner) -> None:
    upload(runner, 5)
    runner.rejected.mkdir()
    for folder, name, days in (
        (runner.uploads, "gone.csv", 1),
        (runner.uploads, "fresh.csv", 0),
        (runner.rejected, "new.csv", 29),
        (runner.rejected, "old.csv", 31),
    ):
        (folder / name).write_text("x")
        at = (NOW - timedelta(days=days)).timestamp()
        os.utime(folder / name, (at, at))
    assert forget_files(runner.records, runner.uploads, runner.rejected, NOW) == 2
    assert {file.name for file in runner.uploads.iterdir()} == {"m.csv", "fresh.csv"}
    assert {file.name for file in runner.rejected.iterdir()} == {"new.csv"}


def test_the_timetable_killed_while_it_imports(tmp_path: Path, databases: Databases) -> None:
    """The real program, killed twice; nothing is lost or double."""
    rows, home = 1000, tmp_path / "home"
    settings = databases.home(home)
    result(settings, "records", "migrate")
    records, _ = open_records(read_settings(settings))
    (home / "uploads").mkdir()
    write(home / "uploads" / "m.csv", rows)
    with records.write() as work:
        wanted = imports.add_import(work, "m.csv", "m.csv", 1, Look(("x",)), "shai", NOW)
        imports.ask_for(work, wanted, PLAN, False, "shai", NOW)
        work.commit()

    def until(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 90
        while not condition() and time.monotonic() < end:
            time.sleep(0.05)
        assert condition()

    for _ in range(3):
        before = messages(records)
        process = subprocess.Popen(
            command("schedule"),
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda before=before: messages(records) > before)  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        process.wait()
        with records.write() as work:
            # The sign of life of the dead one would take a minute to run out.
            work.session.execute(text("UPDATE imports SET expires_at = '2000-01-01 00:00:00.000'"))
            work.commit()
        if messages(records) == rows:
            break
    process = subprocess.Popen(command("schedule"), cwd=ROOT, env={**os.environ, **settings})
    try:
        with_end = {ImportState.DONE}

        def done() -> bool:
            with records.read() as work:
                return imports.import_by_id(work, wanted).state in with_end

        until(done)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with records.read() as work:
        found = imports.import_by_id(work, wanted)
    assert counts(found) == (rows, rows, 0, 0)
    assert messages(records) == rows
    records.close()
    assert result(settings, "casework", "audit-verify")["broken"] == 0
