"""Phrases for answers: written by departments, filled in where somebody answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import NotFound, Rejected
from casework.model import TicketState
from casework.permissions import Action, Role, may_write_for
from casework.storage.phrases import (
    CALL,
    PLACES,
    VARIABLES,
    Phrase,
    every_phrase,
    phrases_for,
    remove_phrase,
    save_phrase,
)
from casework.storage.queries.ticket_page import TicketDetail
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.knowledge.forms import read_phrase
from web.knowledge.views import own_departments

blueprint = Blueprint("phrases", __name__, url_prefix="/phrases")
EMPTY = Phrase("", CALL, "", "", "")


@dataclass(frozen=True, slots=True)
class Offered:
    """A phrase as it is offered: variables filled in."""

    place: str
    title: str
    text: str


@blueprint.get("/")
@requires(Action.WRITE_KNOWLEDGE)
def phrases() -> Any:
    """All phrases; one's own may be changed."""
    try:
        wanted = UUID(hex=request.args.get("edit", ""))
    except ValueError:
        return _page(EMPTY)
    found = next((phrase for phrase in _all() if phrase.id == wanted), None)
    if found is None:
        raise NotFound("phrase")
    return _page(found)


@blueprint.post("/")
@requires(Action.WRITE_KNOWLEDGE)
def save() -> Any:
    """Add a phrase or change one."""
    phrase, served = read_phrase(request.form), city()
    try:
        with served.records.write() as work:
            save_phrase(work, served.office().departments, me(), phrase, now())
            work.commit()
    except Rejected as error:
        if error.reason == "not_allowed":
            raise
        return _page(phrase, reason_words(error)), 400
    return redirect(url_for("phrases.phrases"), 303)


@blueprint.post("/remove")
@requires(Action.WRITE_KNOWLEDGE)
def remove() -> Any:
    """Take a phrase out."""
    wanted = read_phrase(request.form).id
    if wanted is None:
        raise NotFound("phrase")
    served = city()
    with served.records.write() as work:
        remove_phrase(work, served.office().departments, me(), wanted, now())
        work.commit()
    return redirect(url_for("phrases.phrases"), 303)


def for_ticket(ticket: TicketDetail) -> list[Offered]:
    """What a department may use in an answer to this ticket."""
    name = ticket.contact.name.rstrip("*") if ticket.contact else ""
    values = {
        "编号": ticket.number,
        "单位": city().office().departments.name(me().department),
        "称呼": f"{name}先生／女士" if name else "您",
    }
    with city().records.read() as work:
        tree = city().office().departments
        found = phrases_for(work, tree, me().department, state=ticket.state)
    return [_offered(phrase, values) for phrase in found if phrase.place != CALL]


def for_call(name: str) -> list[Offered]:
    """What an operator may say at once. The number is not known yet."""
    values = {
        "单位": city().office().departments.name(me().department) if me().department else "",
        "称呼": name or "您",
    }
    with city().records.read() as work:
        found = phrases_for(work, city().office().departments, me().department, CALL)
    return [_offered(phrase, values) for phrase in found]


def _offered(phrase: Phrase, values: dict[str, str]) -> Offered:
    day = now().astimezone(city().settings.zone).date()
    filled = phrase.filled({"日期": f"{day.month}月{day.day}日", **values})
    return Offered(phrase.place, phrase.title, filled)


def _page(phrase: Phrase, problem: str = "") -> Any:
    tree = city().office().departments
    return render_template(
        "knowledge/phrases.html",
        phrase=phrase,
        problem=problem,
        phrases=_all(),
        own={one.id for one in _all() if may_write_for(me(), tree.above(one.department))},
        for_everybody=Role.ADMINISTRATOR in me().roles,
        places=PLACES,
        states=TicketState,
        variables=VARIABLES,
        departments=own_departments(),
    )


def _all() -> tuple[Phrase, ...]:
    with city().records.read() as work:
        return every_phrase(work)
