"""flask user …: people who work here."""

from __future__ import annotations

import secrets
import sys

import click

from casework.errors import NotFound
from casework.permissions import Role
from casework.storage.people import add_user, set_password
from runtime.clock import now
from web.cli.command import json_option, tell, telling, the_city


@click.group()
def user() -> None:
    """People who work here."""


@user.command()
@click.argument("username")
@click.option("--name", "display_name", default="", help="Shown on pages; default: the username.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role])
)
@click.option("--department", default="", help="Department code.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
@telling
def add(
    username: str,
    display_name: str,
    roles: tuple[str, ...],
    department: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add somebody; without --password-stdin a password is made and shown once."""
    chosen = _password(password_stdin)
    with the_city() as city, city.records.write() as work:
        add_user(
            work,
            username,
            display_name or username,
            frozenset(Role(role) for role in roles),
            department,
            chosen,
            now(),
        )
        work.commit()
    shown = {} if password_stdin else {"password": chosen}
    tell({"username": username, "roles": list(roles), **shown}, as_json)


@user.command()
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
@telling
def password(username: str, password_stdin: bool, as_json: bool) -> None:
    """Give somebody a new password; their sessions end."""
    chosen = _password(password_stdin)
    with the_city() as city, city.records.write() as work:
        if not set_password(work, username, chosen):
            raise NotFound("user", username)
        work.commit()
    tell({"username": username, **({} if password_stdin else {"password": chosen})}, as_json)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return secrets.token_urlsafe(12)
