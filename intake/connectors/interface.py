"""What every connector is: something one can ask for what is new since a bookmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from casework.errors import Rejected
from casework.model import MessageDraft
from casework.storage.sources import Source

Bookmark = Mapping[str, Any]
"""Where reading goes on: JSON, empty at first; written and understood by the connector alone."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a source. position: 1-based row or entry. raw: the item as it came, for the
    file of rejected rows. draft: the message, or why there is none."""

    position: int
    raw: tuple[str, ...]
    draft: MessageDraft | Rejected


class Connector(Protocol):
    """One source, ready to be read."""

    def fetch(self, bookmark: Bookmark) -> tuple[Sequence[Item], Bookmark]:
        """The items that may be new since the bookmark, and the bookmark for the next time.

        Items may come again: the same source and source_ref is the same message and is taken in
        once. The new bookmark is kept only together with the items. Raises SourceUnreadable when
        the source cannot be read: nothing is lost then, and it is tried again later.
        """
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What a connector is made of. secrets: the keys that hold now, the newest first. zone: of
    times that name none. now: the moment of reading."""

    source: Source
    secrets: tuple[str, ...]
    zone: ZoneInfo
    now: datetime


class Connect(Protocol):
    """What the file of a connector offers under the name `connect`.

    Raises Rejected for settings that make no sense, so that they are told when they are saved.
    """

    def __call__(self, opening: Opening) -> Connector: ...
