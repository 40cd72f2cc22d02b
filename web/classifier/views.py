"""The classifier's page: how each model fares, and for administrators which one judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from casework.errors import Conflict, FileUnreadable, NotFound
from casework.permissions import Action
from casework.storage import models, trainings
from casework.storage.corrections import TASKS
from casework.storage.labelled_rows import (
    correction_counts,
    corrections_since,
    judged_counts,
    said_and_held,
)
from casework.storage.models import TRAINED_TASKS
from casework.storage.records import Work
from casework.taxonomy import KINDS, SENTIMENTS, first_level_topics
from classifier.drift import drift
from runtime import model_use
from web.access import me, requires
from web.city import city
from web.classifier.card_shown import cards_of
from web.classifier.matrix import matrix, matrix_of
from web.clock import now
from web.reasons import in_words

blueprint = Blueprint("classifier", __name__, url_prefix="/classifier")
MONTH = timedelta(days=30)
PAIRS_SHOWN = 15
KNOWN = {"topic": first_level_topics(), "kind": KINDS, "sentiment": SENTIMENTS}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Corrections of a task: all, those no training has seen, and what was most often taken for
    what: said, held, how often."""

    task: str
    total: int
    unseen: int
    pairs: tuple[tuple[str, str, int], ...]


@blueprint.get("/")
@requires(Action.READ_CLASSIFIER)
def models_page() -> Any:
    """The model in use, the challenger beside it, and how the city has moved."""
    return _page()


@blueprint.post("/train")
@requires(Action.ADMINISTER)
def train() -> Any:
    """Ask the timetable for a training on what the office labelled."""
    try:
        with city().records.write() as work:
            trainings.ask_for(work, _task(), me().username, now())
            work.commit()
    except Conflict as error:
        return _page(in_words(error)), 409
    return redirect(url_for("classifier.models_page", task=_task()), 303)


@blueprint.post("/use")
@requires(Action.ADMINISTER)
def use() -> Any:
    """Judge with another model: one trained here, the one before, or the one shipped."""
    try:
        _use(request.form.get("do", ""), me().username)
    except Conflict as error:
        return _page(in_words(error)), 409
    except FileUnreadable as error:
        return _page(in_words(error)), 400
    return redirect(url_for("classifier.models_page", task=_task()), 303)


def _use(do: str, by: str) -> None:
    if do == "previous":
        model_use.go_back(city(), _task(), by)
    elif do == "shipped":
        model_use.use_shipped(city(), _task(), by)
    else:
        model_use.put_to_use(city(), request.form.get("version", "")[:60], by)


@blueprint.get("/trainings/<key>")
@requires(Action.READ_CLASSIFIER)
def progress(key: str) -> Any:
    """How far a training is; a page that is open asks every other second."""
    try:
        wanted = UUID(key)
    except ValueError:
        raise NotFound("training", key) from None
    with city().records.read() as work:
        found = trainings.training(work, wanted)
    answer = Response(render_template("classifier/progress.html", training=found))
    if not found.busy:
        answer.headers["HX-Refresh"] = "true"  # it has ended: the page shows what came of it
    return answer


def _task() -> str:
    wanted = request.values.get("task", "")
    return wanted if wanted in TRAINED_TASKS else TRAINED_TASKS[0]


def _page(problem: str = "") -> str:
    task, present = _task(), now()
    with city().records.read() as work:
        shown = cards_of(work, task)
        before = judged_counts(work, task, present - 2 * MONTH, present - MONTH)
        month = judged_counts(work, task, present - MONTH, present)
        waiting = _waiting(work)
        held = matrix_of(said_and_held(work, task))
        last = trainings.trainings(work)
    challenger = shown.challenger
    report = (challenger or shown.in_use).report
    trouble = city().classifier.problem
    return render_template(
        "classifier/models.html",
        task=task,
        tasks=TRAINED_TASKS,
        known=KNOWN.get(task, ()),
        cards=shown,
        report=report,
        matrix=matrix(report.challenger.labels, report.challenger.confusion) if report else None,
        held=held,
        moved=drift(before, month),
        waiting=waiting,
        trainings=last,
        running=next((each for each in last if each.busy), None),
        engine=city().classifier.engine,
        trouble=in_words(trouble) if trouble is not None else "",
        problem=problem,
    )


def _waiting(work: Work) -> tuple[Waiting, ...]:
    counted = correction_counts(work)
    found = []
    for task in TASKS:
        pairs = counted.get(task, {})
        trained = models.models(work, task)
        seen = trained[0].made_at if trained else None
        shown = [(said, held, number) for (said, held), number in pairs.items()][:PAIRS_SHOWN]
        found.append(
            Waiting(
                task,
                sum(pairs.values()),
                corrections_since(work, task, seen),
                tuple(shown),
            )
        )
    return tuple(found)
