"""One city for the pages, people for every role, and pages that are checked as they are fetched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import delete
from werkzeug.routing import Map, RuleFactory

from casework.permissions import Role
from casework.storage import office as office_records
from casework.storage import people
from casework.storage.tables import WorkingDayRow
from classifier.interface import Classifier
from classifier.models_in_use import InUse, load_in_use
from runtime.demonstration.sentences import departments as made_up_departments
from runtime.settings import read_settings
from runtime.wiring import City, open_city
from tests.conftest import NOW
from tests.databases import Databases, server_of_this_run
from tests.web.browser import Browser
from web.app import create_app
from web.compile_translations import compile_translations

PASSWORD = "correct horse battery"
PEOPLE = {
    "operator": ([Role.OPERATOR], "RXZ"),
    "screener": ([Role.SCREENER], ""),
    "department": ([Role.DEPARTMENT], "CGJ"),
    "head": ([Role.HEAD], "CGJ"),
    "neighbour": ([Role.DEPARTMENT], "ZJJ"),
    "leader": ([Role.LEADER], ""),
    "administrator": ([Role.ADMINISTRATOR], ""),
}


@pytest.fixture(scope="session", autouse=True)
def translations() -> None:
    compile_translations()


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of a home that is set up, with people; every test works in a copy of it."""
    made = Databases(server_of_this_run())
    home = made.home(tmp_path_factory.mktemp("ready") / "home")
    opened = open_city(read_settings(home))
    with opened.records.write() as work:
        office_records.save_departments(work, made_up_departments())
        for username, (roles, department) in PEOPLE.items():
            people.add_user(work, username, f"{username} 某", roles, department, PASSWORD, NOW)
        # Each test reads the calendar, and years long past are most of it.
        work.session.execute(delete(WorkingDayRow).where(WorkingDayRow.day < date(2024, 1, 1)))
        work.commit()
    opened.close()
    yield home
    made.remove_all()


@cache
def _classifier() -> Classifier:
    return load_in_use(InUse(None, (), "linear", (), ()))


@pytest.fixture
def _one_classifier(ready_home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading the models takes longer than a test. Only in the tests here: others try out how models
    are taken over."""
    monkeypatch.setattr("runtime.wiring.load_in_use", lambda _: _classifier())


@pytest.fixture
def home(tmp_path: Path, databases: Databases, ready_home: dict[str, str]) -> dict[str, str]:
    """The settings of a home of the test's own."""
    folder = tmp_path / "home"
    shutil.copytree(ready_home["MINSHENG_HOME"], folder)
    settings = ready_home | {"MINSHENG_HOME": str(folder)}
    if not databases.sqlite:
        settings["DATABASE_URL"] = databases.copy(ready_home["DATABASE_URL"], folder)
    return settings


@pytest.fixture
def city(home: dict[str, str], _one_classifier: None) -> Iterator[City]:
    opened = open_city(read_settings(home))
    yield opened
    opened.close()


@pytest.fixture
def clock() -> dict[str, datetime]:
    """What time the pages think it is; a test may move it."""
    return {"now": NOW}


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates compiled once, not again by every application of a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


class RoutesOnce(Map):
    """The routes of the first application, which all that follow have too: compiling them takes a fifth
    of a test."""

    _complete = False

    def __call__(self, **_settings: object) -> Map:
        """Stands for the class: every application gets this very one."""
        return self

    def add(self, rulefactory: RuleFactory) -> None:
        if not self._complete:
            super().add(rulefactory)

    def application(self, city: City) -> Flask:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Flask, "url_map_class", self)
            made = create_app(city)
        self._complete = True
        return made


@pytest.fixture(scope="session")
def routes() -> RoutesOnce:
    return RoutesOnce()


@pytest.fixture
def app(
    city: City, clock: dict[str, datetime], compiled: BytecodeCache, routes: RoutesOnce
) -> Flask:
    made = routes.application(city)
    made.jinja_env.bytecode_cache = compiled
    made.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False, NOW=lambda: clock["now"])
    return made


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Somebody who is not signed in."""
    return Browser(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Browser]:
    """A browser of its own for one of PEOPLE."""

    def signed_in(username: str) -> Browser:
        browser = Browser(app)
        browser.get("/sign-in")
        answer: Any = browser.send("/sign-in", {"username": username, "password": PASSWORD})
        assert answer.status_code == 303, answer.status_code
        return browser

    return signed_in
