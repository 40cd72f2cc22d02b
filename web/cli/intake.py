"""flask intake …: taking files in."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from casework.model import IntakeMode
from casework.taxonomy import CHANNELS
from intake.connectors.csv_file import CsvSource, count_rows, read_mapping
from intake.import_file import import_file, rejected_file_for
from runtime.clock import now
from web.cli import keys
from web.cli.command import json_option, tell, telling, the_city
from web.reasons import in_words


@click.group()
def intake() -> None:
    """Take messages in."""


intake.add_command(keys.key)
intake.add_command(keys.set_aside_command)


@intake.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--channel", required=True, type=click.Choice(CHANNELS))
@click.option("--map", "mapping", required=True, help="field=column, …: subject=留言主题,body=…")
@click.option("--source", help="The system the file comes from; its numbers are unique in it.")
@click.option(
    "--as",
    "mode",
    type=click.Choice([mode.value for mode in IntakeMode]),
    help="history: clocks stopped, nobody warned. Without it: history when older than 30 days.",
)
@click.option("--dry-run", is_flag=True, help="Check every row, record nothing.")
@json_option
@telling
def import_command(
    file: Path,
    channel: str,
    mapping: str,
    source: str | None,
    mode: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take in a CSV file (UTF-8 or GB18030). Safe to kill and to run again.

    Rejected rows go to FILE.rejected.csv with the reason.
    """
    columns = read_mapping(mapping)
    with the_city() as city:
        opened = CsvSource(
            file=file,
            channel=channel,
            source=source or channel,
            columns=columns,
            zone=city.settings.zone,
            mode=IntakeMode(mode) if mode else None,
        )
        rejected = rejected_file_for(file, city.settings.home / "rejected")
        rows = count_rows(opened)
        started = time.perf_counter()
        with click.progressbar(length=rows, label=file.name, file=sys.stderr) as bar:
            counts = import_file(
                city.intake,
                opened,
                now(),
                words=in_words,
                rejected_file=rejected,
                dry_run=dry_run,
                progress=bar.update,
            )
    if counts.rejected:
        click.echo(f"→ {rejected}", err=True)
    tell(
        {
            "read": counts.read,
            "accepted": counts.accepted,
            "duplicates": counts.duplicates,
            "rejected": counts.rejected,
            "seconds": round(time.perf_counter() - started, 3),
        },
        as_json,
    )
