"""flask serve and flask schedule: the web server, and the timetable."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

import click
from waitress import create_server

from runtime.logs import set_up_logs
from runtime.ports import choose_port
from runtime.scheduler import start_scheduler
from runtime.settings import read_settings
from runtime.wiring import open_city
from web.cli.command import telling, the_city
from web.cli.demo import load_demonstration, show_accounts
from web.imports.upload import largest_upload

WAITRESS_BODY = 16 * 1024 * 1024
"""Far above what the pages accept, so that they and not the server answer, in the reader's language."""


@click.command()
@click.option("--with-scheduler", is_flag=True, help="Run the timetable in this process too.")
@click.option("--demonstration", is_flag=True, help="Fill a new home with the made-up city.")
@telling
def serve(with_scheduler: bool, demonstration: bool) -> None:
    """Serve the pages until Ctrl-C."""
    from web.app import create_app  # the timetable beside it needs no pages

    settings = read_settings()
    set_up_logs(settings.log)
    _end_by_signal()
    accounts = load_demonstration(settings) if demonstration else {}
    city = open_city(settings)
    stop: Callable[[], None] = start_scheduler(city) if with_scheduler else (lambda: None)
    try:
        port = choose_port(settings.host, settings.port)
        server = create_server(
            create_app(city),
            host=settings.host,
            port=port,
            threads=settings.threads,
            ident=None,
            max_request_body_size=WAITRESS_BODY + largest_upload(settings),
        )
        show_accounts(accounts)
        click.echo(f"\nhttp://{settings.host}:{port}/\n")
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        click.echo("Stopping …")
        stop()
        city.close()


@click.command()
@telling
def schedule() -> None:
    """Run the timetable until Ctrl-C: relay, alerts, notices, nightly rebuild."""
    set_up_logs(read_settings().log)
    _end_by_signal()
    with the_city() as city:
        stop = start_scheduler(city)
        click.echo(f"Running as {city.holder}.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass
        finally:
            click.echo("Stopping …")
            stop()


def _end_by_signal() -> None:
    """SIGTERM ends as Ctrl-C does: what runs is finished, nothing is left half done.

    SIGINT is set too, because a shell starts background jobs with it ignored.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
