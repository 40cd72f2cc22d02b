"""Which file reads a source: the one named in its settings, else the one named as its kind.

A new connector is one new file in this folder with a function `connect`; nothing else changes.
"""

from __future__ import annotations

from importlib import import_module

from casework.errors import Rejected
from intake.connectors.interface import Connector, Opening


def open_connector(opening: Opening) -> Connector:
    """The connector of a source. Raises Rejected("connector", "settings") when no file has that
    name, and what the connector says about the other settings."""
    name = str(opening.source.settings.get("connector") or opening.source.kind)
    if not name.isidentifier():
        raise Rejected("connector", "settings", value=name)
    address = f"{__package__}.{name}"
    try:
        module = import_module(address)
    except ModuleNotFoundError as error:
        if error.name != address:
            raise  # the file is there; something it needs is not
        raise Rejected("connector", "settings", value=name) from None
    connect = getattr(module, "connect", None)
    if connect is None:
        raise Rejected("connector", "settings", value=name)
    connector: Connector = connect(opening)
    return connector
