"""The timetable's share of learning: training what a page asked for, and teaching by command."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from casework.departments import DISTRICT_GOVERNMENTS
from casework.errors import FileUnreadable, MinshengError, Stopped
from casework.storage import models, trainings
from casework.storage.corrections import UNIT
from casework.storage.labelled_rows import judged_counts, labelled_rows, unlabelled_texts
from classifier.loading import SentimentEngineName
from classifier.report import written
from classifier.rows import Row, read_rows
from runtime.clock import now
from runtime.wiring import City

log = logging.getLogger(__name__)
MONTH = timedelta(days=30)
MOST_TAUGHT = 2_000
OFFICE = "office"

Progress = Callable[[str, int], None]


def run_trainings(city: City) -> None:
    """Train everything that waits, one after another. What befalls one stands in its row."""
    while True:
        with city.records.write() as work:
            training = trainings.take_next(work, now())
            work.commit()
        if training is None:
            return
        _run(city, training)


def _run(city: City, training: trainings.Training) -> None:
    version, error = "", ""

    def progress(step: str, percent: int) -> None:
        if city.ending.is_set():
            raise Stopped("this process ends")
        with city.records.write() as work:
            trainings.progress(work, training.id, step, percent)
            work.commit()

    try:
        version = train(city, training.task, None, training.asked_by, progress)
    except Stopped:
        with city.records.write() as work:
            trainings.wait_again(work, training.id)
            work.commit()
        raise
    except FileUnreadable as failed:
        # A key and its values: the page says it in the reader's language.
        error = f"{failed.reason} {failed.values.get('rows', '')}".strip()
    except MinshengError as failed:
        error = str(failed) or type(failed).__name__
    except Exception as failed:
        log.exception("training %s", training.task)
        error = f"{type(failed).__name__}: {failed}"
    with city.records.write() as work:
        trainings.end(work, training.id, version, error, now())
        work.commit()


def train(
    city: City,
    task: str,
    file: Path | None,
    by: str,
    progress: Progress,
    text_column: str = "text",
    label_column: str = "label",
    engine: SentimentEngineName | None = None,
) -> str:
    """Train a challenger on a CSV file, or on what the office labelled, compare it with the model in
    use and keep it; its version. Nothing judges with it yet. A file names units by code, name or
    alias. Raises FileUnreadable."""
    # scikit-learn takes seconds to import and is needed for nothing else.
    from classifier.challenger import Teaching, make_challenger
    from classifier.training import Task

    of = cast(Task, task)
    present = now()
    bodies = _bodies(city) if task == UNIT else None
    with city.records.read() as work:
        month = judged_counts(work, task, present - MONTH, present)
        if file is None:
            labelled = labelled_rows(work, task)
            texts = unlabelled_texts(work, MOST_TAUGHT)
            teaching = Teaching(
                of,
                OFFICE,
                [Row(row.text, row.label, OFFICE) for row in labelled],
                sum(row.corrected for row in labelled),
                texts,
                month,
                bodies,
            )
        else:
            rows = read_rows(file, text_column, label_column).rows
            if task == UNIT:
                rows = tuple(_of_units(city, rows))
            teaching = Teaching(of, file.name, rows, month=month, bodies=bodies)
    city.classifier.look()
    made = make_challenger(
        teaching,
        city.settings.models_folder,
        city.classifier.current,
        present.astimezone(city.settings.zone).date(),
        progress,
        engine or city.settings.sentiment_engine,
    )
    with city.records.write() as work:
        models.add_model(work, made.version, task, made.digest, written(made.report), by, now())
        work.commit()
    return made.version


def _bodies(city: City) -> dict[str, str]:
    """The code each unit of the city is dispatched to by now, by its own."""
    departments = city.office().departments
    of_each = {each.code: departments.dispatched_as(each.code) for each in departments}
    return {DISTRICT_GOVERNMENTS: DISTRICT_GOVERNMENTS} | of_each


def _of_units(city: City, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows with the codes of the city's units; those nobody answers for now are left out. Raises
    FileUnreadable("unknown_label") for a unit the city does not know."""
    departments = city.office().departments
    for row in rows:
        known = departments.by_name(row.label)
        if known is None:
            raise FileUnreadable("unknown_label", label=row.label[:60])
        if code := departments.dispatched_as(known.code):
            yield replace(row, label=code)
