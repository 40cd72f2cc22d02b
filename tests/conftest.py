"""Fixtures every test may use. The network is closed but for loopback."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from casework.storage import migrate, passwords
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
from tests.databases import SERVER, Databases, server_of_this_run
from tests.services import postgresql
from tests.services.elasticsearch import of_this_run
from tests.services.elasticsearch.parts import NotInstalled

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Reference data beside the checkout; tests that need it say so when it is absent."""
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)  # a Friday, 15:00 in the city


def lacking(what: str) -> NoReturn:
    """A part that cannot be had: skipped, and said so; under CI=true that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"not to be had here: {what}")
    pytest.skip(f"!! not to be had here: {what}")


MAKE_RECORDS = {"databases", "records_to_read"}
"""Fixtures that make records: a test that has one of them touches them."""
WINDOWS = "tests/browser/"

_server: list[postgresql.Server] = []
_began = [False]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what holds the records; postgresql: only the tests that touch them are run",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once; the workers of a parallel run find it by the environment."""
    _began[0] = of_this_run.begin()
    if config.getoption("--database") == "postgresql" and not server_of_this_run():
        try:
            _server.append(postgresql.start())
        except postgresql.NotInstalled as error:
            pytest.exit(f"!! not to be had here: {error}", returncode=1)
        os.environ[SERVER] = _server[0].address


def pytest_unconfigure() -> None:
    while _server:
        _server.pop().stop()
        del os.environ[SERVER]
    if _began[0]:
        _began[0] = False
        of_this_run.end()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other database's ways; on PostgreSQL also what was run beside SQLite
    and is the same: what never touches the records, and windows, whose pages tests/web asks of both."""
    postgres = bool(server_of_this_run())
    other = "sqlite" if postgres else "postgresql"
    kept, left_out = [], []
    for item in items:
        touches = not MAKE_RECORDS.isdisjoint(getattr(item, "fixturenames", ()))
        asked_here = touches and WINDOWS not in item.nodeid
        wanted = (asked_here or not postgres) and item.get_closest_marker(other) is None
        (kept if wanted else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session", autouse=True)
def _fast_hashes() -> Iterator[None]:
    """Passwords of tests need no protection."""
    slow = passwords.hasher
    passwords.hasher = type(slow)(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords.hasher = slow


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the reference data is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """The address of a real Elasticsearch that all tests of a run share."""
    try:
        return of_this_run.address()
    except NotInstalled as error:
        lacking(str(error))


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
def databases() -> Iterator[Databases]:
    """Makes databases of the kind this run is about."""
    made = Databases(server_of_this_run())
    yield made
    made.remove_all()


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database with every department in it, closed; tests work in copies."""
    folder = tmp_path_factory.mktemp("migrated")
    made = Databases(server_of_this_run())
    url = made.fresh(folder)
    vault = open_vault(folder / "key")
    opened = Records(open_engine(url, vault), vault)
    migrate.upgrade(opened.engine)
    with opened.write() as work:
        office_records.save_departments(work, (*starting_departments(), *made_up_departments()))
        work.commit()
    opened.close()
    yield url
    made.remove_all()


@pytest.fixture
def records(tmp_path: Path, databases: Databases, migrated_database: str) -> Iterator[Records]:
    """Records without a message, migrated, with every department in them."""
    with _opened(databases, migrated_database, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def records_to_read(
    tmp_path_factory: pytest.TempPathFactory, migrated_database: str
) -> Iterator[Records]:
    """The same, for tests of a module that fill them once and then only read."""
    made = Databases(server_of_this_run())
    with _opened(made, migrated_database, tmp_path_factory.mktemp("read")) as opened:
        yield opened
    made.remove_all()


@contextmanager
def _opened(databases: Databases, original: str, folder: Path) -> Iterator[Records]:
    vault = open_vault(folder / "key")
    opened = Records(open_engine(databases.copy(original, folder), vault), vault)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def load_classifier() -> Callable[[], Classifier]:
    """Makes the shipped classifier, knowing the made-up city's districts; can be pickled."""
    gazetteer = [
        GazetteerPlace(department.name, department.level, department.code)
        for department in made_up_departments()
        if department.level in ("district", "street")
    ]
    return partial(load, gazetteer=gazetteer)


@pytest.fixture(scope="session")
def classifier(load_classifier: Callable[[], Classifier]) -> Classifier:
    return load_classifier()


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
