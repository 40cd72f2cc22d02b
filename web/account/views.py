"""Signing in and out, and the way to one's own desk."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from casework.errors import Rejected
from casework.permissions import Action, Person
from casework.storage import people
from casework.storage.attempts import Throttled
from casework.storage.staff import change_password
from web.access import me, public, signed_in
from web.account import session as own_session
from web.account.forms import SignInForm, read_sign_in
from web.appearance import own_path
from web.city import city
from web.clock import now
from web.reasons import in_words

blueprint = Blueprint("account", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Let somebody in."""
    form = read_sign_in()
    if request.method == "GET":
        return _page(form) if g.person is None else redirect(url_for("account.desk"), 302)
    address = request.remote_addr or ""
    try:
        found = people.sign_in(city().records, form.username, form.password, address, now())
    except Throttled as error:
        return _page(form, throttled=error.minutes), 429
    if found is None:
        left = people.tries_left(city().records, form.username, address, now())
        return _page(form, wrong=True, left=left), 400
    own_session.begin(found)
    return redirect(own_path(form.back, url_for("account.desk")), 303)


@blueprint.post("/sign-out")
@public
def sign_out() -> Any:
    """End the session."""
    own_session.end()
    return redirect(url_for("account.sign_in"), 303)


@blueprint.get("/desk")
@signed_in
def desk() -> Any:
    """To the desk of the person's role; somebody without one is told so."""
    for action, endpoint in DESKS:
        if me().may(action):
            return redirect(url_for(endpoint), 302)
    return render_template("account/no_desk.html")


@blueprint.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> Any:
    """Change one's own password; then everywhere has to sign in anew."""
    if request.method == "GET":
        return render_template("account/password.html", problem="")
    old, new = request.form.get("old", ""), request.form.get("password", "")
    try:
        with city().records.write() as work:
            change_password(work, me().username, old, new, now())
            work.commit()
    except Rejected as error:
        return render_template("account/password.html", problem=in_words(error)), 400
    own_session.end()
    return redirect(url_for("account.sign_in"), 303)


DESKS = (
    (Action.TAKE_CALL, "calls.desk"),
    (Action.SCREEN, "screening.queue"),
    (Action.HANDLE, "department.tickets"),
    (Action.READ_TRENDS, "leadership.dashboard"),
    (Action.ADMINISTER, "people.every"),
)


def desks_of(person: Person) -> list[str]:
    """The endpoints of every desk the person may enter."""
    return [endpoint for action, endpoint in DESKS if person.may(action)]


def _page(form: SignInForm, wrong: bool = False, left: int = 0, throttled: int = 0) -> str:
    return render_template(
        "account/sign_in.html", form=form, wrong=wrong, left=left, throttled=throttled
    )
