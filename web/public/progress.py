"""A citizen's own ticket, by number and code."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, session, url_for

from casework.codes import read_number
from casework.errors import Conflict, NotFound, Rejected
from casework.model import TicketState
from casework.storage.attempts import WINDOW, Throttled
from casework.storage.queries import progress as own
from intake.privacy import mask
from routing import set_aside as objections
from routing.urge import urge
from web.answers.may_subscribe import may_subscribe
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.security import keep_nowhere
from web.sent_files import to_save
from web.typed import typed

OPEN_FOR = timedelta(minutes=30)
"""How long a page that was opened with the code may be read again without it."""
ANSWERED = frozenset({TicketState.ANSWERED, TicketState.CLOSED})


def look_up() -> Any:
    """Ask for number and code, and open the ticket they belong to."""
    if request.method == "GET":
        return _ask(read_number(request.args.get("number", ""))[:20])
    number, code = request.form.get("number", "")[:40], request.form.get("code", "")[:80]
    try:
        found = own.look_up(city().records, number, code, request.remote_addr or "", now())
    except Throttled as error:
        return _ask(number, throttled=error.minutes), 429
    if found is None:
        return _ask(number, wrong=True), 400
    session["own"] = {"ticket": found.hex, "until": int((now() + OPEN_FOR).timestamp())}
    return redirect(url_for("public.ticket"), 303)


def opened_ticket() -> UUID | None:
    """The ticket that was opened with its code in this browser, as long as it stays open."""
    opened = session.get("own")
    if opened is None or opened["until"] < now().timestamp():
        session.pop("own", None)
        return None
    return UUID(hex=opened["ticket"])


def ticket() -> Any:
    """One's own ticket."""
    found = _opened()
    return _shown(found) if found is not None else redirect(url_for("public.progress"), 302)


def file(key: str) -> Any:
    """A file of the ticket that is open in this browser: of the message, or of an answer to it.
    For everybody else there is no such file."""
    found = _opened()
    if found is None:
        return redirect(url_for("public.progress"), 302)
    answered = (each for reply in found.replies for each in reply.files)
    files = {str(each.id): each.file for each in (*found.files, *answered)}
    if key not in files:
        raise NotFound("attachment", key)
    return to_save(files[key])


def _opened() -> own.Progress | None:
    ticket_id = opened_ticket()
    if ticket_id is None:
        return None
    with suppress(NotFound), city().records.read() as work:
        return own.progress_of(work, ticket_id)
    session.pop("own", None)
    return None


def object_to_refusal() -> Any:
    """The citizen does not agree that the message is not taken up."""
    ticket_id = opened_ticket()
    if ticket_id is None:
        return redirect(url_for("public.progress"), 303)
    served = city()
    words = typed(request.form.get("objection", ""))
    try:
        objections.object_to_refusal(served.records, served.office(), ticket_id, words, now())
    except (Rejected, Conflict) as error:
        with served.records.read() as work:
            found = own.progress_of(work, ticket_id)
        return _shown(found, reason_words(error), words), 400
    return redirect(url_for("public.ticket"), 303)


def hurry() -> Any:
    """The citizen asks for it to be hurried on, or adds something."""
    ticket_id = opened_ticket()
    if ticket_id is None:
        return redirect(url_for("public.progress"), 303)
    served = city()
    words = typed(request.form.get("words", ""))
    try:
        urge(served.records, ticket_id, words, now())
    except (Rejected, Conflict) as error:
        with served.records.read() as work:
            found = own.progress_of(work, ticket_id)
        return _shown(found, reason_words(error), words), 400
    return redirect(url_for("public.ticket"), 303)


def _shown(found: own.Progress, problem: str = "", words: str = "") -> Any:
    values: dict[str, Any] = {
        "ticket": found,
        "problem": problem,
        "words": words,
        "may_subscribe": may_subscribe(),
    }
    if found.carrier is not None:
        page = "public/merged.html"
        values["carrier"] = masked(found.carrier)
    elif found.refused is not None:
        page = "public/refused.html"
    elif found.state in ANSWERED and found.replies:
        page = "public/answered.html"
    else:
        page = "public/progress.html"
    return keep_nowhere(make_response(render_template(page, **values)))


def masked(carrier: own.Carrier) -> own.Carrier:
    """The ticket that carries the matter, its answers without personal details: they were written
    to somebody else."""
    parts = ("facts", "basis", "result", "remedy", "body")
    replies = []
    for reply in carrier.replies:
        plain: dict[str, Any] = {name: mask(getattr(reply, name)) for name in parts}
        replies.append(replace(reply, **plain))
    return replace(carrier, replies=tuple(replies))


def leave() -> Any:
    """Close the ticket in this browser: for shared machines."""
    session.pop("own", None)
    return redirect(url_for("public.progress"), 303)


def _ask(number: str, wrong: bool = False, throttled: int = 0) -> str:
    return render_template(
        "public/look_up.html",
        number=number,
        wrong=wrong,
        throttled=throttled,
        window=int(WINDOW.total_seconds() // 60),
    )
