"""Whether citizens can subscribe here at all."""

from __future__ import annotations

from web.city import city


def may_subscribe() -> bool:
    """Whether mails can be sent and carry links."""
    return bool(city().settings.smtp_url and city().settings.address)
