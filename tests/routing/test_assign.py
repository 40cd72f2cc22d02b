"""Which department is guessed, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casework.departments import Department, DepartmentTree
from casework.judgement import Evidence, Judgement, TopicGuess, TopicPath, UnitGuess
from casework.leads import LeadsVersion
from casework.model import Assignment
from casework.taxonomy import SCREENED_ROUTES
from classifier.loading import load
from classifier.seeds import headed_lines
from routing.assign import Dispatcher, DispatchSettings
from routing.catalogue import Catalogue, Entry, read_catalogue, starting_departments
from tests import builders
from tests.conftest import NOW

SENTENCES = Path(__file__).parents[1] / "classifier" / "sentences" / "units.txt"
CATALOGUE = read_catalogue()
DEPARTMENTS = DepartmentTree(starting_departments())
TOPIC = next(path for path, entry in CATALOGUE.entries.items() if entry.lead == "CGJ")
LEAD = "CGJ"
WATER = next(path for path, entry in CATALOGUE.entries.items() if entry.lead == "SLJ")


def judgement(**changes: Any) -> Judgement:
    return builders.judgement(**({"leaves": (TopicGuess(TOPIC, 0.8),)} | changes))


def assign(
    judged: Judgement,
    text: str = "",
    leads: Mapping[TopicPath, str] | None = None,
    catalogue: Catalogue = CATALOGUE,
    sure: float = 0.6,
) -> Assignment:
    dispatcher = Dispatcher(catalogue, lambda: DEPARTMENTS, DispatchSettings(None, sure))
    return dispatcher.assign_by(LeadsVersion(leads=leads or {}), judged, text, judged.kind, "")


def chances(assignment: Assignment) -> dict[str, float]:
    return {guess.department: guess.probability for guess in assignment.guesses}


def test_without_a_model_of_units_the_topic_decides() -> None:
    assignment = assign(judgement())
    assert chances(assignment) == {LEAD: pytest.approx(0.8)}
    assert assignment.department == LEAD


def test_who_answers_such_messages_outweighs_the_topic() -> None:
    units = (UnitGuess("SLJ", 0.96), UnitGuess(LEAD, 0.01))
    assignment = assign(judgement(units=units))
    assert list(chances(assignment))[0] == "SLJ"
    assert assignment.guesses[0].topic[0] in {path[0] for path in CATALOGUE.entries}
    assert CATALOGUE.entries[assignment.guesses[0].topic].lead == "SLJ"
    assert sum(chances(assignment).values()) == pytest.approx(1)


def test_what_the_city_gave_to_another_counts_for_that_one() -> None:
    units = (UnitGuess(LEAD, 0.9), UnitGuess("JYJ", 0.02))
    before = assign(judgement(units=units))
    after = assign(judgement(units=units), leads={TOPIC: "GAJ"})
    assert after.department == "GAJ"
    assert chances(after)["GAJ"] == pytest.approx(chances(before)[LEAD])
    assert LEAD not in chances(after)


def test_a_body_is_shared_out_by_what_each_leads_now() -> None:
    other = next(p for p, e in CATALOGUE.entries.items() if e.lead == LEAD and p != TOPIC)
    leaves = (TopicGuess(TOPIC, 0.3), TopicGuess(other, 0.3))
    units = (UnitGuess(LEAD, 0.9), UnitGuess("JYJ", 0.02))
    shared = chances(assign(judgement(leaves=leaves, units=units), leads={TOPIC: "GAJ"}))
    assert shared["GAJ"] == pytest.approx(shared[LEAD])


def test_a_catalogue_of_other_bodies_is_not_disturbed_by_the_model() -> None:
    own = Catalogue({TOPIC: Entry("CGJ", (), "dispatch", True)}, ())
    units = (UnitGuess("SLJ", 0.96), UnitGuess("JYJ", 0.01))
    assert chances(assign(judgement(units=units), catalogue=own)) == chances(
        assign(judgement(), catalogue=own)
    )


OWN = Department("BXZX", "市冰雪运动中心", "bureau", "CITY")
"""No code of the catalogue that ships: a model that knows it learnt it from the office."""


def with_own(own: Department = OWN, sure: float = 0.6) -> Dispatcher:
    tree = DepartmentTree((*starting_departments(), own))
    return Dispatcher(CATALOGUE, lambda: tree, DispatchSettings(None, sure))


def test_a_body_the_catalogue_does_not_list_answers_where_the_office_taught_it() -> None:
    units = (UnitGuess(OWN.code, 0.97), UnitGuess(LEAD, 0.01))
    assignment = with_own().assign(judgement(topic=(), units=units), "", "投诉", "", NOW)
    assert assignment.department == OWN.code
    assert (assignment.guesses[0].topic, assignment.guesses[0].route) == (TOPIC, "dispatch")
    # Closed, its heir answers; where no such body is known, the code says nothing.
    heir = with_own(replace(OWN, active=False, parent="TYU"))
    assert heir.assign(judgement(units=units), "", "投诉", "", NOW).department == "TYU"
    assert list(chances(assign(judgement(units=units)))) == [LEAD]


def test_such_a_body_is_not_dispatched_to_past_a_route_that_people_see() -> None:
    shut = next(p for p, e in CATALOGUE.entries.items() if e.route in SCREENED_ROUTES)
    units = (UnitGuess(OWN.code, 0.97), UnitGuess(LEAD, 0.01))
    judged = judgement(leaves=(TopicGuess(shut, 0.8),), units=units)
    assignment = with_own().assign(judged, "", "投诉", "", NOW)
    assert assignment.guesses[0].department == OWN.code
    assert (assignment.department, assignment.reason) == ("", "route")


def test_what_has_no_topic_is_assigned_only_where_the_model_knows_the_bodies() -> None:
    units = (UnitGuess(LEAD, 0.97), UnitGuess("JYJ", 0.01))
    assert assign(judgement(topic=(), units=units)).department == LEAD
    own = Catalogue({TOPIC: Entry("CGJ", (), "dispatch", True)}, ())
    elsewhere = assign(judgement(topic=(), units=(UnitGuess("SLJ", 0.97),)), catalogue=own)
    assert (elsewhere.department, elsewhere.reason) == ("", "none")


def test_own_sentences_find_their_unit() -> None:
    """Nothing is learnt from them; the bound lies below what was measured (docs/classifier.md)."""
    rows = headed_lines(SENTENCES)
    judged = load().judge_many([text for text, _ in rows])
    first = [
        assign(one, text).guesses[0].department for one, (text, _) in zip(judged, rows, strict=True)
    ]
    assert len(rows) >= 38
    assert sum(map(str.__eq__, first, [unit for _, unit in rows])) >= 0.8 * len(rows)


def test_the_heir_of_a_closed_body_is_guessed() -> None:
    closed = DepartmentTree(
        replace(one, active=False, parent="NYJ") if one.code == "SLJ" else one
        for one in starting_departments()
    )
    dispatcher = Dispatcher(CATALOGUE, lambda: closed, DispatchSettings(None, 0.6))
    units = (UnitGuess("SLJ", 0.9), UnitGuess(LEAD, 0.05))
    assignment = dispatcher.assign(judgement(units=units), "", "投诉", "", NOW)
    assert list(chances(assignment)) == ["NYJ", LEAD]


def test_the_words_that_speak_for_a_unit_are_its_reasons() -> None:
    words = Evidence("unit", "SLJ", "水渠", 0, 2, 1.0)
    leaves = (TopicGuess(WATER, 0.4), TopicGuess(TOPIC, 0.1))
    units = (UnitGuess("SLJ", 0.9), UnitGuess(LEAD, 0.05))
    assignment = assign(judgement(leaves=leaves, units=units, evidence=(words,)))
    assert assignment.guesses[0].reasons == (("水渠", "word"),)
    assert ("水渠", "word") not in assignment.guesses[1].reasons


def test_the_shipped_model_knows_bodies_of_the_shipped_catalogue() -> None:
    judged = load().judge("小区门口烧烤摊油烟很大，占了人行道，请城管来看看。")
    assert 1 < len(judged.units) <= 12
    assert all(one.code in DEPARTMENTS for one in judged.units)
    assert sum(one.probability for one in judged.units) <= 1 + 1e-9
    assert load().judge("").units == ()
