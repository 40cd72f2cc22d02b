"""docs/connectors.md followed word by word: its code, its commands, a real server."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import text

import intake.connectors
from runtime.clock import now
from runtime.settings import read_settings
from runtime.wiring import open_records
from tests.databases import Databases
from tests.intake.servers import serving
from wsgi import create_app

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "connectors.md").read_text(encoding="utf-8")


def test_a_newcomer_follows_the_page(
    tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    name = re.search(r"Save this as `(\w+\.py)` in `intake/connectors/`", PAGE)
    assert name is not None
    (tmp_path / name[1]).write_text(code, encoding="utf-8")
    monkeypatch.setattr(intake.connectors, "__path__", [*intake.connectors.__path__, str(tmp_path)])
    settings = databases.home(tmp_path / "home")
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    runner = create_app().test_cli_runner()
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    add, poll, listing = [shlex.split(line)[1:] for line in block.replace("\\\n", "").splitlines()]
    at = f"{now() - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    posts = [
        {"id": 17, "at": at, "title": "路灯", "text": "松涛路的路灯坏了。"},
        {"id": 18, "at": "某天", "title": "没有时间", "text": "松涛路的路灯坏了。"},
        {"id": 19, "at": at, "title": "井盖", "text": "云栖路的井盖不见了。"},
    ]
    with serving() as server:
        server.answer["/posts?after=0"] = (200, {}, json.dumps(posts).encode())
        server.answer["/posts?after=19"] = (200, {}, b"[]")
        add = [word.replace("https://board.example.org", server.url) for word in add]
        run(runner, *add, "--set", f"allow_private={json.dumps(server.allowed)}")
        assert run(runner, *poll) == {"new": 2, "duplicates": 0, "rejected": 1, "error": ""}
        assert run(runner, *poll) == {"new": 0, "duplicates": 0, "rejected": 0, "error": ""}
    (source,) = run(runner, *listing)["sources"]
    assert (source["code"], source["items"], source["failures"]) == ("board", 2, 0)
    assert subjects(settings) == {"路灯", "井盖"}


def run(runner: FlaskCliRunner, *arguments: str) -> dict[str, object]:
    done = runner.invoke(args=[*arguments, "--json"])
    assert done.exit_code == 0, done.output
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def subjects(settings: Mapping[str, str]) -> set[str]:
    records, _ = open_records(read_settings(settings))
    with records.engine.connect() as connection:
        found = {row[0] for row in connection.execute(text("SELECT subject FROM messages"))}
    records.close()
    return found
