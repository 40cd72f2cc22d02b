"""How long an answer takes at most, for each kind of matter, as the deadline policy says."""

from __future__ import annotations

from dataclasses import dataclass

from casework.model import ClockName, ClockRule
from casework.office import Office
from casework.taxonomy import KINDS, NORMAL


@dataclass(frozen=True, slots=True)
class KindPromise:
    """A kind of matter and the rule of its reply clock; None when no rule says."""

    kind: str
    rule: ClockRule | None


def promises(office: Office) -> tuple[KindPromise, ...]:
    """The six kinds with the reply time limit that holds for an ordinary matter anywhere."""
    return tuple(KindPromise(kind, reply_rule(office, kind)) for kind in KINDS)


def reply_rule(office: Office, kind: str, urgency: str = NORMAL) -> ClockRule | None:
    """The rule that says how long a reply may take."""
    rules = office.policy.rules_for(kind, urgency, "")
    return next((rule for rule in rules if rule.clock is ClockName.REPLY), None)
