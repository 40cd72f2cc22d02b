"""flask classifier …: judging, training, measuring, and which model is in use."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import click
from msgspec import to_builtins

from casework.errors import Rejected
from casework.events import PROGRAM
from casework.storage import models as kept_models
from casework.storage.models import TRAINED_TASKS
from classifier.evaluation import RANKED_TASKS, EvaluatedTask
from classifier.evaluation import evaluate as evaluate_classifier
from classifier.loading import SentimentEngineName
from classifier.report import read_report
from classifier.rows import read_rows
from classifier.stock_snownlp import evaluate_stock
from runtime import model_use
from runtime.settings import Settings, read_settings
from runtime.wiring import open_classifier
from web.cli.command import json_option, tell, telling, the_city
from web.cli.word_lists import dictionary, gazetteer

TASKS = ("topic", "sentiment", "kind", "urgency", "unit")
ENGINES: tuple[SentimentEngineName, ...] = ("linear", "snownlp")

engine_option = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="What judges the sentiment. Default: MINSHENG_SENTIMENT_ENGINE.",
)


@click.group()
def classifier() -> None:
    """Judge texts; train and measure the models; choose which one judges."""


@classifier.command()
@click.argument("text")
@json_option
@telling
def judge(text: str, as_json: bool) -> None:
    """Judge one text and show why."""
    judgement = to_builtins(open_classifier(read_settings()).judge(text))
    if as_json:
        tell(judgement, as_json)
    else:
        click.echo(json.dumps(judgement, ensure_ascii=False, indent=2))


@classifier.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--task", required=True, type=click.Choice(TRAINED_TASKS))
@click.option("--corrections", is_flag=True, help="Train on what the office labelled.")
@click.option("--text-column", default="text", show_default=True)
@click.option("--label-column", help="Default: label for topics, else the task's name.")
@engine_option
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Only train, into this folder: no records, nothing compared.",
)
@json_option
@telling
def train(
    file: Path | None,
    task: Literal["topic", "sentiment", "kind", "unit"],
    corrections: bool,
    text_column: str,
    label_column: str | None,
    engine: SentimentEngineName | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Train a challenger on the city's own CSV, or on its corrections, and compare it with the model
    in use. It judges once `flask classifier use` says so."""
    if (file is None) != corrections or (output is not None and file is None):
        raise Rejected("train_source")
    column = label_column or ("label" if task == "topic" else task)
    if output is not None and file is not None:
        # scikit-learn takes seconds to import and is needed for nothing else.
        from classifier import training

        card = training.train(file, task, output, text_column=text_column, label_column=column)
        tell(dataclasses.asdict(card), as_json)
        return
    from runtime import trainings

    def progress(step: str, percent: int) -> None:
        click.echo(f"{percent:3}% {step}", err=True)

    with the_city() as city:
        version = trainings.train(city, task, file, PROGRAM, progress, text_column, column, engine)
        with city.records.read() as work:
            kept = kept_models.model(work, version)
    tell(_told(kept), as_json)


@classifier.command("models")
@json_option
@telling
def models_command(as_json: bool) -> None:
    """The models trained here and which are in use."""
    with the_city() as city, city.records.read() as work:
        every = [_told(kept) for kept in kept_models.models(work)]
        uses = {task: kept_models.use_of(work, task) for task in TRAINED_TASKS}
    in_use = {task: use.version if use and use.version else "shipped" for task, use in uses.items()}
    tell({"in_use": in_use, "models": every}, as_json)


