"""Departments to choose from, in the order of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from casework.departments import Department
from web.appearance import language
from web.city import city


@dataclass(frozen=True, slots=True)
class DepartmentChoice:
    """lang: the language of the name where it is not the page's, else ""."""

    code: str
    name: str
    lang: str


def department_choices() -> list[DepartmentChoice]:
    """Every active department that can answer."""
    return [_choice(d) for d in city().office().departments if d.active and d.level != "city"]


def _choice(department: Department) -> DepartmentChoice:
    if language() == "en" and department.name_en:
        return DepartmentChoice(department.code, department.name_en, "")
    lang = "zh-CN" if language() == "en" else ""
    return DepartmentChoice(department.code, department.name, lang)
