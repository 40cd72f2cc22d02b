"""The timetable's share of the doors: mailboxes read, citizens and staff told, kept answers forgotten."""

from __future__ import annotations

from casework.quiet import Manners
from casework.storage import sources, staff_messages, webhook_answers
from casework.storage.sources import SourceKind
from runtime.clock import now
from runtime.delivery.chat import chat_sender
from runtime.delivery.mail import mail_sender
from runtime.delivery.notices import Channels, deliver_notices
from runtime.delivery.sms import text_sender
from runtime.delivery.staff_notices import StaffChannels
from runtime.delivery.staff_notices import tell_staff as tell
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
        address=settings.address,
        zone=settings.zone,
    )


def tell_staff(city: City) -> None:
    """Tell staff of their tickets' clocks, where mail or the office's chat is set up."""
    settings = city.settings
    channels = staff_channels_of(settings)
    if channels.mail is not None or channels.chat is not None:
        office = city.office()
        manners = Manners(settings.quiet_hours, settings.digest, office.calendar, settings.zone)
        tell(city.records, office, channels, manners, now)


def forget_staff_messages(city: City) -> None:
    """Erase messages to staff of long ago."""
    with city.records.write() as work:
        staff_messages.forget_old(work, now())
        work.commit()


def staff_channels_of(settings: Settings) -> StaffChannels:
    """How staff are told. Raises Rejected("setting") for an address that is none."""
    return StaffChannels(
        mail=mail_sender(settings.smtp_url, settings.smtp_from) if settings.smtp_url else None,
        chat=chat_sender(settings.chat_url, settings.chat_secret) if settings.chat_url else None,
        city_mail=settings.office_mail,
        address=settings.address,
    )


def forget_answers(city: City) -> None:
    """Erase the kept answers to signed requests that nobody will send again."""
    with city.records.write() as work:
        webhook_answers.forget_answers(work, now())
        work.commit()
