"""flask intake …: taking files in, and the sources messages come from."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from casework.errors import Rejected
from casework.model import IntakeMode
from casework.taxonomy import CHANNELS
from intake.connectors.columns import read_mapping
from intake.connectors.file_rows import FileSource, survey
from intake.import_file import FileImport, ImportCounts, check_file, import_file
from intake.rejected_rows import rejected_file_for
from intake.saved_mapping import file_source
from intake.take_in import as_messages
from runtime.clock import now
from runtime.file_imports import judge_ahead
from runtime.wiring import City
from web.cli import keys
from web.cli.command import json_option, tell, telling, the_city
from web.cli.sources import poll_command, source_group, sources_command
from web.reasons import in_words


@click.group()
def intake() -> None:
    """Take messages in."""


for command in (sources_command, source_group, poll_command):
    intake.add_command(command)
intake.add_command(keys.key)
intake.add_command(keys.set_aside_command)


@intake.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--channel", type=click.Choice(CHANNELS))
@click.option("--map", "mapping", help="field=column, …: subject=留言主题,body=…")
@click.option(
    "--source",
    help="The system the file comes from; its numbers are unique in it. The code of a saved source "
    "brings channel and mapping along.",
)
@click.option("--sheet", default="", help="Of a workbook; the first without it.")
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
    channel: str | None,
    mapping: str | None,
    source: str | None,
    sheet: str,
    mode: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take in a CSV, XLSX or JSON-lines file. Safe to kill and to run again.

    Rejected rows go to FILE.rejected.csv with the reason.
    """
    columns = read_mapping(mapping) if mapping else None
    with the_city() as city:
        opened = _source(city, file, channel, columns, source, sheet)
        opened = replace(opened, mode=IntakeMode(mode) if mode else None)
        rejected = rejected_file_for(file, city.settings.rejected_folder)
        known = survey(opened)
        wanted = FileImport(opened, in_words, rejected, known)
        started = time.perf_counter()
        with click.progressbar(length=known.rows, label=file.name, file=sys.stderr) as bar:
            if dry_run:
                counts = check_file(wanted, now(), bar.update)
            else:
                counts = _imported(city, wanted, bar.update)
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


def _imported(city: City, wanted: FileImport, progress: Callable[[int], None]) -> ImportCounts:
    with judge_ahead(city) as ahead:
        take_in = as_messages(replace(city.intake, judge=ahead.judge))
        return import_file(take_in, wanted, now(), progress=progress, expect=ahead.expect)


def _source(
    city: City,
    file: Path,
    channel: str | None,
    columns: dict[str, str] | None,
    source: str | None,
    sheet: str,
) -> FileSource:
    """How the file is read: by what the command says, else as its source has it saved."""
    zone = city.settings.zone
    if columns is not None and channel:
        return FileSource(file, channel, source or channel, columns, zone, sheet=sheet)
    if not source:
        raise Rejected("required", "channel" if columns else "map")
    saved = file_source(city.records, source, file, zone)
    return replace(
        saved,
        channel=channel or saved.channel,
        columns=columns or saved.columns,
        sheet=sheet or saved.sheet,
    )
