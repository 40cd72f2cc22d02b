"""The audit trail, newest first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from casework.events import EventName
from casework.permissions import Action
from casework.storage.queries.audit_events import AuditFilter, audit_page
from web.access import requires
from web.city import city
from web.tickets.filters import page_number, read_filter
from web.tickets.search import as_number

blueprint = Blueprint("audit", __name__, url_prefix="/administration/audit")


@blueprint.get("/")
@requires(Action.ADMINISTER)
def events() -> Any:
    """Who did what when. The words of a ticket's events are not shown here."""
    days = read_filter(request.args, city().settings.zone)
    name = request.args.get("name", "")
    wanted = AuditFilter(
        actor=request.args.get("actor", "").strip()[:80],
        name=name if name in set(EventName) else "",
        number=as_number(request.args.get("number", "")),
        office=request.args.get("office") == "yes",
        at_from=days.received_from,
        at_to=days.received_to,
    )
    page = page_number(request.args)
    with city().records.read() as work:
        found = audit_page(work, wanted, page)
    return render_template(
        "administration/audit.html",
        found=found,
        wanted=wanted,
        page=page,
        names=list(EventName),
        days=(request.args.get("from", "")[:10], request.args.get("to", "")[:10]),
    )
