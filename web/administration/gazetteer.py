"""The city's list of places: looked through, sent and fetched as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from casework.errors import Conflict, FileUnreadable, Rejected
from casework.permissions import Action
from casework.storage import word_lists
from casework.storage.queries.tickets import PAGE_SIZE
from casework.word_lists import PLACE_KINDS
from classifier.gazetteer import coded_by, read_gazetteer, written
from web.access import me, requires
from web.administration.listed_files import as_file, sent_text
from web.city import city
from web.clock import now
from web.listed import Listed
from web.reasons import in_words
from web.tickets.filters import page_number

blueprint = Blueprint("gazetteer", __name__, url_prefix="/administration/gazetteer")


@blueprint.get("/")
@requires(Action.ADMINISTER)
def places() -> Any:
    """The places, a page at a time, by a part of the name or by kind."""
    return _page()


@blueprint.post("/file")
@requires(Action.ADMINISTER)
def upload() -> Any:
    """Put a file in the place of the whole list."""
    try:
        sent = read_gazetteer(sent_text(), coded_by(city().office().departments))
        with city().records.write() as work:
            seen = request.form.get("version", "")
            word_lists.replace_places(work, sent, seen, me().username, now())
            work.commit()
    except (Rejected, FileUnreadable) as error:
        return _page(in_words(error)), 400
    except Conflict as error:
        return _page(in_words(error)), 409
    city().classifier.look()
    return redirect(url_for("gazetteer.places"), 303)


@blueprint.get("/places.csv")
@requires(Action.ADMINISTER)
def download() -> Response:
    """The whole list, as such a file."""
    with city().records.read() as work:
        known = word_lists.load_places(work)
    return as_file(written(known), "places.csv", "text/csv")


def _page(problem: str = "") -> str:
    part = request.args.get("q", "").strip()[:40]
    kind = request.args.get("kind", "")
    kind = kind if kind in PLACE_KINDS else ""
    number = page_number(request.args)
    with city().records.read() as work:
        begin = (number - 1) * PAGE_SIZE
        total, found = word_lists.find_places(work, part, kind, begin, PAGE_SIZE)
        version = word_lists.version(work)
    return render_template(
        "administration/gazetteer.html",
        page=Listed(number, total),
        places=found,
        part=part,
        kind=kind,
        place_kinds=PLACE_KINDS,
        version=version,
        problem=problem,
    )
