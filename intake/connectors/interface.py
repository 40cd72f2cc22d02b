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
"""Where reading goes on; JSON. Written and understood by the connector alone. Empty at first."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a source. position: 1-based row or entry. raw: the item as it came, for the
    file of rejected rows. draft: the message, or why there is none."""

    position: int
    raw: tuple[str, ...]
    draft: MessageDraft | Rejected


class Connector(Protocol):
    """One source, opened with its settings."""

    def fetch(self, bookmark: Bookmark) -> tuple[Sequence[Item], Bookmark]:
        """The items that may be new since the bookmark, and the bookmark for the next time.

        Items may come again: the same source and source_ref is the same message, and is taken in
        once. The new bookmark is kept only together with the items. Raises SourceUnreadable when
        the source cannot be read; nothing is lost then, and it is tried again later.
        """
        ...


class MakesConnector(Protocol):
    """What a connector's file offers: makes the connector of a source from its settings.

    zone: of times that name none. now: the moment of reading. Raises Rejected for settings that
    make no sense; `sources` are checked with it before they are saved.
    """

    def __call__(self, source: Source, zone: ZoneInfo, now: datetime) -> Connector: ...
