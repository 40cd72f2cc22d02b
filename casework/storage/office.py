"""Departments, the working calendar and facts about the city, in and out of the records."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date

from sqlalchemy import insert, select

from casework.departments import Department, DepartmentTree
from casework.storage.records import Work
from casework.storage.tables import (
    CityFactRow,
    DepartmentRow,
    WorkingDayRow,
)
from casework.workdays import CalendarDay, DutyHours, WorkingCalendar

CHANGED = "office_changed"
"""The fact whose value is new whenever something about the office is."""


def announce_change(work: Work) -> None:
    """Let every process load the office anew once this unit of work is committed."""
    set_fact(work, CHANGED, secrets.token_hex(8))


def save_departments(work: Work, departments: Iterable[Department]) -> None:
    """Add departments, or bring known ones up to date. Parents must come before children."""
    for position, department in enumerate(departments):
        row = work.session.get(DepartmentRow, department.code)
        if row is None:
            row = DepartmentRow(code=department.code, position=position)
            work.session.add(row)
        row.name = department.name
        row.name_en = department.name_en
        row.level = department.level
        row.parent = department.parent or None
        row.aliases = list(department.aliases)
        row.active = department.active
        work.session.flush()


def load_departments(work: Work) -> DepartmentTree:
    """The whole tree, in catalogue order."""
    rows = work.session.scalars(select(DepartmentRow).order_by(DepartmentRow.position))
    return DepartmentTree(
        Department(
            code=row.code,
            name=row.name,
            level=row.level,
            parent=row.parent or "",
            name_en=row.name_en,
            aliases=tuple(row.aliases),
            active=row.active,
        )
        for row in rows
    )


def save_days(work: Work, days: Iterable[CalendarDay]) -> None:
    """Fill the calendar; days that are already there are left alone."""
    known = set(work.session.scalars(select(WorkingDayRow.day)))
    rows = [
        {
            "day": entry.day,
            "working": entry.working,
            "name": entry.name,
            "source": entry.source,
            "state": "provisional" if entry.provisional else "official",
        }
        for entry in days
        if entry.day not in known
    ]
    if rows:  # a new city has nine thousand: as objects they would take longer than all else
        work.session.execute(insert(WorkingDayRow), rows)


def load_calendar(work: Work, duty: DutyHours | None = None) -> WorkingCalendar:
    """The working calendar as the records hold it. duty: when the office is on duty."""
    rows = work.session.execute(
        select(
            WorkingDayRow.day,
            WorkingDayRow.working,
            WorkingDayRow.name,
            WorkingDayRow.source,
            WorkingDayRow.state,
        )
    )
    days: dict[date, CalendarDay] = {}
    for day, working, name, source, state in rows:
        days[day] = CalendarDay(day, working, name, source, provisional=state == "provisional")
    return WorkingCalendar(days, duty)


def fact(work: Work, name: str) -> str:
    """A fact about the city, or ""."""
    row = work.session.get(CityFactRow, name)
    return row.value if row else ""


def set_fact(work: Work, name: str, value: str) -> None:
    """State a fact about the city."""
    row = work.session.get(CityFactRow, name)
    if row is None:
        work.session.add(CityFactRow(name=name, value=value))
    else:
        row.value = value
