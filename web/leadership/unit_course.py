"""One unit month by month, and its last three months against the nine before."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from flask import Blueprint, render_template
from werkzeug.exceptions import NotFound as NoSuchPage

from casework.permissions import Action, scope_of
from casework.storage.queries.unit_months import unit_months
from monitor.fair_ranking import class_of
from monitor.unit_course import ENOUGH, LATELY, courses, month_borders
from web.access import me, requires
from web.city import city
from web.clock import now
from web.dates import month_words

blueprint = Blueprint("unit_course", __name__, url_prefix="/leadership/ranking")


@blueprint.get("/<department>")
@requires(Action.READ_TRENDS)
def unit(department: str) -> str:
    """A unit against its own past."""
    office = city().office()
    if not class_of(office, department):
        raise NoSuchPage
    borders = month_borders(now().astimezone(office.zone).date(), office.zone)
    with city().records.read() as work:
        scope = scope_of(me(), Action.READ_TRENDS)
        months = unit_months(work, office, scope, department, borders)
    return render_template(
        "leadership/unit_course.html",
        unit=department,
        courses=courses(borders, months),
        lately=LATELY,
        enough=ENOUGH,
        month_words=month_words,
        answered_in=_answered_in,
    )


def _answered_in(first: date) -> dict[str, str]:
    """What narrows a list to the answers of a month."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return {"answered-from": first.isoformat(), "answered-to": last.isoformat()}
