"""Choosing the lead department, and whether to assign it without a person.

The confidence is that of the unit: what the leaves it leads are likely, together with what a model
says that learnt from who answered such messages, moved by words and units named in the text. Sure
enough, and the city's setting allows it: assigned at once. Else, and for every 举报 and every legal,
discipline or restricted route, a person decides.
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
from routing.catalogue import Catalogue
from routing.standings import PLAIN, Standings, Today, add_units, by_topic, weights_for

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
        self._leaves_of: dict[str, list[TopicPath]] = {}
        for path, entry in catalogue.entries.items():
            self._leaves_of.setdefault(entry.lead, []).append(path)
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
        standings = self._standings(judgement, text, named, district, leads.leads)
        guesses = self._guesses(standings, text)
        known = any(standing.told for standing in standings.values())
        route = guesses[0].route if guesses else "dispatch"
        reason = self._reason_to_screen(judgement, kind, guesses, known)
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

    def standings(self, judgement: Judgement, text: str, district: str) -> Standings:
        """What speaks for each department that may be the one, by the catalogue that ships."""
        named = self._units_named(self._departments(), text)
        return self._standings(judgement, text, named, district, {})

    def _standings(
        self,
        judgement: Judgement,
        text: str,
        named: list[str],
        district: str,
        leads: Mapping[TopicPath, str],
    ) -> Standings:
        departments = self._departments()
        today = Today(self._catalogue.entries, leads, self._leaves_of, departments, district)
        standings = by_topic(judgement, today)
        add_units(standings, judgement, today)
        self._by_words(standings, text)
        for code in dict.fromkeys(named):
            if code in standings:
                standings[code].named = UNIT_NAMED
                standings[code].reasons.setdefault(departments.name(code), "unit")
        return standings

    def _guesses(self, standings: Standings, text: str) -> tuple[DepartmentGuess, ...]:
        weights = weights_for(standings, text)
        odds = {code: standing.odds(weights) for code, standing in standings.items()}
        # A model of units shares out certainty among all bodies; the likely leaves are not all.
        left_over = 1 - sum(each.mass for each in standings.values()) if weights is PLAIN else 0.0
        total = max(0.0, left_over) + sum(odds.values())
        if not total:
            return ()
        ranked = sorted(standings.items(), key=lambda item: (-odds[item[0]], item[0]))
        return tuple(
            DepartmentGuess(
                department=code,
                probability=odds[code] / total,
                route=standing.route,
                topic=standing.topic,
                reasons=tuple(standing.reasons.items())[:REASONS],
            )
            for code, standing in ranked
        )

    def _by_words(self, standings: Standings, text: str) -> None:
        for word in dict.fromkeys(word for _, _, word in self._words.find_longest(text)):
            code, factor = self._speaks_for[word]
            if code in standings:
                standings[code].words = min(WORD_LIMIT, standings[code].words * factor)
                standings[code].reasons[word] = "word"

    def _reason_to_screen(
        self, judgement: Judgement, kind: str, guesses: tuple[DepartmentGuess, ...], known: bool
    ) -> str:
        """Why a person must decide, or "" when the program may. known: the model of units said
        something of the city's bodies."""
        if kind == REPORT:
            return "report"
        if not guesses or not (judgement.topic or known):
            return "none"
        if guesses[0].route in SCREENED_ROUTES:
            return "route"
        if self._settings.topics is not None and not self._settings.topics:
            return "off"
        if self._settings.topics is not None and not self._settings.topics & {*judgement.topic[:1]}:
            return "topic"
        return "" if guesses[0].probability >= self._settings.confidence else "unsure"


def _table(names: Iterable[tuple[str, str]]) -> PhraseTable[str]:
    """Names with what they stand for; those of a single character are left out."""
    return PhraseTable(sorted({pair for pair in names if len(pair[0]) > 1}))
