"""The tree of departments: adding, changing, moving, merging and closing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from casework.departments import Department, DepartmentTree
from casework.errors import NotFound, Rejected
from casework.permissions import Action
from casework.storage import department_changes as changes
from casework.storage.notice_choices import office_mail_of, set_office_mail
from casework.storage.office import load_departments
from casework.storage.staffing import unstaffed
from routing.catalogue import read_catalogue
from web.access import me, requires
from web.city import city
from web.clock import now
from web.reasons import in_words

blueprint = Blueprint("departments", __name__, url_prefix="/administration/departments")


@dataclass(frozen=True, slots=True)
class Branch:
    """A department in the tree. depth: 0 for the root."""

    department: Department
    depth: int


@blueprint.get("/")
@requires(Action.ADMINISTER)
def tree() -> Any:
    """Everything that can answer, as a tree."""
    with city().records.read() as work:
        found = load_departments(work)
        lacking = unstaffed(work, found, _leaves(found))
    return render_template(
        "administration/departments.html",
        unstaffed=lacking,
        branches=[branch for branch in _branches(found, "", 0) if branch.department.active],
        closed=[department for department in found if not department.active],
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def new() -> Any:
    """Add a department."""
    sent = _read(request.form, request.form.get("code", "").strip().upper())
    if request.method == "GET":
        return _page(Department("", "", "bureau", request.args.get("parent", "CITY")))
    try:
        with city().records.write() as work:
            changes.add_department(work, sent, me().username, now())
            work.commit()
    except Rejected as error:
        return _page(sent, in_words(error)), 400
    return redirect(url_for("departments.tree"), 303)


@blueprint.route("/<code>", methods=["GET", "POST"])
@requires(Action.ADMINISTER)
def department(code: str) -> Any:
    """A department's names and place in the tree, and what closing it would pass on."""
    known = _tree().get(code)
    if known is None:
        raise NotFound("department", code)
    if request.method == "GET":
        return _page(known, known=True)
    sent = _read(request.form, code)
    try:
        with city().records.write() as work:
            changes.change_department(work, sent, me().username, now())
            office_mail = request.form.get("office_mail", "")
            set_office_mail(work, code, office_mail, me().username, now())
            work.commit()
    except Rejected as error:
        return _page(sent, in_words(error), known=True), 400
    return redirect(url_for("departments.tree"), 303)


@blueprint.post("/<code>/close")
@requires(Action.ADMINISTER)
def close(code: str) -> Any:
    """Close a department, or merge it into another."""
    try:
        with city().records.write() as work:
            changes.close_department(work, code, request.form.get("heir", ""), me().username, now())
            work.commit()
    except Rejected as error:
        known = _tree().get(code)
        if known is None:
            raise
        return _page(known, in_words(error), known=True), 400
    return redirect(url_for("departments.tree"), 303)


def _leaves(found: DepartmentTree) -> Counter[str]:
    """How many leaves of the catalogue in force each department leads."""
    entries, in_force = read_catalogue().entries, city().office().leads_at(now())
    return Counter(
        found.standing(in_force.leads.get(topic, "") or entry.lead)
        for topic, entry in entries.items()
    )


def _tree() -> DepartmentTree:
    # From the records, not from this process's copy: the page shows what was changed just before.
    with city().records.read() as work:
        return load_departments(work)


def _branches(found: DepartmentTree, parent: str, depth: int) -> Iterator[Branch]:
    for department in found:
        if department.parent == parent:
            yield Branch(department, depth)
            yield from _branches(found, department.code, depth + 1)


def _read(sent: MultiDict[str, str], code: str) -> Department:
    aliases = re.split(r"[、,，\n]+", sent.get("aliases", ""))
    return Department(
        code=code,
        name=sent.get("name", "").strip(),
        level=sent.get("level", ""),
        parent=sent.get("parent", ""),
        name_en=sent.get("name_en", "").strip(),
        aliases=tuple(alias.strip() for alias in aliases if alias.strip()),
    )


def _page(shown: Department, problem: str = "", known: bool = False) -> str:
    found = _tree()
    with city().records.read() as work:
        left = changes.estate(work, shown.code) if known else None
        kept = office_mail_of(work, shown.code)
    below = found.below(shown.code)
    return render_template(
        "administration/department.html",
        shown=shown,
        known=known,
        left=left,
        levels=changes.LEVELS,
        parents=[d for d in found if d.active and d.code not in below],
        office_mail=request.form.get("office_mail", kept),
        problem=problem,
    )
