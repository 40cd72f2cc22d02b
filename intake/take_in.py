"""The function that takes items in: what every door hands its drafts to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from casework.model import MessageDraft
from intake.examine import Intake
from intake.receive import Also, Outcome, nothing_else, receive_many


class TakeIn(Protocol):
    """(drafts, now, also) → an outcome for each draft, in order; one transaction.

    Whatever `also` writes stands exactly when the drafts do. Raises RecordsUnavailable; then
    nothing was written.
    """

    def __call__(
        self, drafts: Sequence[MessageDraft], now: datetime, also: Also = nothing_else
    ) -> Sequence[Outcome]: ...


def as_messages(intake: Intake) -> TakeIn:
    """Every draft becomes a message with a ticket."""
    return partial(receive_many, intake)
