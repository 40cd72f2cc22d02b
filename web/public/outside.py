"""The page a body outside answers by: its link is the secret, and it answers once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from casework.errors import Conflict, Rejected
from routing import outside
from web.access import public
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.security import keep_nowhere
from web.typed import typed

blueprint = Blueprint("outside", __name__, url_prefix="/outside")


@blueprint.get("/<token>")
@public
def form(token: str) -> Any:
    """What is asked, and the form; once it has ended, only that it has."""
    return _page(token)


@blueprint.post("/<token>")
@public
def answer(token: str) -> Any:
    """Take the answer."""
    served = city()
    signer, words = typed(request.form.get("signer", "")), typed(request.form.get("words", ""))
    try:
        outside.answer_by_link(
            served.records, token, signer, words, request.remote_addr or "", now()
        )
    except Rejected as error:
        if error.reason == "throttled":
            raise
        return _page(token, error.field, reason_words(error), signer, words), 400
    except Conflict as error:
        return _page(token, "", reason_words(error), signer, words), 409
    return redirect(url_for("outside.form", token=token), 303)


def _page(token: str, field: str = "", problem: str = "", signer: str = "", words: str = "") -> Any:
    found = outside.open_link(city().records, token, request.remote_addr or "", now())
    return keep_nowhere(
        make_response(
            render_template(
                "public/outside.html",
                asked=found,
                token=token,
                field=field,
                problem=problem,
                signer=signer,
                words=words,
            )
        )
    )
