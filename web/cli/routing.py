"""flask routing …: measuring the dispatch, and looking into the queues."""

from __future__ import annotations

from pathlib import Path

import click

from casework.errors import Rejected
from casework.model import OPEN_STATES, TicketState
from casework.permissions import EVERYTHING
from casework.storage.queries.ticket_lines import TicketLine
from casework.storage.queries.tickets import TicketFilter, list_tickets
from classifier.rows import read_rows
from routing.evaluation import evaluate
from runtime.clock import now
from runtime.wiring import City
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
        rows = read_rows(file, text_column, label_column).pairs
        measured = evaluate(city.intake.judge, city.intake.route, rows, now())
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


@routing.command("queue")
@click.option("--department", default="", help="Code; its open tickets and those below it.")
@click.option("--limit", default=100, show_default=True, help="Tickets shown; total counts all.")
@json_option
@telling
def queue_command(department: str, limit: int, as_json: bool) -> None:
    """What waits, the nearest deadline first: for a person to screen, or with a department."""
    with the_city() as city, city.records.read() as work:
        office = city.office()
        if department and department not in office.departments:
            raise Rejected("unknown", "department")
        states = tuple(OPEN_STATES) if department else (TicketState.SCREENING,)
        wanted = TicketFilter(states=states, department=department)
        lines: list[TicketLine] = []
        number = 1
        while True:
            page = list_tickets(work, office, EVERYTHING, wanted, now(), number)
            lines += page.lines
            number += 1
            if number > page.pages or len(lines) >= limit:
                break
    tell({"total": page.total, "tickets": [_shown(line, city) for line in lines[:limit]]}, as_json)


def _shown(line: TicketLine, city: City) -> dict[str, object]:
    zone = city.settings.zone
    due_at = line.clock.due_at.astimezone(zone).isoformat() if line.clock else None
    return {
        "number": line.number,
        "state": line.state.value,
        "kind": line.kind,
        "topic": "/".join(line.topic),
        "urgency": line.urgency,
        "department": line.department,
        "received_at": line.received_at.astimezone(zone).isoformat(),
        "clock": line.clock.name.value if line.clock else "",
        "due_at": due_at,
        "screening_reason": line.screening_reason,
    }
