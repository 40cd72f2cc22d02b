"""People and their roles: adding, changing, resetting a password, letting go with hand-over."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from casework.errors import Rejected
from casework.permissions import Action, Role
from casework.storage import staff
from casework.storage.people import add_user
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.reasons import in_words
from web.security import keep_nowhere

blueprint = Blueprint("people", __name__, url_prefix="/administration/people")


@blueprint.get("/")
@requires(Action.ADMINISTER)
def every() -> Any:
    """Everybody who works here."""
    with city().records.read() as work:
        return render_template("administration/people.html", staff=staff.staff(work, now()))


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def new() -> Any:
    """Add somebody; their first password is shown once."""
    if request.method == "GET":
        return _new_page(MultiDict(request.args))
    username, password = request.form.get("username", "").strip(), secrets.token_urlsafe(12)
    try:
        with city().records.write() as work:
            add_user(
                work,
                username,
                request.form.get("display_name", "").strip() or username,
                _roles(request.form),
                request.form.get("department", ""),
                password,
                now(),
            )
            staff.reset_password(work, username, password, me().username, now())
            work.commit()
    except Rejected as error:
        return _new_page(request.form, in_words(error)), 400
    return _told_once(username, password)


@blueprint.route("/<username>", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def person(username: str) -> Any:
    """Somebody's name, roles and department."""
    if request.method == "GET":
        return _person_page(username)
    try:
        with city().records.write() as work:
            staff.change_person(
                work,
                username,
                request.form.get("display_name", ""),
                _roles(request.form),
                request.form.get("department", ""),
                me().username,
                now(),
            )
            work.commit()
    except Rejected as error:
        return _person_page(username, in_words(error)), 400
    return redirect(url_for("people.every"), 303)


@blueprint.post("/<username>/password")
@requires(Action.ADMINISTER)
def password(username: str) -> Any:
    """Reset a password; the new one is shown once and must be changed at the next sign-in."""
    chosen = secrets.token_urlsafe(12)
    with city().records.write() as work:
        staff.reset_password(work, username, chosen, me().username, now())
        work.commit()
    return _told_once(username, chosen)


@blueprint.post("/<username>/leave")
@requires(Action.ADMINISTER)
def leave(username: str) -> Any:
    """Let somebody go; whoever takes over is named."""
    heir = request.form.get("heir", "").strip()
    try:
        with city().records.write() as work:
            staff.deactivate(work, username, heir, me().username, now())
            work.commit()
    except Rejected as error:
        return _person_page(username, in_words(error)), 400
    return redirect(url_for("people.every"), 303)


@blueprint.post("/<username>/return")
@requires(Action.ADMINISTER)
def come_back(username: str) -> Any:
    """Let somebody come back."""
    with city().records.write() as work:
        staff.reactivate(work, username, me().username, now())
        work.commit()
    return redirect(url_for("people.person", username=username), 303)


def _roles(sent: MultiDict[str, str]) -> frozenset[Role]:
    known = {role.value for role in Role}
    return frozenset(Role(role) for role in sent.getlist("roles") if role in known)


def _new_page(sent: MultiDict[str, str], problem: str = "") -> str:
    return render_template(
        "administration/person_new.html",
        sent=sent,
        chosen=_roles(sent),
        roles=list(Role),
        departments=department_choices(),
        problem=problem,
    )


def _person_page(username: str, problem: str = "") -> str:
    with city().records.read() as work:
        member = staff.staff_member(work, username)
        left = staff.burden(work, username)
        heirs = [m for m in staff.staff(work, now()) if m.active and m.username != username]
    return render_template(
        "administration/person.html",
        member=member,
        chosen=_roles(request.form) if problem and request.form.get("roles") else member.roles,
        left=left,
        heirs=heirs,
        roles=list(Role),
        departments=department_choices(),
        problem=problem,
    )


def _told_once(username: str, password: str) -> Any:
    page = render_template(
        "administration/password_told.html", username=username, password=password
    )
    return keep_nowhere(make_response(page))
