"""The command line, on a home that was empty before each test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner

from casework.storage import migrate
from tests.databases import Databases
from tests.intake.test_import_file import MAPPING, write
from wsgi import create_app

DAYS = ["--from", "2026-11-01", "--to", "2026-11-20"]


@pytest.fixture
def runner(tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> FlaskCliRunner:
    for variable, value in databases.home(tmp_path / "home").items():
        monkeypatch.setenv(variable, value)
    return create_app().test_cli_runner()


def answer(runner: FlaskCliRunner, *arguments: str) -> dict[str, Any]:
    done = runner.invoke(args=[*arguments, "--json"])
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["records", "migrate"], {"revision": migrate.newest()}),
        (["casework", "audit-verify"], {"chains": 1, "events": 1, "broken": 0, "where": []}),
        (["records", "check-files"], {"missing": 0, "which": []}),
        (["routing", "queue"], {"total": 0, "tickets": []}),
        (["routing", "queue", "--department", "CGJ"], {"total": 0, "tickets": []}),
        (["monitor", "search", "路灯"], {"total": 0, "hits": []}),
        (["monitor", "hot-issues", "gather"], {"messages": 0, "joined": 0}),
        (["monitor", "forecast"], {"made": 0, "checked": 0, "forecasts": 0, "errors": []}),
        (["monitor", "hot-issues", "list"], {"issues": 0, "hottest": []}),
    ],
)
def test_every_command_works_on_an_empty_home(
    runner: FlaskCliRunner, arguments: list[str], expected: dict[str, Any]
) -> None:
    assert answer(runner, *arguments) == expected


def test_the_index_commands_work_on_an_empty_home(runner: FlaskCliRunner) -> None:
    for command in ("relay", "rebuild"):
        done = answer(runner, "monitor", command)
        assert (done["documents"], done["waiting"], done["refused"]) == (0, 0, 0)
    trend = answer(runner, "monitor", "trend", "--interval", "day", "--by", "topic", *DAYS)
    assert trend["total"] == 0
    assert len(trend["buckets"]) == 20
    assert trend["buckets"][0] == {"start": "2026-11-01T00:00:00+08:00", "total": 0, "groups": {}}


def test_from_a_file_to_a_trend(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = write(tmp_path / "m.csv", 25)
    arguments = ["intake", "import", str(file), "--channel", "web", "--map", MAPPING, "--as", "new"]
    done = answer(runner, *arguments)
    assert done.pop("seconds") > 0
    assert done == {"read": 25, "accepted": 25, "duplicates": 0, "rejected": 0}
    assert answer(runner, "monitor", "relay")["waiting"] == 0
    trend = answer(runner, "monitor", "trend", "--interval", "hour", "--by", "channel", *DAYS)
    assert len(trend["buckets"]) == 20 * 24
    full = [bucket for bucket in trend["buckets"] if bucket["total"]]
    assert full == [{"start": "2026-11-19T11:00:00+08:00", "total": 25, "groups": {"web": 25}}]
    assert answer(runner, "monitor", "search", "路灯")["total"] == 25
    # A lamp by a house may be the street's or the compound's.
    desks = ([], ["--department", "CGJ"], ["--department", "ZJJ"])
    queues = [answer(runner, "routing", "queue", *desk) for desk in desks]
    assert sum(queue["total"] for queue in queues) == 25
    assert answer(runner, "casework", "audit-verify")["broken"] == 0


def test_judging_needs_no_records(runner: FlaskCliRunner, tmp_path: Path) -> None:
    judged = answer(runner, "classifier", "judge", "小区门口的路灯坏了，晚上看不见。")
    assert judged["topic"][0] == "城乡建设"
    assert judged["evidence"]
    assert not (tmp_path / "home").exists()


def test_measuring_the_classifier(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(
        "text,label\n云锦苑有人被困电梯，快来救人,urgent\n建议增加车位,normal\n", "utf-8"
    )
    columns = ["--text-column", "text", "--label-column", "label"]
    measured = answer(runner, "classifier", "evaluate", str(file), "--task", "urgency", *columns)
    assert set(measured) == {
        "n", "accuracy", "macro_f1", "messages_per_second", "engine", "per_class",
        "chosen_among", "ece", "coverage", "threshold",
    }  # fmt: skip
    assert measured["n"] == 2
    assert measured["chosen_among"] == "any the classifier knows"
    among = "--only-labels-of-file"
    failed = runner.invoke(
        args=["classifier", "evaluate", str(file), "--task", "urgency", *columns, among]
    )
    assert failed.exit_code == 1
    file.write_text("text,label\n学校乱收补课费,交通运输\n公交车甩站,交通运输\n", "utf-8")
    measured = answer(
        runner, "classifier", "evaluate", str(file), "--task", "topic", *columns, among
    )
    assert measured["chosen_among"] == "those that occur in the rows"
    assert measured["accuracy"] == 1
    assert set(measured["per_class"]["交通运输"]) == {"precision", "recall", "f1", "support"}


def test_measuring_the_dispatch(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("text,units\n公积金怎么提取，我要买房,GJJ|ZJJ\n", "utf-8")
    columns = ["--text-column", "text", "--label-column", "units"]
    measured = answer(runner, "routing", "evaluate", str(file), *columns)
    assert set(measured) == {"n", "top1", "top3", "assigned_share", "assigned_top1"}
    assert (measured["n"], measured["top1"]) == (1, 1.0)


def test_people(runner: FlaskCliRunner) -> None:
    added = answer(runner, "user", "add", "li", "--role", "screener")
    assert len(added["password"]) >= 12
    assert answer(runner, "user", "password", "li")["password"] != added["password"]
    done = runner.invoke(args=["user", "add", "li", "--role", "screener"])
    assert done.exit_code == 1
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["intake", "import", "FILE", "--channel", "web", "--map", "body=没有,received_at=时间"],
            "没有",
        ),
        (["intake", "import", "FILE", "--channel", "web", "--map", "nonsense"], "nonsense"),
        (["monitor", "trend", "--by", "topic", "--from", "soon", "--to", "2026-11-20"], "soon"),
        (["routing", "queue", "--department", "NONE"], "单位"),
        (["user", "password", "nobody"], "nobody"),
    ],
)
def test_mistakes_end_with_a_sentence(
    runner: FlaskCliRunner, tmp_path: Path, arguments: list[str], words: str
) -> None:
    file = write(tmp_path / "m.csv", 1)
    done = runner.invoke(args=[str(file) if each == "FILE" else each for each in arguments])
    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output


def test_two_homes_are_two_cities(
    tmp_path: Path,
    databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
    runner: FlaskCliRunner,
) -> None:
    answer(runner, "user", "add", "li", "--role", "screener")
    for variable, value in databases.home(tmp_path / "other").items():
        monkeypatch.setenv(variable, value)
    answer(runner, "user", "add", "li", "--role", "screener")
    assert (tmp_path / "home" / "key").read_bytes() != (tmp_path / "other" / "key").read_bytes()


def test_a_file_of_counts_is_judged_row_by_row(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    rows = [
        f"2026-11-{1 + hour // 24:02d} {hour % 24:02d}:00:00,{hour % 3 + 5}" for hour in range(400)
    ]
    file.write_text("\n".join(["when,n", *rows, "2026-11-17 16:00:00,90"]), "utf-8")
    columns = ["--timestamp-column", "when", "--value-column", "n"]
    done = runner.invoke(args=["monitor", "bursts", str(file), *columns])
    header, *told = done.stdout.splitlines()
    assert header == "timestamp,value,expected,upper,score"
    assert len(told) == 401
    assert told[-1].startswith("2026-11-17 16:00:00,90,")
    assert float(told[-1].split(",")[-1]) >= 0.5
    assert max(float(line.split(",")[-1]) for line in told[:-1]) < 0.5
    refused = runner.invoke(args=["monitor", "bursts", str(tmp_path / "none.csv")])
    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)
