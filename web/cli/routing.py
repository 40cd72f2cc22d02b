"""flask routing …: measuring the dispatch, and looking into the queues."""

from __future__ import annotations

from pathlib import Path

import click

from classifier.evaluation import read_rows
from routing.evaluation import evaluate
from web.cli.command import json_option, tell, telling, the_city


@click.group()
def routing() -> None:
    """Measure the dispatch; look into the queues."""


@routing.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text-column", required=True)
@click.option("--label-column", required=True, help="Codes; | between several right ones.")
@json_option
@telling
def evaluate_command(file: Path, text_column: str, label_column: str, as_json: bool) -> None:
    """How often the right department comes first, among three, and when it is assigned at once."""
    with the_city() as city:
        rows = read_rows(file, text_column, label_column)
        measured = evaluate(city.intake.judge, city.intake.route, rows)
    tell(
        {
            "n": measured.n,
            "top1": measured.top1,
            "top3": measured.top3,
            "assigned_share": measured.assigned_share,
            "assigned_top1": measured.assigned_top1,
        },
        as_json,
    )
