"""The home page and the pages of information."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, render_template

from casework.office import Office
from casework.storage.queries.figures import Figures, figures_between
from casework.storage.statements import public_statements
from web import dates
from web.access import public
from web.city import city
from web.clock import now
from web.public import lost_code, progress, submit
from web.public.promises import promises

blueprint = Blueprint("public", __name__)
SHOWN, RECENT = 3, timedelta(days=14)
"""Of public statements: how many the home page shows, and how new they are."""
blueprint.add_url_rule("/submit", "submit", public(submit.submit), methods=["GET", "POST"])
blueprint.add_url_rule("/progress", "progress", public(progress.look_up), methods=["GET", "POST"])
blueprint.add_url_rule("/progress/ticket", "ticket", public(progress.ticket))
blueprint.add_url_rule("/progress/files/<key>", "file", public(progress.file))
blueprint.add_url_rule(
    "/progress/objection",
    "object_to_refusal",
    public(progress.object_to_refusal),
    methods=["POST"],
)
blueprint.add_url_rule("/progress/hurry", "hurry", public(progress.hurry), methods=["POST"])
blueprint.add_url_rule("/progress/leave", "leave", public(progress.leave), methods=["POST"])
blueprint.add_url_rule(
    "/lost-code", "lost_code", public(lost_code.lost_code), methods=["GET", "POST"]
)


@blueprint.get("/")
@public
def home() -> str:
    """The promise, the kinds of matter, and last month's figures."""
    served = city()
    first, last = _last_month(now(), served.office())
    with served.records.read() as work:
        figures: Figures = figures_between(work, first, last, now())
        statements = public_statements(work, limit=SHOWN, since=now() - RECENT)
    return render_template(
        "public/home.html",
        promises=promises(served.office(), now()),
        figures=figures,
        statements=statements,
        month=dates.month_words(first.astimezone(served.office().zone).date()),
    )


@blueprint.get("/how-it-works")
@public
def how_it_works() -> str:
    """What happens to a message, in short."""
    return render_template("public/how_it_works.html", promises=promises(city().office(), now()))


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """How personal data is kept."""
    return render_template("public/privacy.html")


def _last_month(at: datetime, office: Office) -> tuple[datetime, datetime]:
    """The first moment of last month and of this one, in the city."""
    local = at.astimezone(office.zone)
    this = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = (this - timedelta(days=1)).replace(day=1)
    return last, this
