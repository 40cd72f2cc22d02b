"""Who may enter a page. Every view says so with a decorator; a view that says nothing is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.exceptions import Forbidden, InternalServerError
from werkzeug.wrappers import Response

from casework.permissions import Action, Person
from web.account.session import person_of_session

NEW_PASSWORD = "account.password"  # noqa: S105 - a page's name

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """open: anybody. signed: another system, by the signature of its request. Otherwise somebody
    signed in who may do all of the actions."""

    open: bool = False
    signed: bool = False
    actions: frozenset[Action] = field(default_factory=frozenset)

    def admits(self, person: Person) -> bool:
        return all(person.may(action) for action in self.actions)


def public(view: View) -> View:
    """Anybody may enter."""
    return _declare(view, Access(open=True))


def signed(view: View) -> View:
    """Another system may enter; the view itself checks the signature, before anything else."""
    return _declare(view, Access(signed=True))


def signed_in(view: View) -> View:
    """Everybody who works here may enter."""
    return _declare(view, Access())


def requires(*actions: Action) -> Callable[[View], View]:
    """Those who work here and may do all of the actions may enter."""
    return lambda view: _declare(view, Access(actions=frozenset(actions)))


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]  # read in access_of
    return view


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the endpoint's view declared, or None."""
    access: Access | None = getattr(app.view_functions[endpoint], "access", None)
    return access


def me() -> Person:
    """Who is signed in; only for views that are not public."""
    person: Person = g.person
    return person


def guard() -> Response | None:
    """Runs before every request: knows the person, and turns away whom the view does not admit."""
    g.person = None
    if request.endpoint == "static":
        return None
    access = access_of(current_app, request.endpoint) if request.endpoint else None
    if access is not None and access.signed:
        return None  # no session is read: the answer sets and depends on no cookie
    g.person = person_of_session()
    if request.endpoint is None:
        return None  # no such page: the answer still knows in which room the reader is
    if access is None:
        raise InternalServerError(f"{request.endpoint} does not say who may enter")
    return None if access.open else _admit(access, g.person)


def _admit(access: Access, person: Person | None) -> Response | None:
    if person is None:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("account.sign_in", next=back), 302)
    if person.new_password_due and request.endpoint != NEW_PASSWORD:
        return redirect(url_for(NEW_PASSWORD), 302)
    if not access.admits(person):
        raise Forbidden
    return None
