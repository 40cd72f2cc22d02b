"""flask intake sources, source add, source change and poll: where messages come from."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import click

from casework.errors import Rejected
from casework.events import PROGRAM
from casework.storage import sources
from casework.storage.sources import Source, SourceKind
from casework.taxonomy import CHANNELS
from intake.connectors.columns import read_mapping
from intake.source_settings import check_settings
from runtime.clock import now
from runtime.polling import poll_source
from runtime.wiring import City
from web.cli.command import json_option, tell, telling, the_city

set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    help="NAME=VALUE, VALUE as JSON or plain: --set url=https://… --set every_minutes=30; "
    "an empty value takes the setting out.",
)
map_option = click.option("--map", "mapping", help="For files: field=column, …")
quiet_option = click.option(
    "--quiet-after",
    type=click.IntRange(0),
    help="Minutes without news that are reported; 0: never.",
)


@click.command("sources")
@json_option
@telling
def sources_command(as_json: bool) -> None:
    """Every source and how it fares."""
    present = now()
    with the_city() as city, city.records.read() as work:
        found = [_shown(source, source.quiet(present)) for source in sources.sources(work)]
    if as_json:
        tell({"sources": found}, as_json)
        return
    for each in found:
        state = "!" if each["failures"] or each["quiet"] else " "
        click.echo(
            f"{state} {each['code']}  {each['kind']}  {each['name']}  "
            f"{each['items']}  {each['last_success_at'] or '—'}  {each['last_error']}"
        )


@click.group("source")
def source_group() -> None:
    """One source."""


@source_group.command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in SourceKind]))
@click.option("--channel", required=True, type=click.Choice(CHANNELS))
@set_option
@map_option
@quiet_option
@json_option
@telling
def add(
    code: str,
    name: str,
    kind: str,
    channel: str,
    settings: tuple[str, ...],
    mapping: str | None,
    quiet_after: int | None,
    as_json: bool,
) -> None:
    """Add a source."""
    given = _settings({}, settings, mapping)
    with the_city() as city:
        source = Source(
            code, name, SourceKind(kind), channel, given, quiet_after=_minutes(quiet_after)
        )
        tell(_save(city, source), as_json)


@source_group.command("change")
@click.argument("code")
@click.option("--name")
@click.option("--channel", type=click.Choice(CHANNELS))
@click.option("--active/--paused", default=None, help="Whether it is read.")
@set_option
@map_option
@quiet_option
@json_option
@telling
def change(
    code: str,
    name: str | None,
    channel: str | None,
    active: bool | None,
    settings: tuple[str, ...],
    mapping: str | None,
    quiet_after: int | None,
    as_json: bool,
) -> None:
    """Change what is given, and leave the rest."""
    with the_city() as city:
        with city.records.read() as work:
            before = sources.source(work, code)
        after = replace(
            before,
            name=name or before.name,
            channel=channel or before.channel,
            active=before.active if active is None else active,
            settings=_settings(before.settings, settings, mapping),
            quiet_after=before.quiet_after if quiet_after is None else _minutes(quiet_after),
        )
        tell(_save(city, after), as_json)


@click.command("poll")
@click.argument("code")
@json_option
@telling
def poll_command(code: str, as_json: bool) -> None:
    """Read a source now, due or not; exit code 1 when it cannot be read."""
    with the_city() as city:
        with city.records.read() as work:
            source = sources.source(work, code)
        polled = poll_source(city, source)
    tell(
        {
            "new": polled.new,
            "duplicates": polled.duplicates,
            "rejected": polled.rejected,
            "error": polled.error,
        },
        as_json,
    )
    sys.exit(1 if polled.error else 0)


def _save(city: City, source: Source) -> Mapping[str, Any]:
    check_settings(source, city.settings.zone, now())
    with city.records.write() as work:
        sources.save_source(work, source, PROGRAM, now())
        work.commit()
    return {"code": source.code, "kind": source.kind, "settings": dict(source.settings)}


def _settings(
    before: Mapping[str, Any], given: tuple[str, ...], mapping: str | None
) -> dict[str, Any]:
    settings = dict(before)
    for pair in given:
        name, equals, text = pair.partition("=")
        if not equals or not name.strip():
            raise Rejected("mapping", "settings", value=pair)
        settings[name.strip()] = _value(text.strip())
    if mapping is not None:
        settings["columns"] = read_mapping(mapping)
    return {name: value for name, value in settings.items() if value != ""}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _minutes(minutes: int | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None


def _shown(source: Source, quiet: bool) -> dict[str, Any]:
    health = source.health
    return {
        "code": source.code,
        "name": source.name,
        "kind": source.kind,
        "channel": source.channel,
        "active": source.active,
        "quiet": quiet,
        "items": health.items,
        "failures": health.failures,
        "last_tried_at": health.last_tried_at and health.last_tried_at.isoformat(),
        "last_success_at": health.last_success_at and health.last_success_at.isoformat(),
        "last_item_at": health.last_item_at and health.last_item_at.isoformat(),
        "last_error": health.last_error,
        "next_at": health.next_at and health.next_at.isoformat(),
    }
