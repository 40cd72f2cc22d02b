"""The city this application serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from runtime.wiring import City

EXTENSION = "minsheng"


def city() -> City:
    """The wired parts the application was made with."""
    served: City = current_app.extensions[EXTENSION]
    return served
