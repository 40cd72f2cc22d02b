"""The mentions desk: public posts, one opened, a ticket made of it or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Conflict, NotFound, Rejected
from casework.permissions import Action
from casework.storage import sources
from casework.storage.corrections import Labels, said_of
from casework.storage.mentions import MentionState
from casework.storage.queries.mentions import (
    MentionFilter,
    MentionLine,
    count_mentions,
    list_mentions,
    mention,
)
from casework.taxonomy import leaves
from intake.mentions import bring_back, correct, set_aside, take_up
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.tickets.filters import page_number
from web.tickets.search import as_number

blueprint = Blueprint("mentions", __name__, url_prefix="/mentions")
EVERY_STATE = "all"
MOST_SEEN = "places"


@blueprint.get("/")
@requires(Action.SORT_MENTIONS)
def every() -> Any:
    """The list, with its first mention opened."""
    return _page()


@blueprint.get("/<key>")
@requires(Action.SORT_MENTIONS)
def one(key: str) -> Any:
    """The list, with this mention opened."""
    return _page(_mention(key))


@blueprint.post("/<key>/ticket")
@requires(Action.SORT_MENTIONS)
def ticket(key: str) -> Any:
    """Make a ticket of it and go on."""
    found = _mention(key)
    try:
        number = take_up(city().intake, found.id, me(), _version(), now())
    except Conflict as error:
        return _page(_mention(key), reason_words(error)), 409
    return redirect(_back_to_list(made=number), 303)


@blueprint.post("/<key>/aside")
@requires(Action.SORT_MENTIONS)
def aside(key: str) -> Any:
    """Say that nothing is to be done, and why, and go on."""
    found = _mention(key)
    try:
        reason = request.form.get("reason", "")
        set_aside(city().intake, found.id, me(), reason, _version(), now())
    except Rejected as error:
        return _page(found, reason_words(error)), 400
    except Conflict as error:
        return _page(_mention(key), reason_words(error)), 409
    return redirect(_back_to_list(aside=str(found.id)), 303)


@blueprint.post("/<key>/correct")
@requires(Action.SORT_MENTIONS)
def corrected(key: str) -> Any:
    """Say what the program got wrong about it."""
    found = _mention(key)
    form = request.form
    said = Labels(
        topic=form.get("topic", ""),
        kind=form.get("kind", ""),
        urgency=form.get("urgency", ""),
        unit="",
        sentiment=form.get("sentiment", ""),
    )
    try:
        correct(city().intake, found.id, me(), said, _version(), now())
    except Rejected as error:
        return _page(found, reason_words(error)), 400
    except Conflict as error:
        return _page(_mention(key), reason_words(error)), 409
    return redirect(url_for("mentions.one", key=found.id, **_asked()), 303)


@blueprint.post("/<key>/back")
@requires(Action.SORT_MENTIONS)
def back(key: str) -> Any:
    """Undo what was set aside."""
    found = _mention(key)
    try:
        bring_back(city().intake, found.id, me(), _version(), now())
    except Conflict as error:
        return _page(_mention(key), reason_words(error)), 409
    return redirect(url_for("mentions.one", key=found.id, **_asked()), 303)


def _page(opened: MentionLine | None = None, problem: str = "") -> str:
    wanted, most_seen = _wanted(), request.args.get("order") == MOST_SEEN
    with city().records.read() as work:
        page = list_mentions(work, wanted, page_number(request.args), most_seen)
        counts = count_mentions(work, wanted)
        known = {source.code: source.name for source in sources.sources(work)}
        undone = _set_aside_before(work)
        opened = opened or (page.lines[0] if page.lines else None)
        said = said_of(work, opened.id) if opened else None
    return render_template(
        "mentions/list.html",
        page=page,
        opened=opened,
        said=said,
        topics_below=[leaf.path for leaf in leaves()],
        counts=counts,
        wanted=wanted,
        state=request.args.get("state", "") or MentionState.OPEN,
        states=(*MentionState, EVERY_STATE),
        most_seen=most_seen,
        sources=known,
        problem=problem,
        asked=_asked(),
        made=as_number(request.args.get("made", "")),
        undone=undone,
    )


def _wanted() -> MentionFilter:
    state = request.args.get("state", "") or MentionState.OPEN
    return MentionFilter(
        source=request.args.get("source", "")[:60],
        topic=request.args.get("topic", "")[:100],
        sentiment=request.args.get("sentiment", "")[:10],
        state=MentionState(state) if state in set(MentionState) else None,
    )


def _asked() -> dict[str, Any]:
    """The list's own filter, to keep it through an act."""
    names = ("source", "topic", "sentiment", "state", "order")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _back_to_list(**done: Any) -> str:
    return url_for("mentions.every", **_asked(), **done)


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _mention(key: str) -> MentionLine:
    with city().records.read() as work:
        return mention(work, _id(key))


def _set_aside_before(work: Any) -> MentionLine | None:
    """The mention that was set aside just before this page, to undo it."""
    try:
        found = mention(work, _id(request.args.get("aside", "")))
    except NotFound:
        return None
    return found if found.state is MentionState.ASIDE else None


def _id(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise NotFound("mention") from None
