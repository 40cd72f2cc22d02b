"""A list's filter as it stands in the address: read from it, and written back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from casework.model import TicketState
from casework.stages import RUNNING_STAGES, Stage
from casework.storage.queries.tickets import TicketFilter
from web.pages import department as department_name
from web.wording import word

SEARCHED_BY = ("district", "channel", "urgency")
"""Parts of a search's address that have no field in its form and stay when the form is sent."""
OPEN = "open"
"""The state that stands for every ticket not yet answered."""


def read_filter(args: MultiDict[str, str], zone: ZoneInfo) -> TicketFilter:
    """The filter an address asks for; what makes no sense in it is ignored.

    from, to: days, both included.
    """
    state, stage = args.get("state", ""), args.get("stage", "")
    return TicketFilter(
        states=(TicketState(state),) if state in set(TicketState) else (),
        open_only=state == OPEN,
        stage=Stage(stage) if stage in RUNNING_STAGES else None,
        kind=_text(args, "kind"),
        topic=_text(args, "topic"),
        urgency=_text(args, "urgency"),
        sentiment=_text(args, "sentiment"),
        department=_text(args, "department"),
        district=_text(args, "district"),
        channel=_text(args, "channel"),
        reply=args.get("reply", "") if args.get("reply") in ("met", "missed") else "",
        received_from=_start_of(args.get("from", ""), zone),
        received_to=_end_of(args.get("to", ""), zone),
        answered_from=_start_of(args.get("answered-from", ""), zone),
        answered_to=_end_of(args.get("answered-to", ""), zone),
    )


def page_number(args: MultiDict[str, str]) -> int:
    """The page asked for; the first when none is."""
    return max(1, args.get("page", 1, type=int))


def _text(args: MultiDict[str, str], name: str) -> str:
    return args.get(name, "").strip()[:100]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _start_of(text: str, zone: ZoneInfo) -> datetime | None:
    day = _day(text)
    return None if day is None else datetime.combine(day, time.min, tzinfo=zone)


def _end_of(text: str, zone: ZoneInfo) -> datetime | None:
    day = _day(text)
    if day is None or day == date.max:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def condition_words(args: MultiDict[str, str]) -> list[Markup | str]:
    """What a list is narrowed by, in words, for what its form has no field for."""
    words: list[Markup | str] = []
    state = args.get("state", "")
    if state == OPEN:
        words.append(_("还没有答复"))
    elif state in set(TicketState):
        words.append(word("state", state))
    if args.get("stage") in RUNNING_STAGES:
        words.append(word("stage", args["stage"]))
    if args.get("reply") in ("met", "missed"):
        words.append(_("按期答复") if args["reply"] == "met" else _("超期答复"))
    if args.get("district"):
        words.append(department_name(args["district"]))
    for first, last, text in (
        ("from", "to", _("收到")),
        ("answered-from", "answered-to", _("答复")),
    ):
        days = "—".join(part for part in (args.get(first, ""), args.get(last, "")) if _day(part))
        if days:
            words.append(f"{text} {days}")
    return words


def search_words(args: MultiDict[str, str]) -> list[Markup | str]:
    """What a search is narrowed by beyond the fields of its form."""
    found = [(name, args[name]) for name in SEARCHED_BY if args.get(name)]
    return [
        department_name(value) if name == "district" else word(name, value) for name, value in found
    ]
