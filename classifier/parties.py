"""Whom a message speaks of: units, people, and those who are named by what they do."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casework.judgement import Party
from classifier.name_loops import LONG
from classifier.names import Found, NamesByEnding
from classifier.phrases import PhraseTable, PhraseTables, Sought
from classifier.place_words import BARRIERS
from classifier.reading import READ_AT_MOST, Readings, begins_at, ends_at
from classifier.word_sorts import ends_name

RULES_FILE = Path(__file__).parent / "rules" / "parties.toml"

PARTIES_AT_MOST = 12

PERSON, ROLE, UNIT = "person", "role", "unit"

GIVEN_NAME = (1, 2)
"""Characters of a given name, at least and at most."""


@dataclass(frozen=True, slots=True)
class _Use:
    """What a word of the file may be. named: a surname before it makes a person; before: a person's
    name may stand behind it; role: it tells of somebody by itself."""

    named: bool
    before: bool
    role: bool


class PartyWords:
    """The file of rules, ready to be looked up."""

    def __init__(self) -> None:
        file = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
        self.surnames = frozenset(file["surnames"]) - {"\n"}
        generic = frozenset(file["unit_generic"])
        barriers = BARRIERS | frozenset(file["unit_barriers"])
        self._allowed = frozenset(file["unit_words"])
        endings = dict.fromkeys(file["unit_endings"], UNIT)
        self.units = NamesByEnding(endings, generic, barriers, {UNIT: LONG}, self._ends_name)
        self.roles = frozenset(file["roles"])
        titles, before = frozenset(file["titles"]), frozenset(file["before_names"])
        spoken = PhraseTable(
            (word, _Use(word in titles | before, word in before, word in self.roles))
            for word in sorted(self.roles | titles | before)
        )
        self.sought = Sought(spoken, until=READ_AT_MOST)

    def _ends_name(self, word: str) -> bool:
        """What the dictionary does not have as a noun; allowed are words of names that it has as
        something else."""
        return word not in self._allowed and ends_name(word)


@cache
def party_words() -> PartyWords:
    """What ships."""
    return PartyWords()


@cache
def _table() -> PhraseTables:
    return PhraseTables([party_words().sought])


def parties_in(
    texts: Sequence[str],
    readings: Readings,
    spoken: list[list[tuple[int, int, _Use]]] | None = None,
) -> list[tuple[Party, ...]]:
    """The parties of each text in their order, not overlapping, each once, at most 12. Names are
    looked for in what was read. spoken: what was found of party_words, if that is known already."""
    named = party_words().units.names_in(readings)
    spoken = spoken or _table().find(readings.whole, readings.whole_begin)[0]
    return [
        _of_text(text, plain[:READ_AT_MOST], edges, units, words)
        for text, plain, edges, units, words in zip(
            texts,
            readings.plain,
            readings.edges,
            named,
            spoken,
            strict=True,
        )
    ]


def _of_text(
    text: str,
    plain: str,
    edges: bytes,
    units: list[Found],
    spoken: list[tuple[int, int, _Use]],
) -> tuple[Party, ...]:
    people = _people(plain, edges, spoken)
    if not (units or people):
        return ()
    found: dict[str, Party] = {}
    taken = bytearray(len(plain))
    roles = party_words().roles
    for start, end, kind in sorted([*units, *people], key=_rank):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            name = text[start:end]
            if name not in found:
                role = plain[start:end] in roles
                found[name] = Party(name, ROLE if role else kind, start, end)
    return tuple(sorted(found.values(), key=_start)[:PARTIES_AT_MOST])


def _rank(found: Found) -> tuple[bool, int]:
    """Whoever has a name before those without."""
    return found[2] == ROLE, found[0]


def _start(party: Party) -> int:
    return party.start


def _people(plain: str, edges: bytes, spoken: list[tuple[int, int, _Use]]) -> list[Found]:
    """People with a surname, and those who are named by what they do."""
    words = party_words()
    found: list[Found] = []
    for start, end, use in spoken:
        before = start - 1
        if (
            use.named
            and before >= 0
            and plain[before] in words.surnames
            and begins_at(edges, before)
        ):
            found.append((before, end, PERSON))
            continue
        if use.before:
            found += _named_behind(plain, end, edges)
        if use.role and begins_at(edges, start):
            found.append((start, end, ROLE))
    return found


def _named_behind(plain: str, at: int, edges: bytes) -> list[Found]:
    """A name of a person that begins here: a word, or a surname and a word, of so many characters."""
    if at + 1 >= len(plain) or plain[at] not in party_words().surnames or not begins_at(edges, at):
        return []
    until = [at + 1 + length for length in GIVEN_NAME]
    end = next((end for end in reversed(until) if ends_at(edges, end)), 0)
    name = plain[at:end]
    chinese = all("\u4e00" <= character <= "\u9fff" for character in name)
    return [(at, end, PERSON)] if end and chinese else []
