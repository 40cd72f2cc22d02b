"""Fixtures every test may use. The network is closed but for loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
from pytest_socket import socket_allow_hosts

from casework.calendar import starting_days
from casework.departments import DepartmentTree
from casework.office import Office
from casework.policy import read_policy
from casework.storage import migrate
from casework.storage import office as office_records
from casework.storage.engine import open_engine
from casework.storage.records import Records
from casework.storage.vault import open_vault
from casework.workdays import WorkingCalendar
from classifier.interface import Classifier
from classifier.loading import load
from classifier.places import GazetteerPlace
from intake.examine import Intake
from monitor.alerts import raise_urgent
from routing.assign import Dispatcher, DispatchSettings
from routing.catalogue import read_catalogue, starting_departments
from runtime.demonstration.sentences import departments as made_up_departments

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Reference data beside the checkout; tests that need it say so when it is absent."""
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)  # a Friday, 15:00 in the city


def lacking(what: str) -> NoReturn:
    """A part that cannot be had: skipped, and said so; under CI=true that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"not to be had here: {what}")
    pytest.skip(f"!! not to be had here: {what}")


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the reference data is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def calendar() -> WorkingCalendar:
    return WorkingCalendar({entry.day: entry for entry in starting_days(2009, 2028)})


@pytest.fixture(scope="session")
def departments() -> DepartmentTree:
    return DepartmentTree((*starting_departments(), *made_up_departments()))


@pytest.fixture(scope="session")
def office(calendar: WorkingCalendar, departments: DepartmentTree) -> Office:
    return Office(ZONE, departments, read_policy(), calendar)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """An empty SQLite database, migrated, with every department in it."""
    vault = open_vault(tmp_path / "key")
    opened = Records(open_engine(f"sqlite:///{tmp_path / 'records.sqlite'}", vault), vault)
    migrate.upgrade(opened.engine)
    with opened.write() as work:
        office_records.save_departments(work, (*starting_departments(), *made_up_departments()))
        work.commit()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    """The shipped classifier, knowing the made-up city's districts."""
    gazetteer = [
        GazetteerPlace(department.name, department.level, department.code)
        for department in made_up_departments()
        if department.level in ("district", "street")
    ]
    return load(gazetteer=gazetteer)


@pytest.fixture
def intake(records: Records, office: Office, classifier: Classifier) -> Intake:
    """Intake on an empty city: real records, classifier, catalogue and alarm."""
    dispatcher = Dispatcher(
        read_catalogue(), lambda: office.departments, DispatchSettings(None, 0.6)
    )
    return Intake(
        records=records,
        office=lambda: office,
        judge=classifier.judge,
        route=dispatcher.assign,
        alarm=partial(raise_urgent, zone=ZONE),
    )
