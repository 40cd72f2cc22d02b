"""What a leader says about an alert, as the form holds it."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict


@dataclass(frozen=True, slots=True)
class VerdictForm:
    """verdict: whether the alert was true."""

    verdict: bool
    reason: str


def read_verdict(sent: MultiDict[str, str]) -> VerdictForm:
    """The form as sent."""
    return VerdictForm(sent.get("verdict") == "true", sent.get("reason", "").strip()[:1000])
