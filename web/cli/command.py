"""What every command shares: opening the city, telling errors, and the line of JSON at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from casework.errors import MinshengError
from runtime.settings import read_settings
from runtime.wiring import City, open_city
from web.reasons import in_words

P = ParamSpec("P")
R = TypeVar("R")

json_option = click.option(
    "--json", "as_json", is_flag=True, help="The last line is one JSON object."
)


def telling(command: Callable[P, R]) -> Callable[P, R]:
    """Errors raised on purpose end the command with a sentence and exit code 1, no traceback."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except MinshengError as error:
            raise click.ClickException(in_words(error)) from error

    return told


@contextmanager
def the_city() -> Iterator[City]:
    """This process's city, closed at the end."""
    city = open_city(read_settings())
    try:
        yield city
    finally:
        city.close()


def tell(result: Mapping[str, Any], as_json: bool) -> None:
    """Print a result: as one line of JSON, or a line a figure for people."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for name, value in result.items():
        click.echo(f"{name}: {value}")
