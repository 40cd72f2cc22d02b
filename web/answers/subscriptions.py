"""Subscribing to published answers or to one's own case; confirming, and ending with one click.

The token in a mail's link is the secret: whoever has the mail may confirm and stop. The answer to a
subscription is the same whether the address was known or not.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from werkzeug.exceptions import NotFound as NoSuchPage

from casework.errors import Rejected
from casework.storage import attempts, subscriptions
from web.access import public
from web.answers.may_subscribe import may_subscribe
from web.answers.views import read_wanted
from web.appearance import language
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.public.forms import EMAIL
from web.public.progress import opened_ticket
from web.security import keep_nowhere

blueprint = Blueprint("subscriptions", __name__, url_prefix="/subscriptions")
LONGEST_EMAIL = 200


@blueprint.post("/answers")
@public
def to_answers() -> Any:
    """Ask an address whether it wants published answers."""
    wanted = read_wanted()
    return _subscribe(None, wanted.topic, wanted.district)


@blueprint.post("/case")
@public
def to_case() -> Any:
    """Ask an address whether it wants the steps of the ticket that is open in this browser."""
    ticket = opened_ticket()
    if ticket is None:
        raise NoSuchPage
    return _subscribe(ticket, "", "")


@blueprint.get("/<token>")
@public
def one(token: str) -> Any:
    """What a subscription is for, with the buttons that confirm and end it."""
    with city().records.read() as work:
        found = subscriptions.subscription(work, token)
    return _page("answers/subscription.html", subscription=found, token=token)


@blueprint.post("/<token>/confirm")
@public
def confirm(token: str) -> Any:
    """Let the subscription count."""
    with city().records.write() as work:
        subscriptions.confirm(work, token, now())
        work.commit()
        found = subscriptions.subscription(work, token)
    return _page("answers/subscription.html", subscription=found, token=token)


@blueprint.post("/<token>/stop")
@public
def stop(token: str) -> Any:
    """End it; mail programs may send this by themselves (RFC 8058)."""
    with city().records.write() as work:
        subscriptions.stop(work, token, now())
        work.commit()
    return _page("answers/stopped.html")


def _subscribe(ticket: UUID | None, topic: str, district: str) -> Any:
    if not may_subscribe():
        raise NoSuchPage
    email = request.form.get("email", "").strip()
    if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(email):
        words = reason_words(Rejected("email", "email"))
        return _page("answers/asked.html", problem=words, email=email), 400
    with city().records.write() as work:
        tried = attempts.who(work, "subscribe", "", request.remote_addr or "")
        attempts.check(work, tried, now())
        attempts.failed(work, tried, now())  # counted whatever becomes of it
        subscriptions.subscribe(
            work, email, language(), now(), ticket_id=ticket, topic=topic, district=district
        )
        work.commit()
    return _page("answers/asked.html", problem="", email=email)


def _page(template: str, **values: Any) -> Any:
    return keep_nowhere(make_response(render_template(template, **values)))
