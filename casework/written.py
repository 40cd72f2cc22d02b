"""What somebody wrote into a field that must hold something."""

from __future__ import annotations

from casework.errors import Rejected


def written(text: str, field: str, limit: int) -> str:
    """The text without what surrounds it. Raises Rejected("empty" | "too_long") of the field."""
    text = text.strip()
    if not text:
        raise Rejected("empty", field)
    if len(text) > limit:
        raise Rejected("too_long", field, length=len(text), limit=limit)
    return text
