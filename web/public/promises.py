"""How long an answer takes at most, for each kind of matter, as the deadline policy says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.deadlines import Matter
from casework.model import ClockName, ClockRule
from casework.office import Office
from casework.taxonomy import KINDS, NORMAL


@dataclass(frozen=True, slots=True)
class KindPromise:
    """A kind of matter and the rule of its reply clock; None when no rule says."""

    kind: str
    rule: ClockRule | None


def promises(office: Office, now: datetime) -> tuple[KindPromise, ...]:
    """The six kinds with the reply time limit that holds for an ordinary matter anywhere."""
    return tuple(KindPromise(kind, reply_rule(office, kind, now)) for kind in KINDS)


def reply_rule(office: Office, kind: str, now: datetime, urgency: str = NORMAL) -> ClockRule | None:
    """The rule that says how long a reply to a message of now may take."""
    rules = office.policy_at(now).rules_for(Matter(kind, urgency))
    return next((rule for rule in rules if rule.clock is ClockName.REPLY), None)
