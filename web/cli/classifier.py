"""flask classifier …: judging, training, measuring. Needs no records."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Literal

import click

from classifier.evaluation import EvaluatedTask
from classifier.evaluation import evaluate as evaluate_classifier
from classifier.rows import read_rows
from runtime.settings import read_settings
from runtime.wiring import open_classifier
from web.cli.command import json_option, tell, telling
from web.cli.word_lists import dictionary, gazetteer

TASKS = ("topic", "sentiment", "kind", "urgency")
TRAINED_TASKS = ("topic", "sentiment")


@click.group()
def classifier() -> None:
    """Judge texts; train and measure the models."""


@classifier.command()
@click.argument("text")
@json_option
@telling
def judge(text: str, as_json: bool) -> None:
    """Judge one text and show why."""
    judgement = dataclasses.asdict(open_classifier(read_settings()).judge(text))
    if as_json:
        tell(judgement, as_json)
    else:
        click.echo(json.dumps(judgement, ensure_ascii=False, indent=2))


@classifier.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--task", required=True, type=click.Choice(TRAINED_TASKS))
@click.option("--text-column", default="text", show_default=True)
@click.option("--label-column", help="Default: label for topics, sentiment for sentiment.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for model and card. Default: the home's models, which this city then uses.",
)
@json_option
@telling
def train(
    file: Path,
    task: Literal["topic", "sentiment"],
    text_column: str,
    label_column: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Train a model on the city's own CSV."""
    # scikit-learn takes seconds to import and is needed for nothing else.
    from classifier import training

    card = training.train(
        file,
        task,
        output or read_settings().models_folder,
        text_column=text_column,
        label_column=label_column or ("label" if task == "topic" else "sentiment"),
    )
    tell(dataclasses.asdict(card), as_json)


@classifier.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--task", required=True, type=click.Choice(TASKS))
@click.option("--text-column", required=True)
@click.option("--label-column", required=True)
@json_option
@telling
def evaluate(
    file: Path, task: EvaluatedTask, text_column: str, label_column: str, as_json: bool
) -> None:
    """Measure the classifier on labelled rows. Always makes the full judgement."""
    judge_with = open_classifier(read_settings())
    rows = read_rows(file, text_column, label_column).pairs
    tell(dataclasses.asdict(evaluate_classifier(judge_with, rows, task)), as_json)


classifier.add_command(dictionary)
classifier.add_command(gazetteer)
