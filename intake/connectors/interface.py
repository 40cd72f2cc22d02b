"""What a connector gives: drafts, or the reason why an item cannot become one."""

from __future__ import annotations

from dataclasses import dataclass

from casework.errors import Rejected
from casework.model import MessageDraft


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a source. position: 1-based row or entry. raw: the item as it came, for the
    file of rejected rows. draft: the message, or why there is none."""

    position: int
    raw: tuple[str, ...]
    draft: MessageDraft | Rejected
