"""Whether staff were told of the matter of an urgent message already: then the alert stands on the page at
once, and nobody is called once more.

Silence about danger to life must be sure. The same rule, the same district, no two places, an alert that
is still open and of the last COOL_DOWN; and either the same road or compound, or nearly the same words in
a matter that reaches a whole district (water, food, an outage, many people together).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from casework.storage.records import Work
from casework.storage.told_alerts import UrgentMessage, told_since, urgent_message
from monitor.hot_issues import CLOSE, CLOSE_ACROSS_DISTRICTS, elsewhere
from monitor.matter import Matter, closeness, matter_of
from monitor.raising import COOL_DOWN

WIDE = ("outage.", "health.", "collective.")
"""Rules of what happens to many people at once. A person who is trapped is one matter, and the next one
another, in whatever words."""


def told_of_the_same(work: Work, message_id: UUID, rule: str, now: datetime) -> str:
    """The number of the alert by which staff were told of this matter, "" when they were not."""
    message = urgent_message(work, message_id)
    told = told_since(work, now - COOL_DOWN, rule) if message is not None else ()
    if message is None or not told:
        return ""
    matter = matter_of(message.subject, message.body)
    same = (one for one in told if _same(message, matter, one, rule))
    return next((one.alert for one in same), "")


def _same(message: UrgentMessage, matter: Matter, told: UrgentMessage, rule: str) -> bool:
    if message.district != told.district or elsewhere(message.places, told.places):
        return False
    here = bool(message.places and told.places)  # not elsewhere: a place in common
    if not here and not rule.startswith(WIDE):
        return False
    words = matter_of(told.subject, told.body).words if told.words is None else told.words
    return closeness(matter.words, words) >= (CLOSE if here else CLOSE_ACROSS_DISTRICTS)
