"""flask monitor hot-issues …: gathering messages into issues, and what there is."""

from __future__ import annotations

import sys

import click

from casework.permissions import Scope
from casework.storage.queries.hot_issues import hottest, matter_of_issue
from monitor.hot_issues import WITHIN, gather, tidy
from monitor.issue_state import state_of
from runtime.clock import now
from web.cli.command import json_option, tell, telling, the_city

OFFICE = Scope()
"""All but 举报 that nobody has screened, which are in no issue."""


@click.group("hot-issues")
def hot_issues() -> None:
    """What many people write about at once."""


@hot_issues.command("gather")
@click.option("--all", "everything", is_flag=True, help="All of the last 90 days, not what is new.")
@json_option
@telling
def gather_now(everything: bool, as_json: bool) -> None:
    """Put the messages that came since the last time into issues, as the timetable does."""
    with the_city() as city, click.progressbar(length=1, label="messages", file=sys.stderr) as bar:

        def progress(messages: int) -> None:
            bar.length = bar.pos + messages + 1
            bar.update(messages)

        found = gather(
            city.records, city.settings.zone, now(), everything=everything, progress=progress
        )
        tidied = tidy(city.records, now()) if everything else None
    figures = {"messages": found.messages, "joined": found.joined}
    if tidied is not None:
        figures |= {"left": tidied.left, "outdated": tidied.outdated}
    tell(figures, as_json)


@hot_issues.command("list")
@click.option("--limit", default=20, show_default=True)
@json_option
@telling
def list_issues(limit: int, as_json: bool) -> None:
    """The hottest issues."""
    present = now()
    with the_city() as city, city.records.read() as work:
        office = city.office()
        found = hottest(work, office, OFFICE, present, present - WITHIN)
        lines = [
            {
                "number": one.number,
                "state": state_of(
                    one.began_at, one.last_at, one.week, one.week_before, present
                ).value,
                "people": one.people,
                "messages": one.messages,
                "heat": round(one.heat, 2),
                "words": list(matter_of_issue(work, office, OFFICE, one.id).words),
            }
            for one in found[:limit]
        ]
    if not as_json:
        for line in lines:
            click.echo("  ".join(str(value) for value in line.values()))
    tell({"issues": len(found)} | ({"hottest": lines} if as_json else {}), as_json)
