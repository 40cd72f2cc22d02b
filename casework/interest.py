"""What people do on the public pages that tells what they want to know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class Interest(StrEnum):
    READ = "read"  # a published answer was opened
    SEARCHED = "searched"  # answers were looked for, and there were some
    IN_VAIN = "in_vain"  # and there were none


Noted = tuple[date, Interest, str]
"""A day of the city, what was done, and the first-level topic, "" for none that could be told."""
Counts = Mapping[Noted, int]
