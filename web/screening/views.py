"""The screening desk: the queue, one message, three guesses, one decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.counting import count
from casework.errors import Conflict, NotFound, Rejected
from casework.judgement import judged_text
from casework.model import DepartmentGuess, RefusalReason, TicketState
from casework.office import Office
from casework.permissions import Action, Person, scope_of
from casework.storage.queries.same_reporter import earlier_reports
from casework.storage.queries.screening import Queue, screening_queue
from casework.storage.queries.ticket_lines import TicketLine
from casework.storage.queries.ticket_page import TicketDetail
from casework.storage.records import Records
from casework.taxonomy import REPORT, leaves
from classifier.unfit import unfit
from routing import set_aside
from routing.screen import assign
from routing.undo import undo as take_back
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.errors import reason_words
from web.public.promises import reply_rule
from web.screening.beside import Sent, alike_to, sent_before
from web.screening.forms import (
    AsideForm,
    DecisionForm,
    empty_decision,
    read_aside,
    read_decision,
)
from web.tickets import page
from web.tickets.alike import Offer
from web.tickets.search import as_number
from web.tickets.text import message_text

BASES = (
    "本市热线受理范围的规定",
    "《信访工作条例》第十九条第三款：已经受理或者正在办理",
    "《信访工作条例》第三十一条：依法走法定程序",
)
"""Offered, not imposed: the screener writes what the refusal rests on."""

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
    form = read_decision(request.form)
    return _decided(
        number, lambda t: assign(*_where(t), form.decision(t), form.version, now()), form
    )


@blueprint.post("/<number>/merge")
@requires(Action.SCREEN)
def merge(number: str) -> Any:
    """Let another ticket carry the matter, and go on."""
    aside = read_aside(request.form)
    return _decided(
        number,
        lambda t: set_aside.merge(*_where(t), aside.into, aside.version, now(), aside.new_facts),
        aside=aside,
    )


@blueprint.post("/<number>/refuse")
@requires(Action.SCREEN)
def refuse(number: str) -> Any:
    """Do not take it up, and go on."""
    aside = read_aside(request.form)
    return _decided(
        number,
        lambda t: set_aside.refuse(*_where(t), aside.refusal(), aside.version, now()),
        aside=aside,
    )


@blueprint.post("/<number>/undo")
@requires(Action.SCREEN)
def undo(number: str) -> Any:
    """Take the last decision back and open the message again."""
    take_back(*_where(page.detail(number, Action.SCREEN)), now())
    return redirect(url_for("screening.ticket", number=number), 303)


@blueprint.post("/<number>/take-up")
@requires(Action.SCREEN)
def take_up(number: str) -> Any:
    """Put a merged or refused message back into the queue."""
    version = request.form.get("version", 0, type=int)
    set_aside.take_up(*_where(page.detail(number, Action.SCREEN)), version, now())
    return redirect(url_for("screening.ticket", number=number), 303)


def _decided(
    number: str,
    decide: Callable[[TicketDetail], None],
    form: DecisionForm | None = None,
    aside: AsideForm | None = None,
) -> Any:
    found = page.detail(number, Action.SCREEN)
    try:
        decide(found)
    except Rejected as error:
        return _page(_queue(), number, form, reason_words(error), aside), 400
    except NotFound as error:
        if error.key == number or aside is None:
            raise
        return _page(_queue(), number, form, reason_words(Rejected("no_ticket")), aside), 400
    except Conflict as error:
        if page.detail(number, Action.SCREEN).state is not TicketState.SCREENING:
            raise  # somebody else was faster: there is nothing left to decide
        return _page(_queue(), number, problem=reason_words(error), aside=aside), 409
    return redirect(url_for("screening.queue", reason=_reason() or None, sent=number), 303)


def _where(ticket: TicketDetail) -> tuple[Records, Office, UUID, Person]:
    served = city()
    return served.records, served.office(), ticket.id, me()


def _page(
    waiting: Queue,
    number: str,
    form: DecisionForm | None = None,
    problem: str = "",
    aside: AsideForm | None = None,
) -> Any:
    found = page.detail(number, Action.SCREEN)
    if found.state is not TicketState.SCREENING:
        return redirect(url_for("tickets.ticket", number=number), 302)
    text = message_text(found)
    suggested = _suggested_accused(found)
    form = form or empty_decision(found, suggested if found.kind == REPORT else ())
    offers_alike, index_answers = alike_to(found)
    doubt = None if found.kind == REPORT else unfit(judged_text(found.subject, found.body))
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
        topics_below=[leaf.path for leaf in leaves()],
        doubt=doubt,
        doubts=_doubts(waiting),
        alike=offers_alike,
        index_answers=index_answers,
        reported_before=_reported_before(found),
        aside=aside or _suggested_aside(offers_alike, doubt.reason if doubt else ""),
        refusals=RefusalReason,
        bases=BASES,
    )


def _reported_before(ticket: TicketDetail) -> tuple[TicketLine, ...]:
    served = city()
    with served.records.read() as work:
        return earlier_reports(work, served.office(), scope_of(me(), Action.SCREEN), ticket.id)


def _queue() -> Queue:
    served = city()
    with served.records.read() as work:
        return screening_queue(work, served.office(), scope_of(me(), Action.SCREEN), _reason())


def _reason() -> str:
    return request.args.get("reason", "")[:20]


def _sent() -> Sent | None:
    """The ticket that was decided just before this page."""
    number = as_number(request.args.get("sent", ""))
    return sent_before(number) if number else None


def _doubts(waiting: Queue) -> dict[str, str]:
    """By number why a waiting message may have nothing to take up."""
    found = {}
    for line in waiting.lines:
        seen = None if line.ticket.kind == REPORT else unfit(line.ticket.excerpt)
        if seen is not None:
            found[line.ticket.number] = seen.reason
    return found


def _suggested_aside(alike: tuple[Offer, ...], reason: str) -> AsideForm:
    """What the forms for merging and refusing hold at first."""
    carriers = [offer.found.line.number for offer in alike if offer.joinable]
    return AsideForm(carriers[0] if carriers else "", reason, "", "", 0)


def _offer(found: TicketDetail, guess: DepartmentGuess) -> GuessOffer:
    office = city().office()
    rule = reply_rule(office, found.kind, now(), found.urgency)
    if rule is None:
        return GuessOffer(guess, None)
    return GuessOffer(guess, count(rule, found.received_at, office.calendar, office.zone).due_at)


def _suggested_accused(found: TicketDetail) -> tuple[str, ...]:
    text = judged_text(found.subject, found.body)
    return city().intake.route(found.judgement, text, REPORT, found.district, now()).accused


def _accusable(
    found: TicketDetail, form: DecisionForm, suggested: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*found.accused, *suggested, *form.accused)))
