"""A city whose trend index is a cluster: pages while it is away, commands, moving there and back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner

from casework.storage import outbox
from monitor import relay_turns
from monitor.index.elasticsearch import ElasticsearchIndex
from monitor.index.embedded import EmbeddedIndex
from runtime.clock import now
from runtime.settings import read_settings
from runtime.wiring import City, open_index
from tests.builders import draft, new_case, record_one
from tests.conftest import NOW
from tests.databases import Databases
from tests.intake.test_import_file import MAPPING, write
from tests.monitor.clusters import remove_all
from tests.services.elasticsearch.node import free_port
from tests.web.browser import Browser
from wsgi import create_app

Signer = Callable[[str], Browser]


@pytest.fixture
def away(home: dict[str, str]) -> dict[str, str]:
    """A city whose cluster is gone."""
    home["ELASTICSEARCH_URL"] = f"http://127.0.0.1:{free_port()}"
    return home


@pytest.mark.parametrize(
    ("who", "page", "said"),
    [
        ("leader", "/leadership/", "趋势索引暂时不能用"),
        ("leader", "/tickets/search?q=路灯", "检索暂时不能用"),
        ("screener", "/screening/", ""),
        ("operator", "/calls/", ""),
        ("administrator", "/administration/jobs/", "连不上"),
    ],
)
def test_pages_say_so_while_the_cluster_is_away(
    away: dict[str, str], city: City, sign_in: Signer, who: str, page: str, said: str
) -> None:
    assert isinstance(city.index, ElasticsearchIndex)
    case = record_one(
        city.records, new_case(of=draft(body="门口的路灯坏了，请维修。", received_at=NOW))
    )
    shown = sign_in(who).get(page)
    assert shown.status == 200
    assert said in shown.words()
    if page.startswith("/tickets/search"):
        assert case.number in shown.words()  # by the filter alone, from the records


def test_messages_are_taken_in_while_the_cluster_is_away(
    away: dict[str, str], city: City, browser: Browser
) -> None:
    answer = browser.client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json()["index"] == "away"
    record_one(city.records, new_case(of=draft(body="门口的路灯坏了。", received_at=NOW)))
    with pytest.raises(Exception, match="cannot be reached|moment ago"):
        relay_turns.serve(city.records, city.index, city.holder, now)


def test_refusals_and_comparisons_are_shown(city: City, sign_in: Signer) -> None:
    case = record_one(city.records, new_case(of=draft(body="路灯坏了。", received_at=NOW)))
    admin = sign_in("administrator")
    assert "还没有和记录核对过" in admin.get("/administration/jobs/").words()
    with city.records.write() as work:
        [row] = outbox.waiting(work, 10)
        outbox.refused(work, row.id, "document_parsing_exception: <b>")
        work.commit()
    words = admin.get("/administration/jobs/").words()
    assert "document_parsing_exception: <b>" in words
    assert case.number in words
    relay_turns.serve(
        city.records, city.index, city.holder, now, relay_turns.CHECK, retention=city.retention
    )
    words = admin.get("/administration/jobs/").words()
    assert "全部一致" in words
    assert "document_parsing_exception" not in words


@pytest.fixture
def settings(
    tmp_path: Path,
    databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
    elasticsearch_url: str,
) -> Iterator[dict[str, str]]:
    """Of an empty home that has a cluster to move to."""
    name = f"city{secrets.token_hex(5)}"
    found = {**databases.home(tmp_path / "home"), "ELASTICSEARCH_NAME": name}
    for variable, value in found.items():
        monkeypatch.setenv(variable, value)
    yield {**found, "ELASTICSEARCH_URL": elasticsearch_url}
    index = open_index(read_settings({**found, "ELASTICSEARCH_URL": elasticsearch_url}))
    assert isinstance(index, ElasticsearchIndex)
    remove_all(index)


def test_a_city_moves_to_a_cluster_and_back(
    settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One setting and one command each way."""
    runner: FlaskCliRunner = create_app().test_cli_runner()

    def answer(*arguments: str) -> dict[str, Any]:
        done = runner.invoke(args=[*arguments, "--json"])
        assert done.exit_code == 0, done.output
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    file = write(tmp_path / "m.csv", 25)
    answer("intake", "import", str(file), "--channel", "web", "--map", MAPPING, "--as", "new")
    assert answer("monitor", "rebuild")["documents"] == 25
    embedded = answer("monitor", "search", "路灯", "--limit", "50")

    monkeypatch.setenv("ELASTICSEARCH_URL", settings["ELASTICSEARCH_URL"])
    assert isinstance(open_index(read_settings()), ElasticsearchIndex)
    assert answer("monitor", "rebuild")["documents"] == 25
    cluster = answer("monitor", "search", "路灯", "--limit", "50")
    assert cluster["total"] == embedded["total"] == 25
    assert {hit["number"] for hit in cluster["hits"]} == {hit["number"] for hit in embedded["hits"]}
    checked = answer("monitor", "check")
    assert (checked["messages"], checked["wrong"], checked["repaired"]) == (25, 0, 0)
    assert answer("monitor", "refused") == {"refused": 0}
    assert answer("monitor", "months") == {}
    told = runner.invoke(args=["monitor", "snapshot", "--folder", str(tmp_path)])
    assert told.exit_code == 1
    assert "path.repo" in told.output

    monkeypatch.setenv("ELASTICSEARCH_URL", "")
    assert isinstance(open_index(read_settings()), EmbeddedIndex)
    assert answer("monitor", "rebuild")["documents"] == 25
    assert answer("monitor", "search", "路灯", "--limit", "50") == embedded
    assert answer("monitor", "check")["wrong"] == 0
    told = runner.invoke(args=["monitor", "snapshot"])
    assert told.exit_code == 1
    assert "embedded" in told.output


@pytest.mark.sqlite  # nothing of it depends on the records
def test_commands_say_that_the_cluster_is_away(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELASTICSEARCH_URL", f"http://127.0.0.1:{free_port()}")
    runner = create_app().test_cli_runner()
    for command in (["relay"], ["rebuild"], ["check"], ["search", "路灯"], ["snapshot"]):
        told = runner.invoke(args=["monitor", *command])
        assert told.exit_code == 1
        assert "cannot be reached" in told.output or "a moment ago" in told.output
