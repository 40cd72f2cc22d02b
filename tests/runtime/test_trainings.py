"""Learning from the office: from what people said to a model in use, by job and by command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from casework.errors import Conflict, FileUnreadable, Rejected, Stopped
from casework.storage import audit, models, trainings
from casework.storage.corrections import Labels, record_corrections
from casework.storage.labelled_rows import (
    correction_counts,
    corrections_since,
    judged_counts,
    labelled_rows,
    unlabelled_texts,
)
from casework.storage.tables import TicketRow
from classifier.seeds import read_seeds
from runtime.clock import now
from runtime.model_use import go_back, put_to_use, use_shipped
from runtime.settings import read_settings
from runtime.trainings import run_trainings
from runtime.wiring import City, open_city
from tests.builders import draft, new_case, record_one
from wsgi import create_app

PEOPLE = 85
"""Messages somebody corrected; ten more were sent on as they were."""

WRONG = "公文"
"""What the program is made to have said, so that every label corrects it."""


pytestmark = pytest.mark.usefixtures("fewer_folds")


@pytest.fixture
def city(settings: dict[str, str]) -> Iterator[City]:
    opened = open_city(read_settings(settings))
    yield opened
    opened.close()


@pytest.fixture
def labelled(city: City) -> City:
    """A city in which people have corrected kinds."""
    chosen = sorted(read_seeds("kind"))[: PEOPLE + 10]
    for number, (text, label) in enumerate(chosen):
        of = draft(subject="", body=text, received_at=now())
        recorded = record_one(city.records, new_case(of=of, lead="CGJ"))
        with city.records.write() as work:
            if number < PEOPLE:
                before, after = Labels("", WRONG, "", ""), Labels("", label, "", "")
                record_corrections(work, recorded.message_id, before, after, "e", "li", now())
            else:
                ticket = work.session.scalars(
                    select(TicketRow).where(TicketRow.id == recorded.ticket_id)
                ).one()
                ticket.assigned_by, ticket.kind = "li", label
            work.commit()
    return city


def test_what_people_said_is_labelled_rows(labelled: City) -> None:
    with labelled.records.read() as work:
        kinds = labelled_rows(work, "kind")
        assert len(kinds) == PEOPLE + 10
        assert sum(row.corrected for row in kinds) == PEOPLE
        assert labelled_rows(work, "sentiment") == ()
        assert len(labelled_rows(work, "kind", 5)) == 5
        assert len(unlabelled_texts(work, 1000)) == 10
        counts = correction_counts(work)
        assert sum(counts["kind"].values()) == PEOPLE
        assert {before for before, _ in counts["kind"]} == {WRONG}
        assert corrections_since(work, "kind", None) == PEOPLE
        assert corrections_since(work, "kind", now()) == 0
        month = judged_counts(work, "kind", now().replace(year=2000), now())
    assert sum(month.values()) == PEOPLE + 10


def test_a_training_asked_for_is_run_once_and_put_to_use_and_back(labelled: City) -> None:
    city = labelled
    with city.records.write() as work:
        asked = trainings.ask_for(work, "kind", "guanli", now())
        with pytest.raises(Conflict, match="training"):
            trainings.ask_for(work, "kind", "guanli", now())
        with pytest.raises(Rejected):
            trainings.ask_for(work, "urgency", "guanli", now())
        work.commit()
    run_trainings(city)
    run_trainings(city)
    with city.records.read() as work:
        done = trainings.training(work, asked)
        (kept,) = models.models(work, "kind")
    assert (done.state, done.error, done.percent, done.version) == ("done", "", 100, kept.version)
    before = city.classifier.engine
    put_to_use(city, kept.version, "guanli")
    assert kept.version in city.classifier.engine
    with pytest.raises(Conflict, match="in_use"):
        put_to_use(city, kept.version, "guanli")
    assert go_back(city, "kind", "guanli").version == ""
    assert city.classifier.engine == before
    assert go_back(city, "kind", "guanli").version == kept.version
    assert use_shipped(city, "kind", "guanli").before == kept.version
    assert city.classifier.engine == before
    with pytest.raises(Conflict, match="no_previous"):
        go_back(city, "topic", "guanli")
    with city.records.read() as work:
        assert list(audit.verify(work)) == []


def test_a_model_whose_file_was_changed_is_not_put_to_use(labelled: City) -> None:
    city = labelled
    with city.records.write() as work:
        trainings.ask_for(work, "kind", "guanli", now())
        work.commit()
    run_trainings(city)
    with city.records.read() as work:
        (kept,) = models.models(work)
    file = city.settings.models_folder / kept.version / "kind.npz"
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(FileUnreadable, match="model_changed"):
        put_to_use(city, kept.version, "guanli")
    with city.records.read() as work:
        assert models.use_of(work, "kind") is None


def test_too_few_rows_end_the_training_and_say_so(city: City) -> None:
    with city.records.write() as work:
        asked = trainings.ask_for(work, "topic", "guanli", now())
        work.commit()
    run_trainings(city)
    with city.records.read() as work:
        ended = trainings.training(work, asked)
        assert models.models(work) == ()
    assert (ended.state, ended.error) == ("failed", "too_few_labelled 0")


def test_a_training_cut_off_begins_anew_and_not_for_ever(labelled: City) -> None:
    city = labelled
    with city.records.write() as work:
        asked = trainings.ask_for(work, "kind", "guanli", now())
        work.commit()
    city.ending.set()
    with pytest.raises(Stopped):
        run_trainings(city)
    city.ending.clear()
    with city.records.read() as work:
        assert trainings.training(work, asked).state == "waiting"
    for _ in range(trainings.MOST_TRIES):  # the process is killed each time
        with city.records.write() as work:
            assert trainings.take_next(work, now()) is not None
            work.commit()
    with city.records.write() as work:
        assert trainings.take_next(work, now()) is None
        work.commit()
    with city.records.read() as work:
        assert trainings.training(work, asked).error == trainings.UNFINISHED


def test_a_file_and_the_commands(
    settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    runner = create_app().test_cli_runner()
    file = tmp_path / "kinds.csv"
    lines = [f"{label},{text}\n" for text, label in read_seeds("kind") if "," not in text][:200]
    file.write_text("kind,text\n" + "".join(lines), encoding="utf-8")
    made = answer(runner, "train", str(file), "--task", "kind")
    assert made["against"].startswith("kind-")
    assert made["comparison"]["verdict"] in ("better", "worse", "undecided")
    listed = answer(runner, "models")
    assert [model["version"] for model in listed["models"]] == [made["version"]]
    assert listed["in_use"]["kind"] == "shipped"
    used = answer(runner, "use", made["version"])
    assert used == {"task": "kind", "in_use": made["version"], "before": "shipped"}
    back = answer(runner, "use", "--previous", "--task", "kind")
    assert (back["in_use"], back["before"]) == ("shipped", made["version"])
    for wrong in (
        ["use"],
        ["use", "no-such"],
        ["use", made["version"], "--previous"],
        ["use", "--previous"],
        ["train", "--task", "kind"],
        ["train", "--task", "kind", "--corrections"],
    ):
        failed = runner.invoke(args=["classifier", *wrong])
        assert failed.exit_code == 1, failed.output
        assert "Traceback" not in failed.output


def answer(runner: FlaskCliRunner, *arguments: str) -> dict[str, Any]:
    done = runner.invoke(args=["classifier", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
