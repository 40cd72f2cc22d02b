"""The timetable's share of the doors: mailboxes read, notices sent, kept answers forgotten."""

from __future__ import annotations

from casework.storage import sources, webhook_answers
from casework.storage.sources import SourceKind
from runtime.clock import now
from runtime.delivery.mail import mail_sender
from runtime.delivery.notices import Channels, deliver_notices
from runtime.delivery.sms import text_sender
from runtime.polling import poll_source
from runtime.settings import Settings
from runtime.wiring import City


def poll_mailboxes(city: City) -> None:
    """Read every mailbox whose time has come."""
    with city.records.read() as work:
        waiting = sources.due(work, SourceKind.MAILBOX, now())
    for source in waiting:
        poll_source(city, source)


def send_notices(city: City) -> None:
    """Send what waits, where mail or text messages are set up."""
    channels = channels_of(city.settings)
    if channels.mail is not None or channels.text is not None:
        deliver_notices(city.records, channels, city.settings.hotline, now())


def channels_of(settings: Settings) -> Channels:
    """How notices go out. Raises Rejected("setting") for an address that is none."""
    return Channels(
        mail=mail_sender(settings.smtp_url, settings.smtp_from) if settings.smtp_url else None,
        text=text_sender(settings.sms_url, settings.sms_secret) if settings.sms_url else None,
    )


def forget_answers(city: City) -> None:
    """Erase the kept answers to signed requests that nobody will send again."""
    with city.records.write() as work:
        webhook_answers.forget_answers(work, now())
        work.commit()
