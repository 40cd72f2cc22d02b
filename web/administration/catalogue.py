"""The dispatch catalogue: who leads for which topic; a draft, a dry run of it, and the versions that hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from casework.departments import DISTRICT_GOVERNMENTS
from casework.errors import NotFound, Rejected
from casework.judgement import TopicPath
from casework.leads import LeadsVersion, changes
from casework.model import Assignment
from casework.permissions import Action
from casework.storage import leads as kept
from casework.storage.judgements import join_topic, split_topic
from casework.storage.office import load_departments
from casework.storage.queries.past_dispatches import PastDispatch, past_dispatches
from casework.storage.staffing import staffed
from casework.taxonomy import first_level_topics
from routing.catalogue import Entry, read_catalogue
from routing.trial import Trial, try_leads
from web.access import me, requires
from web.city import city
from web.clock import now
from web.department.choices import department_choices
from web.reasons import in_words

CHANGED, DRAFT = "changed", "draft"

blueprint = Blueprint("catalogue", __name__, url_prefix="/administration/catalogue")


@dataclass(frozen=True, slots=True)
class Line:
    """One leaf. holds: the department the newest version gives it to, "" for the files' one. draft:
    the one of the draft, likewise. standing: who answers for that one now, "" for nobody. staffed: somebody works there."""

    topic: TopicPath
    entry: Entry
    holds: str
    draft: str
    standing: str
    staffed: bool

    @property
    def key(self) -> str:
        return join_topic(self.topic)

    @property
    def changed(self) -> bool:
        return self.holds != self.draft


@blueprint.get("/")
@requires(Action.ADMINISTER)
def leaves() -> Any:
    """The leaves of one first-level topic, or those that hold the words looked for."""
    return _page()


@blueprint.post("/")
@requires(Action.ADMINISTER)
def lead() -> Any:
    """Set or take back the lead department of a leaf, in the draft."""
    topic = split_topic(request.form.get("topic", "")[:200])
    try:
        with city().records.write() as work:
            tree = load_departments(work)
            department = request.form.get("department", "")
            kept.set_lead(work, tree, topic, department, me().username, now())
            work.commit()
    except Rejected as error:
        return _page(in_words(error)), 400
    return redirect(url_for("catalogue.leaves", level1=topic[0]), 303)


@blueprint.get("/trial")
@requires(Action.ADMINISTER)
def trial() -> Any:
    """What past messages the draft would give to somebody else; nothing is written."""
    served, dispatcher = city(), city().dispatcher
    in_force = served.office().leads_at(now())
    with served.records.read() as work:
        draft = LeadsVersion(leads=kept.load_draft(work))
        found = try_leads(
            past_dispatches(work, now()),
            partial(_assigned, dispatcher.assign_by, in_force),
            partial(_assigned, dispatcher.assign_by, draft),
        )
    return _page(trial=found)


@blueprint.post("/versions")
@requires(Action.ADMINISTER)
def publish() -> Any:
    """Let the draft hold from a day on."""
    try:
        with city().records.write() as work:
            kept.publish(
                work,
                _day(request.form.get("effective_from", "")),
                request.form.get("reason", ""),
                _today(),
                me().username,
                now(),
            )
            work.commit()
    except Rejected as error:
        return _page(in_words(error)), 400
    return redirect(url_for("catalogue.leaves", _anchor="versions"), 303)


@blueprint.post("/versions/<number>")
@requires(Action.ADMINISTER)
def restore(number: str) -> Any:
    """Make the draft what a version says; 0: what the files say."""
    with city().records.write() as work:
        versions = (LeadsVersion(), *kept.load_versions(work))
        version = next((each for each in versions if str(each.number) == number), None)
        if version is None:
            raise NotFound("version", number)
        kept.restore(work, version.leads, me().username, now(), f"as version {number}")
        work.commit()
    return redirect(url_for("catalogue.leaves", level1=DRAFT), 303)


def _assigned(assign: Any, leads: LeadsVersion, past: PastDispatch) -> Assignment:
    found: Assignment = assign(leads, past.judgement, past.text, past.kind, past.district)
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Rejected("day", "effective_from", value=text[:20]) from None


def _today() -> date:
    return now().astimezone(city().settings.zone).date()


def _page(problem: str = "", trial: Trial | None = None) -> str:
    words = request.args.get("q", "").strip()[:40]
    level1 = request.args.get("level1", "")
    if not words and level1 not in (*first_level_topics(), CHANGED, DRAFT):
        level1 = DRAFT if trial else first_level_topics()[0]
    with city().records.read() as work:
        draft, versions = kept.load_draft(work), kept.kept_versions(work)
        tree, have_people = load_departments(work), staffed(work)
    newest = versions[0].version if versions else LeadsVersion()
    catalogue = read_catalogue()
    lines = [
        Line(
            topic,
            entry,
            newest.leads.get(topic, ""),
            draft.get(topic, ""),
            standing,
            standing in have_people,
        )
        for topic, entry in catalogue.entries.items()
        if _wanted(topic, level1, words, draft, newest.leads)
        for standing in [tree.standing(draft.get(topic, "") or entry.lead)]
    ]
    return render_template(
        "administration/catalogue.html",
        lines=lines,
        total=len(catalogue.entries),
        draft=draft,
        changed=changes(newest.leads, draft),
        versions=versions,
        in_force=city().office().leads_at(now()),
        files=catalogue.version,
        of_district=DISTRICT_GOVERNMENTS,
        first_day=max(_today(), newest.effective_from),
        level1=level1,
        words=words,
        departments=department_choices(),
        problem=problem,
        trial=trial,
    )


def _wanted(
    topic: TopicPath,
    level1: str,
    words: str,
    draft: Mapping[TopicPath, str],
    holds: Mapping[TopicPath, str],
) -> bool:
    if words:
        return words in "／".join(topic)
    if level1 == DRAFT:
        return draft.get(topic, "") != holds.get(topic, "")
    return topic in draft if level1 == CHANGED else topic[0] == level1
