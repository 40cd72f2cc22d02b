"""flask monitor bursts: judges a file of counts, or what is piped in."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from casework.errors import FileUnreadable
from monitor.series_file import judge_rows
from web.cli.command import telling

HEADER = ("timestamp", "value", "expected", "upper", "score")


@click.command("bursts")
@click.argument("series", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--timestamp-column", default="timestamp", show_default=True)
@click.option("--value-column", default="value", show_default=True)
@telling
def bursts_command(series: Path, timestamp_column: str, value_column: str) -> None:
    """Judge counts, one row at a time, by the rows before it alone ("-": standard input).

    Writes CSV, one row a row, as soon as it was read: timestamp, value, expected, upper (the count
    that would be a burst) and score (0.5 and more: a burst that begins; 0 while it goes on).
    """
    out = csv.writer(sys.stdout, lineterminator="\n")
    try:
        with click.open_file(str(series), encoding="utf-8-sig") as lines:
            rows = judge_rows(lines, str(series), timestamp_column, value_column)
            out.writerow(HEADER)
            for row in rows:
                found = row.judged
                bounds = f"{found.expected:.6g}", f"{found.upper:.6g}"
                score = f"{found.score:.6f}"
                out.writerow((row.timestamp, f"{found.value:.15g}", *bounds, score))
    except OSError as error:
        raise FileUnreadable("unreadable", file=series, detail=error.strerror) from error
    except UnicodeDecodeError as error:
        raise FileUnreadable("unreadable", file=series, detail="UTF-8?") from error
