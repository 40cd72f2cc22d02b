"""What a watcher over the processes is told, and the log line of each request."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import text

from casework.storage import jobs, leases
from runtime.clock import now
from runtime.logs import log_handler
from runtime.scheduler import TIMETABLE
from runtime.wiring import City
from tests.web.browser import Browser
from tests.web.test_submit import fields


def test_live_and_ready(browser: Browser, city: City, clock: dict[str, datetime]) -> None:
    assert browser.client.get("/health/live").get_json() == {"status": "live"}
    answer = browser.client.get("/health/ready")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    said = answer.get_json()
    assert (said["status"], said["records"], said["index"]) == ("degraded", "ready", "missing")
    assert set(said["jobs"]) == {job.name for job in TIMETABLE}
    with city.index.rebuilding():
        pass
    assert browser.client.get("/health/ready").get_json()["status"] == "ready"


def test_a_stalled_job_degrades(browser: Browser, city: City, clock: dict[str, datetime]) -> None:
    with city.index.rebuilding():
        pass
    with city.records.write() as work:
        term = leases.take(work, leases.TIMETABLE, "one", now(), timedelta(minutes=1)).term
        assert jobs.claim(work, "relay", 1, "one", term, now())
        work.commit()
    clock["now"] = now() + timedelta(days=1)
    said = browser.client.get("/health/ready").get_json()
    assert (said["status"], said["jobs"]["relay"]) == ("degraded", "stalled")


def test_without_records_nothing_is_ready(browser: Browser, city: City) -> None:
    with city.records.write() as work:
        work.session.execute(text("DROP TABLE jobs"))
        work.commit()
    answer = browser.client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.get_json() == {"status": "unavailable", "records": "unavailable"}
    assert browser.client.get("/health/live").status_code == 200


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """What the log writes: as JSON, unless the test asks for text."""
    stream = StringIO()
    handler = log_handler(getattr(request, "param", "json"), stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_request_is_logged_by_its_pattern(app: Flask, written: StringIO) -> None:
    client = app.test_client()
    answer = client.get(
        "/tickets/2026-1120-00001?q=13800000001", headers={"X-Request-Id": "abcdef-123456"}
    )
    assert answer.headers["X-Request-Id"] == "abcdef-123456"
    assert client.get("/", headers={"X-Request-Id": "no good"}).headers["X-Request-Id"] != "no good"
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    lines = [line for line in lines if line["logger"] == "web.requests"]
    assert lines[0]["message"] == "GET /tickets/<number> 302"
    assert lines[0]["request_id"] == "abcdef-123456"
    assert lines[0]["milliseconds"] > 0
    assert "138" not in json.dumps(lines)


def test_what_a_citizen_writes_reaches_no_log(app: Flask, city: City, written: StringIO) -> None:
    """Not even when the database breaks in the middle of recording it."""
    with city.records.write() as work:
        work.session.execute(text("DROP TABLE outbox"))
        work.commit()
    browser = Browser(app)
    said_by_citizen = "楼道的灯坏了三天，请派人来修，我叫秦可卿，电话13812345678。"
    sent = fields(text=said_by_citizen, phone="13812345678", do="send", confirmed="yes")
    browser.post("/submit", sent, 503)
    said = written.getvalue()
    assert "outbox" in said
    assert "秦可卿" not in said
    assert "13812345678" not in said


@pytest.mark.parametrize("written", ["text"], indirect=True)
def test_the_text_form_is_for_people(written: StringIO) -> None:
    logging.getLogger("minsheng").warning("the index is damaged")
    assert "WARNING minsheng: the index is damaged" in written.getvalue()
