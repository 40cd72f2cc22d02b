"""The telephone desk on one screen: who is calling, what is said, where it goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from casework.errors import Conflict, NotFound, RecordsUnavailable, Rejected
from casework.model import Receipt
from casework.permissions import Action, scope_of
from casework.senders import is_mobile, plain_sender
from casework.storage.callers import Caller, caller
from casework.storage.calls import Call, call_for_agent
from intake import call as taking
from web.access import me, requires
from web.appearance import language
from web.calls import drafts
from web.calls.forms import CallForm, new_call_form, read_call_form
from web.calls.suggestions import suggest
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.errors import reason_words
from web.knowledge.phrases import for_call
from web.security import keep_nowhere
from web.typed import typed

blueprint = Blueprint("calls", __name__, url_prefix="/calls")


@blueprint.get("/")
@requires(Action.TAKE_CALL)
def desk() -> Any:
    """The form: as it was left, or for the call that is on now, or empty."""
    waiting = incoming_call()
    form = drafts.asked_for(request.args)
    if form is None:
        form = with_call(new_call_form(), waiting)
    return page(form)


@blueprint.post("/")
@requires(Action.TAKE_CALL)
def take() -> Any:
    """Dispatch, answer at once, join, or only suggest or save."""
    form = read_call_form(request.form)
    asked, _, number = typed(request.form.get("do", "")).partition(":")
    if asked == "save":
        drafts.keep(form)
        return redirect(url_for("calls.desk", draft=form.token), 303)
    if asked not in ("dispatch", "answer", "join"):
        return page(drafts.filled(form, suggest(form)))
    try:
        receipt = _done(asked, form, number or form.into)
    except Rejected as error:
        return page(form.refused(error), _problem(error)), 400
    except (Conflict, NotFound):
        gone = replace(form, into="").refused(Rejected("join_gone", "into"))
        return page(gone, reason_words(Rejected("join_gone"))), 409
    except RecordsUnavailable:
        return page(form, reason_words(Rejected("not_recorded"))), 503
    return _receipt(asked, form, receipt, number or form.into)


@blueprint.post("/suggestions")
@requires(Action.TAKE_CALL)
def suggestions() -> Any:
    """Only the right-hand side, while the operator writes."""
    form = read_call_form(request.form)
    return _nowhere(
        "calls/suggestions.html",
        form=form,
        seen=suggest(form),
        departments=department_choices(),
        alone=True,
    )


@blueprint.post("/caller")
@requires(Action.TAKE_CALL)
def known_caller() -> Any:
    """Only what is known of the number."""
    form = read_call_form(request.form)
    return _nowhere("calls/caller.html", form=form, known=known(form), alone=True)


@blueprint.get("/incoming")
@requires(Action.TAKE_CALL)
def incoming() -> Any:
    """Only the call that is on now and has not been entered."""
    return _nowhere("calls/incoming.html", waiting=incoming_call(), alone=True)


def page(form: CallForm, problem: str = "") -> Any:
    """The whole desk."""
    waiting = incoming_call()
    return _nowhere(
        "calls/desk.html",
        form=form,
        problem=problem,
        seen=suggest(form),
        known=known(form),
        waiting=waiting,
        drafts=drafts.others(form),
        phrases=for_call(form.name),
        departments=department_choices(),
        alone=False,
    )


def known(form: CallForm) -> Caller | None:
    """What is known of the number in the form; None without one."""
    if not plain_sender(form.caller):
        return None
    served = city()
    with served.records.read() as work:
        scope = scope_of(me(), Action.TAKE_CALL)
        return caller(work, served.office(), scope, form.caller, now())


def incoming_call() -> Call | None:
    """The newest call pushed for this person and not entered."""
    with city().records.read() as work:
        return call_for_agent(work, me().username, now())


def with_call(form: CallForm, waiting: Call | None) -> CallForm:
    """The form with the number of the call that is on."""
    if waiting is None:
        return form
    return replace(form, call=waiting.id.hex, caller=waiting.caller)


def _done(asked: str, form: CallForm, number: str) -> Receipt:
    intake, entry = city().intake, form.entry(language())
    if asked == "answer":
        return taking.answer_at_once(intake, entry, form.answer, me(), now())
    if asked == "join":
        if not number:
            raise Rejected("required", "into")
        return taking.join(intake, entry, number, me(), now())
    return taking.dispatch(intake, entry, me(), now())


def _receipt(asked: str, form: CallForm, receipt: Receipt, number: str) -> Any:
    drafts.drop(form.id)  # of a message that was on record already it is still there
    return _nowhere(
        "calls/receipt.html",
        receipt=receipt,
        form=form,
        asked=asked,
        into=number,
        texted=form.notify and is_mobile(form.elements.contact) and not receipt.repeated,
    )


def _problem(error: Rejected) -> str:
    return "" if error.reason == "missing" else reason_words(error)


def _nowhere(template: str, **values: Any) -> Any:
    return keep_nowhere(make_response(render_template(template, **values)))
