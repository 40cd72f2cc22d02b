"""The timetable's share of subscriptions."""

from __future__ import annotations

from casework.storage import subscriptions
from runtime.clock import now
from runtime.delivery.digests import send_digests
from runtime.delivery.mail import mail_sender
from runtime.wiring import City


def tell_subscribers(city: City) -> None:
    """Ask new subscribers to confirm; tell the others once a day; needs mail and the address."""
    settings = city.settings
    if settings.smtp_url and settings.address:
        send = mail_sender(settings.smtp_url, settings.smtp_from)
        local = now().astimezone(settings.zone)
        send_digests(city.records, send, settings.address, local)


def forget_subscriptions(city: City) -> None:
    """Erase what was never confirmed, and what has ended."""
    with city.records.write() as work:
        subscriptions.forget(work, now())
        work.commit()
