"""What the program suggests while the operator writes: topic, unit, place, demand, duplicates.

One call of the classifier, one of dispatch, one of the index, one of the records: it must be there
before the next word is typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from casework.counting import count
from casework.judgement import Judgement, TopicGuess, TopicPath
from casework.model import Assignment, DepartmentGuess
from casework.permissions import Action, Scope, scope_of
from casework.senders import plain_sender
from casework.storage.callers import sender_digest
from casework.storage.judgements import join_topic, split_topic
from casework.storage.knowledge import Article, find_articles
from casework.storage.queries.alike import Known
from intake.call import draft_of
from intake.elements import demand_in, missing, time_in
from intake.examine import district_of
from web.access import me
from web.appearance import language
from web.calls.forms import CallForm
from web.city import city
from web.clock import now
from web.public.promises import reply_rule
from web.tickets.alike import Offer, offers_like

TOPICS = UNITS = 3
LEAST = 0.02
"""A topic less likely than this is no suggestion."""
OPEN_OFFERS = 3
ANSWERED_OFFERS = ARTICLES = 2


@dataclass(frozen=True, slots=True)
class Suggestions:
    """judged: whether there was enough text to judge. kind, urgency: what would hold. topics,
    units: offers, the chosen one among them. unit: the code that F9 dispatches to, or "" for the
    screening desk. missing: names of elements. time, place, demand: heard in the matter, "" once
    the field is filled. open, answered: tickets that may be the same matter. articles: valid ones
    that may be told at once."""

    judged: bool
    kind: str
    urgency: str
    topics: tuple[TopicGuess, ...]
    units: tuple[DepartmentGuess, ...]
    unit: str
    reason: str
    due_at: datetime | None
    missing: tuple[str, ...]
    time: str
    place: str
    demand: str
    open: tuple[Offer, ...]
    answered: tuple[Offer, ...]
    articles: tuple[Article, ...]
    index_answers: bool


def suggest(form: CallForm) -> Suggestions:
    """Everything for the right-hand side of the form."""
    served = city()
    office = served.office()
    draft = draft_of(form.entry(language()), me(), now())
    judgement = served.intake.judge(draft.body)
    kind = form.kind or judgement.kind
    urgency = form.urgency or judgement.urgency
    chosen = split_topic(form.topic)
    district = district_of(office, draft, judgement)
    assignment = served.intake.route(_sure_of(judgement, chosen), draft.body, kind, district, now())
    unit = _unit(form, assignment)
    rule = reply_rule(office, kind, now(), urgency)
    still_open, answered, index_answers = _alike(form, scope_of(me(), Action.TAKE_CALL))
    judged = bool(form.matter)
    return Suggestions(
        judged=judged,
        kind=kind,
        urgency=urgency,
        topics=_topics(judgement, chosen) if judged else (),
        units=_units(assignment, unit) if judged else (),
        unit=unit if judged or form.department else "",
        reason=assignment.reason,
        due_at=count(rule, now(), office.calendar, office.zone).due_at if rule else None,
        missing=missing(form.elements, kind),
        time="" if form.time else time_in(form.matter),
        place="" if form.place else _place(judgement),
        demand="" if form.demand else demand_in(form.matter),
        open=still_open,
        answered=answered,
        articles=_articles(judgement) if judged else (),
        index_answers=index_answers,
    )


def _articles(judgement: Judgement) -> tuple[Article, ...]:
    if not judgement.keywords:
        return ()
    today = now().astimezone(city().settings.zone).date()
    with city().records.read() as work:
        return find_articles(work, judgement.keywords, today, limit=ARTICLES)


def _sure_of(judgement: Judgement, topic: TopicPath) -> Judgement:
    """The judgement as if it were sure of the topic the operator took."""
    if not topic:
        return judgement
    return structs.replace(judgement, topic=topic, leaves=(TopicGuess(topic, 1.0),))


def _unit(form: CallForm, assignment: Assignment) -> str:
    if assignment.reason == "report":
        return ""
    return form.department or assignment.department


def _topics(judgement: Judgement, chosen: TopicPath) -> tuple[TopicGuess, ...]:
    best = tuple(guess for guess in judgement.leaves[:TOPICS] if guess.probability >= LEAST)
    if not chosen or any(guess.path == chosen for guess in best):
        return best
    return (*best[: TOPICS - 1], TopicGuess(chosen, 0.0))


def _units(assignment: Assignment, unit: str) -> tuple[DepartmentGuess, ...]:
    if assignment.reason == "report":
        return ()
    best = assignment.guesses[:UNITS]
    if not unit or any(guess.department == unit for guess in best):
        return best
    return (*best[: UNITS - 1], DepartmentGuess(unit, 0.0, "dispatch", ()))


def _place(judgement: Judgement) -> str:
    return " ".join(dict.fromkeys(place.text for place in judgement.places))[:200]


def _alike(form: CallForm, scope: Scope) -> tuple[tuple[Offer, ...], tuple[Offer, ...], bool]:
    with city().records.read() as work:
        sender = sender_digest(work, form.caller) if plain_sender(form.caller) else None
    found, index_answers = offers_like(form.matter, Known(sender=sender), scope)
    taken = [offer for offer in found if offer.found.line.number == form.into]
    others = [offer for offer in found if offer.joinable and offer not in taken]
    answered = tuple(offer for offer in found if not offer.joinable)[:ANSWERED_OFFERS]
    return (*taken, *others[: OPEN_OFFERS - len(taken)]), answered, index_answers


def joined(topic: TopicPath) -> str:
    """A topic as the form holds it."""
    return join_topic(topic)
