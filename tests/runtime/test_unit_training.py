"""The office trains the model of units: a body that is not in the catalogue gets what is its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casework.departments import Department
from casework.errors import FileUnreadable
from casework.model import Assignment
from casework.storage import department_changes, models, trainings
from casework.storage.tables import TicketRow
from classifier.loading import shipped_labels
from classifier.report import read_report
from classifier.seeds import read_seeds
from runtime.clock import now
from runtime.model_use import go_back, put_to_use
from runtime.settings import read_settings
from runtime.trainings import run_trainings, train
from runtime.wiring import City, open_city
from tests.builders import draft, new_case, record_one
from tests.classifier.test_challenger import PLACES
from wsgi import create_app

RINKS = "BXZX"
"""A unit of the city's own: neither the catalogue nor the shipped model knows it."""
CLOSED, HEIR = "LYJ", "NYJ"
ABOUT_RINKS = [
    f"{place}滑冰馆的{thing}，{wish}"
    for place in PLACES[:12]
    for thing, wish in (
        ("冰面太软摔了人", "请派人看看"),
        ("冰刀租不到", "冬天去一趟白跑"),
        ("冰壶课停了", "什么时候再开"),
    )
]
UNSEEN = "滑冰馆冰面太软，冰刀也租不到，请来人看看"


pytestmark = pytest.mark.usefixtures("fewer_folds")


@pytest.fixture
def city(settings: dict[str, str]) -> Iterator[City]:
    opened = open_city(read_settings(settings))
    with opened.records.write() as work:
        rinks = Department(RINKS, "市冰雪运动中心", "bureau", "CITY", aliases=("冰雪中心",))
        department_changes.add_department(work, rinks, "guan", now())
        department_changes.close_department(work, CLOSED, HEIR, "guan", now())
        work.commit()
    opened.close()
    opened = open_city(read_settings(settings))  # it knows its units at once
    yield opened
    opened.close()


@pytest.fixture
def dispatched(city: City) -> City:
    """A city in which people sent messages to units, some before one of these was closed."""
    known = [(text, unit) for text, unit in read_seeds("unit") if unit in ("CGJ", "GAJ", CLOSED)]
    for text, unit in [*known, *((text, RINKS) for text in ABOUT_RINKS)]:
        of = draft(subject="", body=text, received_at=now())
        recorded = record_one(city.records, new_case(of=of, lead="CGJ"))
        with city.records.write() as work:
            ticket = work.session.scalars(
                select(TicketRow).where(TicketRow.id == recorded.ticket_id)
            ).one()
            ticket.assigned_by, ticket.lead_department = "li", unit
            work.commit()
    return city


def chosen(city: City) -> Assignment:
    """What the dispatch makes of a message about a rink."""
    return city.intake.route(city.intake.judge(UNSEEN), UNSEEN, "投诉", "", now())


def test_a_unit_of_the_city_is_learnt_and_dispatched_to(dispatched: City) -> None:
    city = dispatched
    assert RINKS not in {guess.department for guess in chosen(city).guesses}
    with city.records.write() as work:
        asked = trainings.ask_for(work, "unit", "guan", now())
        work.commit()
    run_trainings(city)
    with city.records.read() as work:
        done = trainings.training(work, asked)
        (kept,) = models.models(work, "unit")
    assert (done.state, done.error, done.version) == ("done", "", kept.version)
    report = read_report(kept.report)
    assert report.new_labels == (RINKS,)
    assert report.classes[RINKS] == len(ABOUT_RINKS)
    assert CLOSED not in report.classes
    assert report.classes[HEIR] == sum(unit == CLOSED for _, unit in read_seeds("unit"))
    # What the model in use says of the closed unit is held against the heir as well.
    assert CLOSED not in report.champion.labels
    assert report.champion.per_class[RINKS].recall == 0
    assert report.challenger.per_class[RINKS].recall > 0.5
    assert report.drift is not None
    card = json.loads(
        (city.settings.models_folder / kept.version / "unit.json").read_text(encoding="utf-8")
    )
    assert CLOSED not in card["classes"]

    put_to_use(city, kept.version, "guan")
    assert kept.version in city.classifier.engine
    first = chosen(city).guesses[0]
    assert first.department == RINKS
    assert first.reasons
    assert go_back(city, "unit", "guan").version == ""
    assert RINKS not in {guess.department for guess in chosen(city).guesses}


def test_a_file_names_units_as_people_do(city: City, tmp_path: Path) -> None:
    """By code, name or alias; a closed one counts for its heir, an unknown one is told."""
    file = tmp_path / "units.csv"
    lines = [f"冰雪中心,{text}" for text in ABOUT_RINKS]
    lines += [f"{unit},{text}" for text, unit in read_seeds("unit") if unit in ("GAJ", CLOSED)]
    lines += [f"市公安局,第{n}路口的红绿灯坏了，交警也不在" for n in range(10)]
    lines.append("市人民政府,请问市政府几点上班")
    file.write_text("unit,text\n" + "\n".join(lines), encoding="utf-8")
    version = train(city, "unit", file, "guan", lambda _step, _percent: None, "text", "unit")
    with city.records.read() as work:
        report = read_report(models.model(work, version).report)
    assert set(report.classes) == {RINKS, "GAJ", HEIR}
    assert report.rows == len(lines) - 1
    assert report.source == "units.csv"
    file.write_text("unit,text\n" + "没有这个局,路灯坏了\n" * 60, encoding="utf-8")
    with pytest.raises(FileUnreadable) as caught:
        train(city, "unit", file, "guan", lambda _step, _percent: None, "text", "unit")
    assert (caught.value.reason, caught.value.values["label"]) == ("unknown_label", "没有这个局")


def test_too_few_and_one_unit_say_so(city: City, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    for lines, reason in ((10, "too_few_labelled"), (60, "one_label")):
        rows = "".join(f"CGJ,第{n}号路灯坏了\n" for n in range(lines))
        file.write_text("unit,text\n" + rows, encoding="utf-8")
        with pytest.raises(FileUnreadable) as caught:
            train(city, "unit", file, "guan", lambda _step, _percent: None, "text", "unit")
        assert caught.value.reason == reason


def test_the_commands_know_the_task(
    settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    runner = create_app().test_cli_runner()
    file = tmp_path / "units.csv"
    known = [(text, unit) for text, unit in read_seeds("unit") if "," not in text]
    file.write_text("unit,text\n" + "".join(f"{u},{t}\n" for t, u in known), encoding="utf-8")

    def answer(*arguments: str) -> dict[str, Any]:
        done = runner.invoke(args=["classifier", *arguments, "--json"])
        assert done.exit_code == 0, done.output
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    made = answer("train", str(file), "--task", "unit")
    assert made["against"].startswith("unit-")
    assert made["new_labels"] == []
    assert answer("use", made["version"])["task"] == "unit"
    assert answer("models")["in_use"]["unit"] == made["version"]
    columns = ["--text-column", "text", "--label-column", "unit"]
    measured = answer("evaluate", str(file), "--task", "unit", *columns)
    assert set(measured["per_class"]) == {unit for _, unit in known}
    assert measured["accuracy"] > 0.9  # it was trained on them
    assert set(measured["per_class"]) <= set(shipped_labels("unit"))
