"""The list behind every number, and one ticket on one page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.codes import read_number
from casework.errors import NotFound, Rejected
from casework.permissions import Action, scope_of
from casework.storage.confidential_reads import file_read
from casework.storage.contacts import read_contact
from casework.storage.queries.tickets import list_tickets
from routing.screen import reassign as reassign_ticket
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.errors import reason_words
from web.sent_files import to_save
from web.tickets import page
from web.tickets.filters import (
    SEARCHED_BY,
    condition_words,
    page_number,
    read_filter,
    search_words,
)
from web.tickets.forms import read_ticket_form
from web.tickets.search import LONGEST_QUERY, as_number, find, origin_of

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets")


@blueprint.get("/")
@requires(Action.READ_TICKET)
def every() -> Any:
    """The tickets a filter asks for, newest first unless the nearest clock is asked for."""
    served = city()
    wanted = read_filter(request.args, served.office().zone)
    newest_first = request.args.get("order") != "due"
    with served.records.read() as work:
        found = list_tickets(
            work,
            served.office(),
            scope_of(me(), Action.READ_TICKET),
            wanted,
            now(),
            page_number(request.args),
            newest_first,
        )
    return render_template(
        "tickets/list.html",
        page=found,
        wanted=wanted,
        newest_first=newest_first,
        conditions=condition_words(request.args),
        departments=department_choices(),
    )


@blueprint.get("/search")
@requires(Action.READ_TICKET)
def search() -> Any:
    """Messages by words; a ticket's number leads straight to it."""
    words = request.args.get("q", "").strip()[:LONGEST_QUERY]
    if as_number(words):
        return redirect(url_for("tickets.ticket", number=as_number(words)), 302)
    served = city()
    wanted = read_filter(request.args, served.office().zone)
    scope = scope_of(me(), Action.READ_TICKET)
    origin = origin_of(request.args.get("origin", ""), me())
    found = find(words, wanted, scope, page_number(request.args), origin)
    return render_template(
        "tickets/search.html",
        words=words,
        page=found.page,
        mentions=found.mentions,
        wanted=wanted,
        answered=found.answered,
        conditions=search_words(request.args),
        searched_by=SEARCHED_BY,
        departments=department_choices(),
    )


@blueprint.get("/<number>")
@requires(Action.READ_TICKET)
def ticket(number: str) -> Any:
    """One ticket."""
    typed = read_number(number)
    if typed != number:
        return redirect(url_for("tickets.ticket", number=typed), 302)
    return page.show(page.detail(number))


@blueprint.post("/<number>/contact-data")
@requires(Action.READ_CONTACT)
def contact_data(number: str) -> Any:
    """Show the citizen's contact data, and write down who asked."""
    found = page.detail(number)
    served = city()
    contact = read_contact(served.records, served.office(), number, me(), now())
    return page.show(found, contact=contact)


@blueprint.get("/<number>/attachments/<key>")
@requires(Action.READ_TICKET)
def attachment(number: str, key: str) -> Any:
    """A file of the ticket: what came with the message, to those who may read the message
    unmasked; what went with an answer, to everybody who may read the ticket; what waits for the
    answer, to those who write it."""
    found = page.detail(number)
    files = {str(one.id): one.file for one in page.files_of(found)}
    if key not in files:
        raise NotFound("attachment", key)
    if key in {str(one.id) for one in page.attachments_of(found)}:
        file_read(city().records, found.id, files[key], me().username, now())
    return to_save(files[key])


@blueprint.post("/<number>/reassign")
@requires(Action.REASSIGN)
def reassign(number: str) -> Any:
    """Send the ticket to another department, with the reason the citizen will read."""
    found = page.detail(number)
    form = read_ticket_form(request.form)
    served = city()
    try:
        reassign_ticket(
            served.records,
            served.office(),
            found.id,
            me(),
            form.department,
            form.note,
            form.version,
            now(),
        )
    except Rejected as error:
        return page.show(found, form=form, problem=reason_words(error)), 400
    try:
        return page.back_to(page.detail(number))
    except NotFound:
        return redirect(url_for("account.desk"), 303)
