"""The screening desk: the queue, one message, three guesses, one decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.deadlines import count
from casework.errors import Conflict, Rejected
from casework.judgement import judged_text
from casework.model import DepartmentGuess, TicketState
from casework.permissions import Action, scope_of
from casework.storage.queries.screening import Queue, screening_queue
from casework.storage.queries.ticket_page import TicketDetail, ticket_detail
from casework.taxonomy import REPORT
from routing.screen import assign
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.errors import reason_words
from web.public.promises import reply_rule
from web.screening.forms import DecisionForm, empty_decision, read_decision
from web.tickets.search import as_number
from web.tickets.text import message_text

blueprint = Blueprint("screening", __name__, url_prefix="/screening")


@dataclass(frozen=True, slots=True)
class GuessOffer:
    """A guess as it is offered: due_at is the reply's day if it is taken."""

    guess: DepartmentGuess
    due_at: datetime | None


@blueprint.get("/")
@requires(Action.SCREEN)
def queue() -> Any:
    """The queue, with its first message opened."""
    waiting = _queue()
    if not waiting.lines:
        return render_template(
            "screening/empty.html", queue=waiting, reason=_reason(), sent=_sent()
        )
    return _page(waiting, waiting.lines[0].ticket.number)


@blueprint.get("/<number>")
@requires(Action.SCREEN)
def ticket(number: str) -> Any:
    """The queue, with this message opened."""
    return _page(_queue(), number)


@blueprint.post("/<number>")
@requires(Action.SCREEN)
def decide(number: str) -> Any:
    """Take the decision and go on to the next message."""
    found = _detail(number)
    form = read_decision(request.form)
    served = city()
    try:
        assign(
            served.records,
            served.office(),
            found.id,
            me(),
            form.decision(found),
            form.version,
            now(),
        )
    except Rejected as error:
        return _page(_queue(), number, form, reason_words(error)), 400
    except Conflict as error:
        if _detail(number).state is not TicketState.SCREENING:
            raise  # somebody else was faster: there is nothing left to decide
        return _page(_queue(), number, problem=reason_words(error)), 409
    return redirect(url_for("screening.queue", reason=_reason() or None, sent=number), 303)


def _page(waiting: Queue, number: str, form: DecisionForm | None = None, problem: str = "") -> Any:
    found = _detail(number)
    if found.state is not TicketState.SCREENING:
        return redirect(url_for("tickets.ticket", number=number), 302)
    text = message_text(found)
    suggested = _suggested_accused(found)
    form = form or empty_decision(found, suggested if found.kind == REPORT else ())
    return render_template(
        "screening/queue.html",
        queue=waiting,
        reason=_reason(),
        sent=_sent(),
        ticket=found,
        text=text,
        offers=[_offer(found, guess) for guess in found.guesses[:3]],
        form=form,
        problem=problem,
        departments=department_choices(),
        accusable=_accusable(found, form, suggested),
    )


def _queue() -> Queue:
    served = city()
    with served.records.read() as work:
        return screening_queue(work, served.office(), scope_of(me(), Action.SCREEN), _reason())


def _reason() -> str:
    return request.args.get("reason", "")[:20]


def _sent() -> str:
    """The ticket that was dispatched just before this page."""
    return as_number(request.args.get("sent", ""))


def _detail(number: str) -> TicketDetail:
    served = city()
    with served.records.read() as work:
        return ticket_detail(work, served.office(), number, me(), Action.SCREEN)


def _offer(found: TicketDetail, guess: DepartmentGuess) -> GuessOffer:
    office = city().office()
    rule = reply_rule(office, found.kind, found.urgency)
    if rule is None:
        return GuessOffer(guess, None)
    return GuessOffer(guess, count(rule, found.received_at, office.calendar, office.zone).due_at)


def _suggested_accused(found: TicketDetail) -> tuple[str, ...]:
    text = judged_text(found.subject, found.body)
    return city().intake.route(found.judgement, text, REPORT, found.district).accused


def _accusable(
    found: TicketDetail, form: DecisionForm, suggested: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*found.accused, *suggested, *form.accused)))