@classifier.command()
@click.argument("version", required=False)
@click.option("--previous", is_flag=True, help="Go back to the model before.")
@click.option("--shipped", is_flag=True, help="Go back to the model shipped with the program.")
@click.option("--task", type=click.Choice(TRAINED_TASKS), default="topic", show_default=True)
@json_option
@telling
def use(version: str | None, previous: bool, shipped: bool, task: str, as_json: bool) -> None:
    """Judge with a model trained here; every process does within seconds, the old one is kept.

    --task says of which task to go back.
    """
    if bool(version) + previous + shipped != 1:
        raise Rejected("use_what")
    with the_city() as city:
        if version:
            used = model_use.put_to_use(city, version, PROGRAM)
        elif previous:
            used = model_use.go_back(city, task, PROGRAM)
        else:
            used = model_use.use_shipped(city, task, PROGRAM)
    tell(
        {
            "task": used.task,
            "in_use": used.version or "shipped",
            "before": used.before or "shipped",
        },
        as_json,
    )


@classifier.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--task", required=True, type=click.Choice(TASKS))
@click.option("--text-column", required=True)
@click.option("--label-column", required=True)
@click.option(
    "--accuracy",
    type=click.FloatRange(0, 1),
    help="Also the certainty from which on this accuracy is reached, and the share of rows above it.",
)
@click.option(
    "--only-labels-of-file",
    is_flag=True,
    help="Let only labels that occur in the file be chosen (topic, unit).",
)
@engine_option
@click.option("--table", is_flag=True, help="Sentiment by every engine, and by stock SnowNLP.")
@click.option("--stock-rows", default=1_000, show_default=True, help="It judges 25 a second.")
@json_option
@telling
def evaluate(
    file: Path,
    task: EvaluatedTask,
    text_column: str,
    label_column: str,
    accuracy: float | None,
    only_labels_of_file: bool,
    engine: SentimentEngineName | None,
    table: bool,
    stock_rows: int,
    as_json: bool,
) -> None:
    """Measure the classifier on labelled rows. Always makes the full judgement.

    Stock SnowNLP knows two classes; two thresholds found by cross-validation make three of them.
    """
    if (table or engine) and task != "sentiment":
        raise Rejected("engine_task")
    if only_labels_of_file and task not in RANKED_TASKS:
        raise Rejected("ranked_task")
    rows = read_rows(file, text_column, label_column).pairs
    settings = read_settings()
    if engine:
        settings = replace(settings, sentiment_engine=engine)
    judge_with = open_classifier(settings)
    done = evaluate_classifier(judge_with, rows, task, accuracy, only_labels_of_file)
    measured = dataclasses.asdict(done)
    if table:
        measured["table"] = _table(settings, rows, stock_rows)
    tell(measured, as_json)


def _table(
    settings: Settings, rows: Sequence[tuple[str, str]], stock_rows: int
) -> list[dict[str, Any]]:
    lines = []
    for engine in ENGINES:
        judge_with = open_classifier(replace(settings, sentiment_engine=engine))
        done = evaluate_classifier(judge_with, rows, "sentiment")
        lines.append(_line(engine, done.n, done.accuracy, done.macro_f1))
    chosen = rows[:: max(1, -(-len(rows) // stock_rows))]
    stock = evaluate_stock(chosen)
    line = _line("stock snownlp, two thresholds", stock.n, stock.accuracy, stock.macro_f1)
    return [*lines, line | {"thresholds": stock.thresholds}]


def _line(engine: str, n: int, accuracy: float, macro_f1: float) -> dict[str, Any]:
    return {"engine": engine, "n": n, "accuracy": accuracy, "macro_f1": macro_f1}


def _told(kept: kept_models.KeptModel) -> dict[str, Any]:
    report = read_report(kept.report)
    return {
        "version": kept.version,
        "task": kept.task,
        "made_by": kept.made_by,
        "made_at": kept.made_at.isoformat(),
        "source": report.source,
        "rows": report.rows,
        "new_labels": list(report.new_labels),
        "against": report.champion.version,
        "comparison": dataclasses.asdict(report.comparison),
        "macro_f1": report.challenger.macro_f1,
        "champion_macro_f1": report.champion.macro_f1,
    }


classifier.add_command(dictionary)
classifier.add_command(gazetteer)
