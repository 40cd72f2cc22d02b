"""Topics somebody wants to be told of: tried on what has come, then watched."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Conflict, Rejected
from casework.permissions import Action, scope_of
from casework.storage.alerts import rule_records
from casework.storage.queries.tickets import lines_of_messages
from casework.storage.watched_topics import watched_topics
from casework.watched_topics import WatchedTopic
from monitor.topic_watch import HISTORY, Trial, forget_topic, save_topic, try_topic
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words

blueprint = Blueprint("watched", __name__, url_prefix="/leadership/watched-topics")
EMPTY = WatchedTopic("", (), minimum=3)
GAPS = re.compile(r"[\s,，、;；]+")


@blueprint.get("/")
@requires(Action.JUDGE_ALERTS)
def topics() -> str:
    """What is watched, with each topic's record, and the form for another."""
    return _page(EMPTY)


@blueprint.post("/")
@requires(Action.JUDGE_ALERTS)
def topic() -> Any:
    """Try a topic on what has come, or watch it."""
    sent = _read()
    try:
        if request.form.get("do") != "save":
            return _page(sent, try_topic(city().records, city().index, sent, now()))
        save_topic(city().records, sent, me(), now())
    except Conflict:
        return _page(sent, problem=reason_words(Rejected("taken", "name"))), 400
    except Rejected as error:
        return _page(sent, problem=reason_words(error)), 400
    return redirect(url_for("watched.topics"), 303)


@blueprint.post("/forget")
@requires(Action.JUDGE_ALERTS)
def forget() -> Any:
    """Watch a topic no more."""
    forget_topic(city().records, request.form.get("name", ""), me(), now())
    return redirect(url_for("watched.topics"), 303)


def _read() -> WatchedTopic:
    sent = request.form
    return WatchedTopic(
        name=sent.get("name", "").strip(),
        must=_words("must"),
        context=_words("context"),
        exclude=_words("exclude"),
        near=_words("near"),
        within=sent.get("within", 0, type=int),
        pattern=sent.get("pattern", "").strip(),
        minimum=sent.get("minimum", 0, type=int),
        hours=sent.get("hours", 0, type=int),
    )


def _words(field: str) -> tuple[str, ...]:
    words = GAPS.split(request.form.get(field, "")[:1000])
    return tuple(dict.fromkeys(word for word in words if word))


def _page(form: WatchedTopic, trial: Trial | None = None, problem: str = "") -> str:
    served = city()
    scope = scope_of(me(), Action.READ_TICKET)
    examples = list(trial.examples) if trial else []
    with served.records.read() as work:
        watched = watched_topics(work, now())
        records = {record.rule: record for record in rule_records(work)}
        lines = lines_of_messages(work, served.office(), scope, examples)
    return render_template(
        "leadership/watched_topics.html",
        topics=watched,
        records=records,
        form=form,
        trial=trial,
        lines=lines,
        days=HISTORY.days,
        problem=problem,
    )
