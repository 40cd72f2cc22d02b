"""Importing with a second process that judges: the same records as one by one, and safe to kill."""

from __future__ import annotations

import csv
import multiprocessing
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casework.office import Office
from casework.storage import audit
from casework.storage.engine import open_engine
from casework.storage.records import Records, Work
from casework.storage.tables import (
    AlertRow,
    AuditEventRow,
    AuditTextRow,
    ClockRow,
    JudgementRow,
    MessageRow,
    ReplyRow,
    TicketRow,
)
from classifier.ahead import JudgeAhead
from classifier.interface import Classifier
from intake.connectors.columns import read_mapping
from intake.connectors.file_rows import FileSource, read
from intake.examine import Intake
from intake.import_file import FileImport, ImportCounts, import_file
from intake.receive import receive
from intake.take_in import as_messages
from runtime.demonstration.compose import compose
from tests.conftest import NOW, ZONE
from tests.databases import Databases
from tests.intake.test_import_file import MAPPING, ROOT, command, messages, result, write
from tests.process_tree import descendants, is_alive, until

Load = Callable[[], Classifier]
ROWS = 600
FRESH = frozenset(
    [
        "id",
        "message_id",
        "ticket_id",
        "number",
        "code_digest",
        "chain",
        "text_digest",
        "previous",
        "digest",
        "salt",
    ]
)
"""What differs between two records of the same message."""


def composed(file: Path, office: Office) -> Path:
    """Messages of the made-up city: new and old, urgent ones, one of them with two line ends, some
    words twice."""
    entries = compose(NOW, office.zone, office.calendar)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["编号", "主题", "时间", "详情"])
        for number, entry in enumerate(entries[-ROWS:]):
            draft = entry.draft
            end = ("", "\r\n请回电13800001234。 ")[number % 2]
            at = draft.received_at.isoformat()
            writer.writerow([f"n{number}", draft.subject, at, draft.body + end])
    return file


def wanted(file: Path) -> FileImport:
    source = FileSource(file, "letter", "board", read_mapping(MAPPING), ZONE)
    return FileImport(source, lambda rejection: rejection.reason, file.with_suffix(".rejected"))


def imported(intake: Intake, ahead: JudgeAhead, file: Path) -> ImportCounts:
    take_in = as_messages(replace(intake, judge=ahead.judge))
    return import_file(take_in, wanted(file), NOW, expect=ahead.expect)


@pytest.fixture
def other(
    tmp_path: Path, databases: Databases, migrated_database: str, records: Records
) -> Iterator[Records]:
    """Records of a second city with the same keys."""
    (tmp_path / "other").mkdir()
    url = databases.copy(migrated_database, tmp_path / "other")
    opened = Records(open_engine(url, records.vault), records.vault)
    yield opened
    opened.close()


def rows(work: Work, table: Any, key: str, names: Mapping[Any, str]) -> list[tuple[str, Any]]:
    """Every row under the number its message has in the file, without what is fresh each time."""
    found = []
    for row in work.session.execute(select(table.__table__)).mappings():
        values = {name: value for name, value in row.items() if name not in FRESH}
        if "repeats_id" in values:
            values["repeats_id"] = names.get(values["repeats_id"])
        if row[key] in names:  # the office's own chain names alerts, by fresh numbers
            found.append((f"{names[row[key]]} {values}", table.__name__))
    return sorted(found)


def told(records: Records) -> list[tuple[str, Any]]:
    """Everything on record about all messages, comparable between two cities."""
    with records.read() as work:
        names: dict[Any, str] = {
            row.id: row.source_ref or "" for row in work.session.scalars(select(MessageRow))
        }
        for ticket in work.session.scalars(select(TicketRow)):
            names[ticket.id] = names[str(ticket.id)] = names[ticket.message_id]
        return [
            *rows(work, MessageRow, "id", names),
            *rows(work, JudgementRow, "message_id", names),
            *rows(work, TicketRow, "message_id", names),
            *rows(work, ClockRow, "ticket_id", names),
            *rows(work, ReplyRow, "ticket_id", names),
            *rows(work, AuditEventRow, "chain", names),
            *rows(work, AuditTextRow, "chain", names),
        ]


def test_what_is_recorded_is_the_same_as_one_by_one(
    intake: Intake, other: Records, office: Office, load_classifier: Load, tmp_path: Path
) -> None:
    file = composed(tmp_path / "m.csv", office)
    with JudgeAhead(refuses_after(intake, ROWS // 2), load_classifier, worth_it=0) as ahead:
        until(lambda: (ahead.expect([]), ahead.ready)[1], 60)
        assert imported(intake, ahead, file) == ImportCounts(ROWS, ROWS, 0, 0)
    one_by_one = replace(intake, records=other)
    for item in read(wanted(file).source, NOW):
        assert not isinstance(item.draft, Exception)
        receive(one_by_one, item.draft, NOW)
    assert told(intake.records) == told(other)
    with intake.records.read() as work, other.read() as beside:
        alerts = [len(work.session.scalars(select(AlertRow)).all()) for work in (work, beside)]
        assert alerts[0] == alerts[1]
        assert list(audit.verify(work)) == []


def refuses_after(intake: Intake, most: int) -> Any:
    """A judge of this process that shows when the second one is not at work."""
    judged = 0

    def judge(text: str) -> Any:
        nonlocal judged
        judged += 1
        assert judged <= most
        return intake.judge(text)

    return judge


def test_the_second_process_killed_half_way_loses_nothing(
    intake: Intake, load_classifier: Load, tmp_path: Path
) -> None:
    file = write(tmp_path / "m.csv", 1000)
    with JudgeAhead(intake.judge, load_classifier, worth_it=0) as ahead:
        until(lambda: (ahead.expect([]), ahead.ready)[1], 60)

        def kill(texts: Any) -> None:
            ahead.expect(texts)
            if messages(intake.records) == 400:
                (child,) = multiprocessing.active_children()
                assert child.pid is not None
                os.kill(child.pid, signal.SIGKILL)

        take_in = as_messages(replace(intake, judge=ahead.judge))
        done = import_file(take_in, wanted(file), NOW, expect=kill)
    assert done == ImportCounts(1000, 1000, 0, 0)
    assert messages(intake.records) == 1000


def test_a_killed_command_leaves_no_process_behind(tmp_path: Path, databases: Databases) -> None:
    file, home = write(tmp_path / "m.csv", 8000), databases.home(tmp_path / "home")
    result(home, "records", "migrate")
    process = subprocess.Popen(
        command("intake", "import", str(file), "--channel", "web", "--map", MAPPING),
        cwd=ROOT,
        env={**os.environ, **home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: descendants(process.pid), 120)
    children = descendants(process.pid)
    assert process.poll() is None
    process.kill()
    process.wait()
    until(lambda: not any(map(is_alive, children)), 60)
