"""What somebody typed into a form, without what no keyboard types."""

from __future__ import annotations

import re

_UNTYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Controls, which PostgreSQL and terminals mind; carriage returns among them, which forms send
before line ends; halves of characters."""


def typed(text: str) -> str:
    """The text without controls and outer spaces; line ends and tabs stay."""
    return _UNTYPED.sub("", text).strip()
