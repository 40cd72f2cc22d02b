"""flask intake key … and set-aside: secrets of sources, and what sources sent that was not taken in."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

import click

from casework.events import PROGRAM
from casework.storage import sources
from casework.storage.set_aside import list_set_aside
from runtime.clock import now
from web.cli.command import json_option, tell, telling, the_city

SECRET_BYTES = 32


@click.group()
def key() -> None:
    """The secrets of a source: its signing keys, or a mailbox's password."""


@key.command("add")
@click.argument("code")
@click.option("--secret", is_flag=True, help="Ask for the secret instead of making one.")
@json_option
@telling
def add(code: str, secret: bool, as_json: bool) -> None:
    """Give a source another secret and print it, once. The ones it has go on until they end."""
    given = click.prompt("Secret", hide_input=True) if secret else ""
    made = given or secrets.token_urlsafe(SECRET_BYTES)
    with the_city() as city, city.records.write() as work:
        sources.source(work, code)
        key_id = sources.add_key(work, code, made, PROGRAM, now())
        work.commit()
    tell({"id": str(key_id), "secret": "" if given else made}, as_json)


@key.command("list")
@click.argument("code")
@json_option
@telling
def list_keys(code: str, as_json: bool) -> None:
    """The ids of the secrets that hold now, the newest first."""
    with the_city() as city, city.records.read() as work:
        sources.source(work, code)
        found = [str(key_id) for key_id, _ in sources.keys(work, code, now())]
    tell({"keys": found}, as_json)


@key.command("end")
@click.argument("key_id", type=click.UUID)
@click.option("--in-hours", type=click.IntRange(0, 24 * 90), default=0, help="Not now, but then.")
@json_option
@telling
def end(key_id: UUID, in_hours: int, as_json: bool) -> None:
    """Let a secret end."""
    present = now()
    ends_at = present + timedelta(hours=in_hours)
    with the_city() as city, city.records.write() as work:
        sources.end_key(work, key_id, PROGRAM, ends_at, present)
        work.commit()
    tell({"id": str(key_id), "ends_at": ends_at.isoformat()}, as_json)


@click.command("set-aside")
@click.option("--source", default="", help="Of this source alone.")
@json_option
@telling
def set_aside_command(source: str, as_json: bool) -> None:
    """What sources sent and nobody took in, the latest first, with the reason."""
    with the_city() as city, city.records.read() as work:
        found = list_set_aside(work, source)
    if as_json:
        rows = [
            {"source": one.source, "reference": one.reference, "reason": one.reason}
            | {"size": one.size, "at": one.at.isoformat()}
            for one in found
        ]
        tell({"items": rows}, as_json)
        return
    for one in found:
        click.echo(
            f"{one.at:%Y-%m-%d %H:%M}  {one.source}  {one.reason}  {one.size}  {one.reference}"
        )
