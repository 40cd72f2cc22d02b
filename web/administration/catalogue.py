"""The dispatch catalogue: who leads for which topic, and where the city decided otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import Rejected
from casework.judgement import TopicPath
from casework.permissions import Action
from casework.storage.judgements import join_topic, split_topic
from casework.storage.office import load_departments, load_leads
from casework.storage.office_rules import set_lead
from casework.taxonomy import first_level_topics
from routing.catalogue import DISTRICT_GOVERNMENTS, Entry, read_catalogue
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.reasons import in_words

blueprint = Blueprint("catalogue", __name__, url_prefix="/administration/catalogue")


@dataclass(frozen=True, slots=True)
class Line:
    """One leaf. changed: the department the city set, or "". district: the district's own."""

    topic: TopicPath
    entry: Entry
    changed: str
    district: bool

    @property
    def key(self) -> str:
        return join_topic(self.topic)


@blueprint.get("/")
@requires(Action.ADMINISTER)
def leaves() -> Any:
    """The leaves of one first-level topic, or those that hold the words looked for."""
    return _page()


@blueprint.post("/")
@requires(Action.ADMINISTER)
def lead() -> Any:
    """Set or take back the lead department of a leaf."""
    topic = split_topic(request.form.get("topic", "")[:200])
    try:
        with city().records.write() as work:
            tree = load_departments(work)
            set_lead(work, tree, topic, request.form.get("department", ""), me().username, now())
            work.commit()
    except Rejected as error:
        return _page(in_words(error)), 400
    return redirect(url_for("catalogue.leaves", level1=topic[0]), 303)


def _page(problem: str = "") -> str:
    words = request.args.get("q", "").strip()[:40]
    level1 = request.args.get("level1", "")
    if not words and level1 not in (*first_level_topics(), "changed"):
        level1 = first_level_topics()[0]
    with city().records.read() as work:
        leads = load_leads(work)
    entries = read_catalogue().entries
    lines = [
        Line(topic, entry, leads.get(topic, ""), entry.lead == DISTRICT_GOVERNMENTS)
        for topic, entry in entries.items()
        if _wanted(topic, level1, words, leads)
    ]
    return render_template(
        "administration/catalogue.html",
        lines=lines,
        total=len(entries),
        changed=len(leads),
        level1=level1,
        words=words,
        departments=department_choices(),
        problem=problem,
    )


def _wanted(topic: TopicPath, level1: str, words: str, leads: dict[TopicPath, str]) -> bool:
    if words:
        return words in "／".join(topic)
    return topic in leads if level1 == "changed" else topic[0] == level1
