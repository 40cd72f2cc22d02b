"""What the city keeps in a cluster: one index a month of the city, behind one alias.

    minsheng                             alias: what readers ask
    minsheng-3f2a91c04b7d-about          no documents; says what the generation was made with
    minsheng-3f2a91c04b7d-month-2026-11  the messages received in that month

A generation is built beside the one that answers, and the alias changes in one step.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from casework.errors import IndexUnavailable
from monitor.index import fields
from monitor.index.elasticsearch_client import WRITE_SECONDS, translated
from monitor.index.elasticsearch_query import SETTINGS, mappings, month
from monitor.index.state import Reached

TEMPLATE_VERSION = fields.SCHEMA_VERSION
NOT_OURS = "the index is not as the program made it"
WHILE_BUILDING = {"number_of_replicas": 0, "auto_expand_replicas": "false"}


@dataclass(frozen=True, slots=True)
class About:
    """What a generation was made with, and how far it has come. ended: it is complete."""

    schema_version: int
    dictionary_version: str
    ended: bool = False
    reached: Reached = Reached()


class Months:
    """Finds, makes, swaps and drops generations and their months."""

    def __init__(self, client: Elasticsearch, name: str, zone: ZoneInfo) -> None:
        self._reading = client
        self._client = client.options(request_timeout=WRITE_SECONDS)
        self.name = name
        self.zone = zone
        self._there: set[str] = set()

    def place(self, generation: str, instant: datetime) -> str:
        """Where a generation keeps the messages of an instant."""
        return self.place_of(generation, month(self.zone, instant))

    def place_of(self, generation: str, month: str) -> str:
        """Where a generation keeps the messages of a month of the city, YYYY-MM."""
        return f"{self.name}-{generation}-month-{month}"

    def answering(self) -> str:
        """The generation that answers. Raises IndexUnavailable when there is none."""
        with translated():
            places = self._reading.indices.get_alias(name=self.name).body
        found = {place.removeprefix(f"{self.name}-").split("-")[0] for place in places}
        if len(found) != 1:
            raise IndexUnavailable(f"{NOT_OURS}: {', '.join(sorted(places))}")
        return str(found.pop())

    def about(self, generation: str) -> About:
        """Raises IndexUnavailable when the generation says nothing of itself."""
        about = f"{self.name}-{generation}-about"
        with translated():
            told = self._reading.indices.get_mapping(index=about).body[about]["mappings"]
        return _read(told.get("_meta"))

    def say(self, generation: str, about: About) -> None:
        """Write what is true of a generation."""
        with translated():
            self._client.indices.put_mapping(
                index=f"{self.name}-{generation}-about", meta=_written(about)
            )

    def begin(self, about: About) -> str:
        """A new generation that nobody reads yet."""
        generation = secrets.token_hex(6)
        with translated():
            self._client.indices.put_index_template(
                name=self.name,
                index_patterns=[f"{self.name}-*-month-*"],
                template={"settings": SETTINGS, "mappings": mappings()},
                version=TEMPLATE_VERSION,
                allow_auto_create=False,
                priority=200,
            )
            self._client.indices.create(
                index=f"{self.name}-{generation}-about",
                settings=SETTINGS,
                mappings={**mappings(), "_meta": _written(about)},
            )
        return generation

    def begun(self, about: About) -> str:
        """The generation that somebody began and did not end, made with the same; else ""."""
        for generation in self._generations():
            try:
                told = self.about(generation)
            except IndexUnavailable as error:
                if not_ours(error):
                    continue
                raise
            if replace(told, reached=Reached()) == replace(about, ended=False):
                return generation
        return ""

    def need(self, places: Iterable[str], live: bool) -> None:
        """See that these indices are there. live: readers see them."""
        for place in set(places) - self._there:
            aliases: dict[str, Any] = {self.name: {}} if live else {}
            settings: dict[str, Any] = {} if live else WHILE_BUILDING
            with translated():
                try:
                    self._client.indices.create(index=place, aliases=aliases, settings=settings)
                except BadRequestError as error:
                    if error.error != "resource_already_exists_exception":
                        raise
            self._there.add(place)

    def forget(self) -> None:
        """Look anew which indices are there: somebody may have dropped one."""
        self._there.clear()

    def answer_with(self, generation: str, about: About) -> None:
        """Let this generation answer from now on, in one step, and remove all others."""
        ours = f"{self.name}-{generation}"
        with translated():
            self._client.indices.put_settings(
                index=f"{ours}-month-*",
                settings={"auto_expand_replicas": SETTINGS["auto_expand_replicas"]},
                allow_no_indices=True,
            )
        self.say(generation, replace(about, ended=True, reached=Reached()))
        # From whatever has it, also what somebody else gave it to.
        remove = {"index": "*", "alias": self.name, "must_exist": False}
        add = {"index": f"{ours}-*", "alias": self.name}
        with translated():
            self._client.indices.update_aliases(actions=[{"remove": remove}, {"add": add}])
        self.drop_others(generation)

    def drop_others(self, generation: str) -> None:
        """Remove all but this one: a build left behind would miss what is put from here on."""
        for other in self._generations():
            if other != generation:
                self.remove(other)

    def remove(self, generation: str) -> None:
        """Remove a generation; what of it is gone already is left alone."""
        self.drop(self._places(f"{self.name}-{generation}-*"))

    def drop(self, places: Iterable[str]) -> None:
        """Drop these indices."""
        # By name: a cluster may forbid to delete by pattern.
        for place in places:
            with translated():
                self._client.indices.delete(index=place, ignore_unavailable=True)
        self.forget()

    def places(self) -> dict[str, str]:
        """The months that answer, YYYY-MM, and the index of each."""
        start = f"{self.name}-{self.answering()}-month-"
        return {place.removeprefix(start): place for place in self._places(f"{start}*")}

    def _generations(self) -> list[str]:
        found = self._places(f"{self.name}-*-about")
        return sorted(place[len(self.name) + 1 : -len("-about")] for place in found)

    def _places(self, pattern: str) -> list[str]:
        with translated():
            try:
                return sorted(self._reading.indices.get(index=pattern, features=["aliases"]).body)
            except NotFoundError:
                return []


def not_ours(error: IndexUnavailable) -> bool:
    """Whether it is an index that only a rebuild puts right."""
    return str(error).startswith(NOT_OURS)


def _written(about: About) -> dict[str, Any]:
    after = about.reached.after
    return {
        "schema": about.schema_version,
        "dictionary": about.dictionary_version,
        "ended": about.ended,
        "after": None if after is None else after.hex,
        "documents": about.reached.documents,
    }


def _read(told: Any) -> About:
    try:
        after = None if told["after"] is None else UUID(told["after"])
        return About(
            int(told["schema"]),
            str(told["dictionary"]),
            bool(told["ended"]),
            Reached(after, int(told["documents"])),
        )
    except (TypeError, KeyError, ValueError) as error:
        raise IndexUnavailable(f"{NOT_OURS}: it says nothing of itself, {error}") from error
