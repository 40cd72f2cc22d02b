"""Departments as a tree: the city, its bureaus and districts, and what lies below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CITY_LEVEL = "city"
LOCAL_LEVELS = ("district", "street")
DISTRICT_GOVERNMENTS = "QZF"
"""In the dispatch catalogue: the district the matter lies in."""


@dataclass(frozen=True, slots=True)
class Department:
    """level: "city", "bureau", "district" or "street". parent: "" for the city itself."""

    code: str
    name: str
    level: str
    parent: str = ""
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    active: bool = True


class DepartmentTree:
    """All departments, looked up by code; knows what lies above and below each."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self._by_code = {department.code: department for department in departments}
        self._children: dict[str, list[str]] = {}
        for department in self._by_code.values():
            self._children.setdefault(department.parent, []).append(department.code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Department]:
        return iter(self._by_code.values())

    def get(self, code: str) -> Department | None:
        return self._by_code.get(code)

    def name(self, code: str, language: str = "zh") -> str:
        """The name in the language, falling back to Chinese, then to the code."""
        department = self._by_code.get(code)
        if department is None:
            return code
        return (department.name_en if language == "en" else "") or department.name

    def above(self, code: str) -> frozenset[str]:
        """The department itself and everything above it; empty for an unknown code."""
        found: set[str] = set()
        while code in self._by_code and code not in found:
            found.add(code)
            code = self._by_code[code].parent
        return frozenset(found)

    def below(self, code: str) -> frozenset[str]:
        """The department itself and everything below it; empty for an unknown code."""
        if code not in self._by_code:
            return frozenset()
        found = {code}
        waiting = [code]
        while waiting:
            for child in self._children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return frozenset(found)

    def standing(self, code: str) -> str:
        """The department that answers for this one now: itself, or whoever took over when it was
        closed (a closed department lies below its heir); "" for an unknown code."""
        seen: set[str] = set()
        while code in self._by_code and not self._by_code[code].active and code not in seen:
            seen.add(code)
            code = self._by_code[code].parent
        return code if code in self._by_code and code not in seen else ""

    def dispatched_as(self, code: str) -> str:
        """The code under which the dispatch decides about this department: that of who answers for it
        now, DISTRICT_GOVERNMENTS for a district or a street; "" for the city itself or an unknown code."""
        answers = self._by_code.get(self.standing(code))
        if answers is None or answers.level == CITY_LEVEL:
            return ""
        return DISTRICT_GOVERNMENTS if answers.level in LOCAL_LEVELS else answers.code

    def by_name(self, name: str) -> Department | None:
        """The department with this name, code or alias, or None."""
        if name in self._by_code:
            return self._by_code[name]
        return next((d for d in self if name == d.name or name in d.aliases), None)
