"""Public statements: a list, and one of them. One that was withdrawn says so and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from flask import Blueprint, make_response, render_template, request

from casework.storage.queries.paged import Paged
from casework.storage.statements import (
    PAGE_SIZE,
    count_statements,
    public_statement,
    public_statements,
)
from web.access import public
from web.city import city
from web.security import keep_nowhere
from web.tickets.filters import page_number

blueprint = Blueprint("public_statements", __name__, url_prefix="/statements")


@dataclass(frozen=True, slots=True)
class StatementsPage(Paged):
    """Where in the list the reader is."""

    number: int
    total: int
    size: ClassVar[int] = PAGE_SIZE


@blueprint.get("/")
@public
def every() -> str:
    """What the city has said, the latest first."""
    number = page_number(request.args)
    with city().records.read() as work:
        page = StatementsPage(number, count_statements(work))
        found = public_statements(work, number)
    return render_template("statements/every.html", statements=found, page=page)


@blueprint.get("/<uuid:statement_id>")
@public
def one(statement_id: UUID) -> Any:
    """One statement; kept nowhere, for it may be withdrawn."""
    with city().records.read() as work:
        found = public_statement(work, statement_id)
    return keep_nowhere(make_response(render_template("statements/one.html", statement=found)))
