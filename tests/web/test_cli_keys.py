"""Keys of sources on the command line: printed once, two at a time, ended now or later."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask.testing import FlaskCliRunner

from casework.storage import sources
from casework.storage.set_aside import set_aside
from runtime.clock import now
from runtime.settings import read_settings
from runtime.wiring import open_records
from tests.web.signed import add_source
from tests.web.test_cli import answer, runner  # noqa: F401  # a fixture


def test_a_key_is_added_listed_and_ended(runner: FlaskCliRunner) -> None:  # noqa: F811
    records, _ = open_records(read_settings())
    add_source(records, "collector", "weibo")
    first = answer(runner, "intake", "key", "add", "collector")
    assert len(first["secret"]) >= 43
    typed = runner.invoke(
        args=["intake", "key", "add", "collector", "--secret", "--json"], input="typed\n"
    )
    assert typed.exit_code == 0
    assert '"secret": ""' in typed.stdout
    with records.read() as work:
        kept = [secret for _, secret in sources.keys(work, "collector", now())]
    assert kept[:2] == ["typed", first["secret"]]
    ended = answer(runner, "intake", "key", "end", first["id"], "--in-hours", "2")
    left = datetime.fromisoformat(ended["ends_at"]) - now()
    assert timedelta(hours=1) < left <= timedelta(hours=2)
    assert first["id"] in answer(runner, "intake", "key", "list", "collector")["keys"]
    answer(runner, "intake", "key", "end", first["id"])
    assert first["id"] not in answer(runner, "intake", "key", "list", "collector")["keys"]
    records.close()


def test_what_is_not_there_is_told(runner: FlaskCliRunner) -> None:  # noqa: F811
    for arguments in (
        ["add", "nobody"],
        ["list", "nobody"],
        ["end", "01a22328-5e37-713e-be2c-e5390fe5bffb"],
    ):
        done = runner.invoke(args=["intake", "key", *arguments])
        assert done.exit_code == 1
        assert "Traceback" not in done.output


def test_what_was_set_aside_is_listed(runner: FlaskCliRunner) -> None:  # noqa: F811
    records, _ = open_records(read_settings())
    with records.write() as work:
        set_aside(work, "box", "7-12", "too_large", now(), sender="a@b.example", size=50_000_000)
        work.commit()
    records.close()
    (item,) = answer(runner, "intake", "set-aside")["items"]
    assert (item["reason"], item["size"]) == ("too_large", 50_000_000)
    plain = runner.invoke(args=["intake", "set-aside", "--source", "box"])
    assert "too_large" in plain.output
    assert answer(runner, "intake", "set-aside", "--source", "other")["items"] == []


def test_a_mailbox_is_added_and_read_by_command(runner: FlaskCliRunner) -> None:  # noqa: F811
    add = ["intake", "source", "add", "box", "--name", "区长信箱", "--kind", "mailbox"]
    where = ["--channel", "mailbox", "--set", "host=127.0.0.1", "--set", "user=box@city.example"]
    wrong = runner.invoke(args=[*add, *where, "--set", "tls=perhaps"])
    assert wrong.exit_code == 1
    answer(runner, *add, *where, "--set", "tls=none", "--set", "port=9")
    assert answer(runner, "intake", "key", "add", "box")["secret"]
    polled = runner.invoke(args=["intake", "poll", "box", "--json"])
    assert polled.exit_code == 1
    assert '"error": "mailbox' in polled.stdout
