"""Choosing the lead department, and whether to assign it without a person.

The confidence is that of the unit: the sum over the topic leaves it leads, its odds then moved by
words, places and units named in the text. Sure enough, and the city's setting allows it: assigned
at once. Else, and for every 举报 and every legal, discipline or restricted route, a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from casework.departments import DepartmentTree
from casework.judgement import Judgement, TopicPath
from casework.leads import LeadsVersion
from casework.model import Assignment, DepartmentGuess
from casework.taxonomy import REPORT, SCREENED_ROUTES
from classifier.phrases import PhraseTable
from routing.catalogue import DISTRICT_GOVERNMENTS, Catalogue

GUESSES = 3
REASONS = 4
UNIT_NAMED = 2.0
"""A unit named in the text is somewhat likelier to answer; it may also only have been asked."""
WORD_LIMIT = 12.0
"""The words of a text together multiply a unit's odds by at most this."""


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """topics: first-level topics assigned without a person; None for all. confidence: in [0, 1]."""

    topics: frozenset[str] | None
    confidence: float


@dataclass(slots=True)
class _Standing:
    mass: float
    route: str
    topic: TopicPath
    best_leaf: float
    reasons: dict[str, str]


class Dispatcher:
    """Answers `assign` for one catalogue. leads: what the city decided otherwise, at a time."""

    def __init__(
        self,
        catalogue: Catalogue,
        departments: Callable[[], DepartmentTree],
        settings: DispatchSettings,
        leads: Callable[[datetime], LeadsVersion] = lambda _: LeadsVersion(),
    ) -> None:
        self._catalogue = catalogue
        self._departments = departments
        self._settings = settings
        self._leads = leads
        self._words = _table((word, word) for word, _, _ in catalogue.words)
        self._speaks_for = {word: (code, factor) for word, code, factor in catalogue.words}
        self._named_tree: DepartmentTree | None = None
        self._named = _table(())

    def assign(
        self, judgement: Judgement, text: str, kind: str, district: str, at: datetime
    ) -> Assignment:
        """The guesses, best first, and the decision, by what holds at `at`. `district`: department
        code or ""."""
        return self.assign_by(self._leads(at), judgement, text, kind, district)

    def assign_by(
        self, leads: LeadsVersion, judgement: Judgement, text: str, kind: str, district: str
    ) -> Assignment:
        """As `assign`, by this version, whether it holds or not."""
        departments = self._departments()
        text = text.encode("utf-8", "replace").decode()  # half a character is none to look up
        named = self._units_named(departments, text)
        guesses = self._guesses(judgement, text, named, district, departments, leads.leads)
        route = guesses[0].route if guesses else "dispatch"
        reason = self._reason_to_screen(judgement, kind, guesses)
        accused = tuple(dict.fromkeys(named)) if kind == REPORT else ()
        department = "" if reason else guesses[0].department
        version = leads.named(self._catalogue.version)
        return Assignment(guesses[:GUESSES], department, route, reason, accused, version)

    def _units_named(self, departments: DepartmentTree, text: str) -> list[str]:
        if departments is not self._named_tree:
            self._named = _table(
                (name, department.code)
                for department in departments
                for name in (department.name, *department.aliases)
            )
            self._named_tree = departments
        return [code for _, _, code in self._named.find_longest(text)]

    def _guesses(
        self,
        judgement: Judgement,
        text: str,
        named: list[str],
        district: str,
        departments: DepartmentTree,
        leads: Mapping[TopicPath, str],
    ) -> tuple[DepartmentGuess, ...]:
        standings = self._by_topic(judgement, district, departments, leads)
        left_over = max(0.0, 1.0 - sum(standing.mass for standing in standings.values()))
        self._move_by_words(standings, text)
        for code in dict.fromkeys(named):
            if code in standings:
                standings[code].mass *= UNIT_NAMED
                standings[code].reasons.setdefault(departments.name(code), "unit")
        total = left_over + sum(standing.mass for standing in standings.values())
        if not total:
            return ()
        ranked = sorted(standings.items(), key=lambda item: (-item[1].mass, item[0]))
        return tuple(
            DepartmentGuess(
                department=code,
                probability=standing.mass / total,
                route=standing.route,
                topic=standing.topic,
                reasons=tuple(standing.reasons.items())[:REASONS],
            )
            for code, standing in ranked
        )

    def _by_topic(
        self,
        judgement: Judgement,
        district: str,
        departments: DepartmentTree,
        leads: Mapping[TopicPath, str],
    ) -> dict[str, _Standing]:
        standings: dict[str, _Standing] = {}
        for leaf in judgement.leaves:
            entry = self._catalogue.entries.get(leaf.path)
            if entry is None:
                continue
            code = leads.get(leaf.path, entry.lead)
            if code == DISTRICT_GOVERNMENTS and district:
                code = district
            code = departments.standing(code)
            if not code:
                continue
            standing = standings.setdefault(code, _Standing(0.0, "dispatch", (), 0.0, {}))
            standing.mass += leaf.probability
            if leaf.probability > standing.best_leaf:
                standing.best_leaf = leaf.probability
                standing.topic, standing.route = leaf.path, entry.route
        return standings

    def _move_by_words(self, standings: dict[str, _Standing], text: str) -> None:
        moved: dict[str, float] = {}
        for word in dict.fromkeys(word for _, _, word in self._words.find_longest(text)):
            code, factor = self._speaks_for[word]
            if code in standings:
                moved[code] = min(WORD_LIMIT, moved.get(code, 1.0) * factor)
                standings[code].reasons[word] = "word"
        for code, factor in moved.items():
            standings[code].mass *= factor

    def _reason_to_screen(
        self, judgement: Judgement, kind: str, guesses: tuple[DepartmentGuess, ...]
    ) -> str:
        """Why a person must decide, or "" when the program may."""
        if kind == REPORT:
            return "report"
        if not guesses or not judgement.topic:
            return "none"
        if guesses[0].route in SCREENED_ROUTES:
            return "route"
        if self._settings.topics is not None and not self._settings.topics:
            return "off"
        if self._settings.topics is not None and judgement.topic[0] not in self._settings.topics:
            return "topic"
        return "" if guesses[0].probability >= self._settings.confidence else "unsure"


def _table(names: Iterable[tuple[str, str]]) -> PhraseTable[str]:
    """Names with what they stand for; those of a single character are left out."""
    return PhraseTable(sorted({pair for pair in names if len(pair[0]) > 1}))
