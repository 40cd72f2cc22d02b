"""Correcting a hot issue: messages taken out or split off, another merged in, one matter or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for

from casework.errors import Conflict, Rejected
from casework.permissions import Action
from monitor import issue_corrections as acts
from monitor.issue_corrections import Correction
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.leadership.hot_issues import Sent, issue_page
from web.typed import typed

blueprint = Blueprint("issue_acts", __name__, url_prefix="/leadership/hot-issues")


@blueprint.post("/<number>/messages")
@requires(Action.CORRECT_ISSUES)
def move_messages(number: str) -> Any:
    """Take the chosen messages out, or make an issue of their own of them."""
    sent = _sent("messages")
    if request.form.get("do") == "split":
        return _act(number, sent, lambda what: acts.split(what, sent.chosen, sent.reason, now()))
    return _act(number, sent, lambda what: acts.take_out(what, sent.chosen, sent.reason, now()))


@blueprint.post("/<number>/merge")
@requires(Action.CORRECT_ISSUES)
def merge(number: str) -> Any:
    """Put another issue into this one."""
    sent = _sent("merge")
    return _act(number, sent, lambda what: acts.merge(what, sent.other, sent.reason, now()))


@blueprint.post("/<number>/judge")
@requires(Action.CORRECT_ISSUES)
def judge(number: str) -> Any:
    """Say whether it is one matter."""
    sent = _sent("judge")
    one = request.form.get("verdict") == "one"
    return _act(number, sent, lambda what: acts.judge(what, one, sent.reason, now()))


def _sent(what: str) -> Sent:
    chosen = request.form.getlist("message", type=int)[: acts.MOST]
    reason = typed(request.form.get("reason", ""))
    return Sent(what, frozenset(chosen), typed(request.form.get("other", ""))[:40], reason)


def _act(number: str, sent: Sent, act: Callable[[Correction], Any]) -> Any:
    version = request.form.get("version", -1, type=int)
    try:
        act(Correction(city().records, city().office(), number, version, me()))
    except Rejected as error:
        return issue_page(number, sent, reason_words(error)), 400
    except Conflict as error:
        return issue_page(number, sent, reason_words(error)), 409
    return redirect(url_for("hot_issues.one", number=number), 303)
