"""flask demo …: the made-up city."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta

import click
from uuid_utils.compat import uuid7

from casework.permissions import Person, Role
from casework.storage.people import add_user, set_password
from classifier.segmentation import search_words
from monitor import forecast_weekly, hot_issues, relay_turns, watch
from runtime.clock import now
from runtime.demonstration.alerts import settle_alerts
from runtime.demonstration.desk import fill_desk
from runtime.demonstration.load import is_loaded, load_messages, prepare
from runtime.settings import Settings, read_settings
from runtime.wiring import City, open_city, open_records
from web.cli.command import json_option, tell, telling

ACCOUNTS = (
    ("zuoxi", "坐席（演示）", Role.OPERATOR, "RXZ"),
    ("shaicha", "筛查席（演示）", Role.SCREENER, "RXZ"),
    ("chengguan", "城管局经办（演示）", Role.DEPARTMENT, "CGJ"),
    ("chengguanju", "城管局负责人（演示）", Role.HEAD, "CGJ"),
    ("zhujian", "住建局经办（演示）", Role.DEPARTMENT, "ZJJ"),
    ("lingdao", "值班领导（演示）", Role.LEADER, ""),
    ("guanli", "管理员（演示）", Role.ADMINISTRATOR, ""),
)
MESSAGES = 3200
WATCHED_HOURS = 48
GATHERED = timedelta(days=28)
"""How far back hot issues are gathered: the page is full of life, and the start stays short."""


@click.group()
def demo() -> None:
    """The made-up city, to try the program with."""


@demo.command()
@json_option
@telling
def load(as_json: bool) -> None:
    """Fill a new home with the made-up city; makes new passwords for its accounts."""
    accounts = load_demonstration(read_settings())
    tell({"accounts": accounts}, as_json)


def load_demonstration(settings: Settings) -> dict[str, str]:
    """Load it unless it is there; new passwords by username either way."""
    records, _ = open_records(settings)
    until = prepare(records, now())
    loaded = is_loaded(records)
    records.close()
    city = open_city(settings)
    try:
        if not loaded:
            _load(city, until)
        return _passwords(city)
    finally:
        city.close()


def _load(city: City, until: datetime) -> None:
    stderr = sys.stderr
    with click.progressbar(length=MESSAGES, label="demonstration", file=stderr) as bar:
        load_messages(city.intake, until, bar.update)
    departments = city.office().departments
    writer = Person(uuid7(), "guanli", "guanli", frozenset({Role.ADMINISTRATOR}))
    fill_desk(city.records, departments, writer, search_words, until, city.settings.zone)
    relay_turns.serve(city.records, city.index, city.holder, now, wish=relay_turns.REBUILD)
    # As the timetable would have looked at the last days, hour by hour.
    for hours in range(WATCHED_HOURS, -1, -1):
        watch.watch(city.records, city.index, city.settings.zone, until - timedelta(hours=hours))
    settle_alerts(city.records, until)
    hot_issues.gather(city.records, city.settings.zone, until, everything=True, within=GATHERED)
    forecast_weekly.forecast_weekly(city.records, city.index, city.office(), until)
    relay_turns.let_go(city.records, city.index, city.holder, now())


def _passwords(city: City) -> dict[str, str]:
    """New passwords for the accounts of the demonstration, which are made when missing."""
    passwords = {username: secrets.token_urlsafe(9) for username, *_ in ACCOUNTS}
    with city.records.write() as work:
        for username, display_name, role, department in ACCOUNTS:
            if not set_password(work, username, passwords[username]):
                add_user(
                    work,
                    username,
                    display_name,
                    frozenset({role}),
                    department,
                    passwords[username],
                    now(),
                )
        work.commit()
    return passwords


def show_accounts(passwords: Mapping[str, str]) -> None:
    """Print the accounts of the demonstration, a line each."""
    if not passwords:
        return
    click.echo("\n云澜市，演示数据。工作人员登录：\nA made-up city. Staff accounts:\n")
    for username, display_name, role, _ in ACCOUNTS:
        click.echo(f"  {username:<10} {passwords[username]:<14} {role.value:<14} {display_name}")
