"""Published answers: a list, one answer, and an Atom feed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from casework.interest import Interest
from casework.storage.published_answers import (
    PAGE_SIZE,
    AnswersWanted,
    count_published,
    published_answer,
    published_answers,
)
from casework.storage.queries.paged import Paged
from casework.taxonomy import first_level_topics
from web.access import public
from web.answers.may_subscribe import may_subscribe
from web.city import city
from web.clock import now
from web.tickets.filters import page_number
from web.typed import typed

blueprint = Blueprint("answers", __name__, url_prefix="/answers")
FEED_LENGTH = 50
LONGEST_TEXT, MOST_WORDS = 100, 5
_MACHINE = re.compile(r"bot|spider|crawl|slurp", re.IGNORECASE)
FIVE_MINUTES = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class AnswersPage(Paged):
    """Where in the list the reader is."""

    number: int
    total: int
    size: ClassVar[int] = PAGE_SIZE


@blueprint.get("/")
@public
def every() -> Any:
    """Answers of all topics and districts, or of some."""
    wanted, page, text = read_wanted(), page_number(request.args), read_text()
    topic = wanted.topic
    if text:
        judgement = city().classifier.judge(text)
        wanted = replace(wanted, words=(judgement.keywords or (text,))[:MOST_WORDS])
        topic = topic or (judgement.topic or ("",))[0]
    with city().records.read() as work:
        total = count_published(work, wanted)
        found = published_answers(work, wanted, page)
    if page == 1 and (text or wanted.topic):
        _note(Interest.SEARCHED if total else Interest.IN_VAIN, topic)
    return render_template(
        "answers/every.html",
        answers=found,
        page=AnswersPage(page, total),
        wanted=wanted,
        text=text,
        districts=[d for d in city().office().departments if d.level == "district" and d.active],
        may_subscribe=may_subscribe(),
    )


@blueprint.get("/<uuid:answer_id>")
@public
def one(answer_id: UUID) -> Any:
    """One answer."""
    with city().records.read() as work:
        answer = published_answer(work, answer_id)
    _note(Interest.READ, (answer.topic or ("",))[0])
    return render_template("answers/one.html", answer=answer)


@blueprint.get("/feed")
@public
def feed() -> Any:
    """The latest answers as Atom, for feed readers."""
    wanted = read_wanted()
    with city().records.read() as work:
        found = published_answers(work, wanted, limit=FEED_LENGTH)
    address = city().settings.address or request.url_root.rstrip("/")
    text = render_template(
        "answers/feed.xml", answers=found, address=address, updated=_updated(found), wanted=wanted
    )
    answer = Response(text, content_type="application/atom+xml; charset=utf-8")
    answer.headers["Cache-Control"] = FIVE_MINUTES
    return answer


def read_wanted() -> AnswersWanted:
    """What the address asks for; what makes no sense in it is ignored."""
    topic, district = request.values.get("topic", ""), request.values.get("district", "")
    known = city().office().departments.get(district)
    return AnswersWanted(
        topic if topic in first_level_topics() else "",
        district if known is not None and known.level == "district" else "",
    )


def read_text() -> str:
    """What is looked for; "" for nothing."""
    return typed(request.args.get("q", "")).strip()[:LONGEST_TEXT]


def _note(what: Interest, topic: str) -> None:
    """Count it, unless a machine gathers pages."""
    if not _MACHINE.search(request.user_agent.string):
        city().interest.note(what, topic, now())


def _updated(found: Any) -> Any:
    return found[0].published_at if found else now()
