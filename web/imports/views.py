"""Importing files: the list, one import on its page, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)

from casework.errors import Conflict, FileUnreadable, NotFound, Rejected
from casework.permissions import Action
from casework.storage import imports, sources
from casework.storage.confidential_reads import rows_exported
from casework.storage.imports import BUSY, Import, ImportState
from casework.storage.queries.tickets import PAGE_SIZE, TicketPage
from casework.storage.sources import Source, SourceKind
from intake.connectors.columns import FIELDS, REQUIRED
from intake.look_at import look_at
from intake.plan_import import plan_import
from intake.rejected_rows import from_key
from intake.run_import import rejected_file
from web.access import me, requires
from web.city import city
from web.clock import now
from web.errors import reason_words
from web.imports.forms import PlanForm, first_form, read_plan_form
from web.imports.rejected import rejected_lines
from web.imports.upload import keep
from web.reasons import in_words
from web.tickets.filters import page_number

blueprint = Blueprint("imports", __name__, url_prefix="/imports")


@blueprint.get("/")
@requires(Action.IMPORT_FILES)
def every() -> Any:
    """Past and running imports, and the form to upload a file."""
    return _list()


@blueprint.post("/")
@requires(Action.IMPORT_FILES)
def upload() -> Any:
    """Keep a file; how it is read is said on its own page."""
    try:
        added = keep(request.files.get("file"))
    except Rejected as error:
        return _list(reason_words(error)), 400
    except FileUnreadable as error:
        return _list(in_words(error)), 400
    return redirect(url_for("imports.one", import_id=str(added)), 303)


@blueprint.get("/<import_id>")
@requires(Action.IMPORT_FILES)
def one(import_id: str) -> Any:
    """One import: how it is read, how far it is, or what became of it."""
    found = _found(import_id)
    chosen = _file_sources().get(request.args.get("source", ""))
    return _page(found, first_form(found, chosen))


@blueprint.post("/<import_id>/sheet")
@requires(Action.IMPORT_FILES)
def sheet(import_id: str) -> Any:
    """Look at another sheet of the workbook."""
    found = _found(import_id)
    wanted = request.form.get("sheet", "")[:200]
    try:
        look = look_at(city().settings.uploads_folder / found.file, wanted)
    except FileUnreadable as error:
        return _page(found, first_form(found, None), in_words(error)), 400
    with city().records.write() as work:
        imports.look_again(work, found.id, wanted, look)
        work.commit()
    return redirect(url_for("imports.one", import_id=import_id), 303)


@blueprint.post("/<import_id>/run")
@requires(Action.IMPORT_FILES)
def run(import_id: str) -> Any:
    """Try the file, or take it in: the timetable does it."""
    found, saved = _found(import_id), _file_sources()
    form = read_plan_form(request.form, found.plan.sheet).checked(found.look.names, saved)
    if form.errors:
        return _page(found, form), 400
    dry_run = request.form.get("do") != "start"
    source = form.as_source(saved)
    try:
        plan_import(city().records, found.id, source, form.mode, dry_run, me().username, now())
    except Rejected as error:
        return _page(found, form.refused(error)), 400
    return redirect(url_for("imports.one", import_id=import_id), 303)


@blueprint.post("/<import_id>/stop")
@requires(Action.IMPORT_FILES)
def stop(import_id: str) -> Any:
    """Stop it; what is on record stays. One that has come to its end meanwhile is shown."""
    found = _found(import_id)
    try:
        with city().records.write() as work:
            imports.stop_import(work, found.id, me().username, now())
            work.commit()
    except Conflict:
        if _found(import_id).state in BUSY:
            raise
    return redirect(url_for("imports.one", import_id=import_id), 303)


@blueprint.get("/<import_id>/progress")
@requires(Action.IMPORT_FILES)
def progress(import_id: str) -> Any:
    """How far it is; a page that is open asks every other second."""
    found = _found(import_id)
    answer = Response(render_template("imports/progress.html", found=found))
    if found.state not in BUSY:
        answer.headers["HX-Refresh"] = "true"  # it has ended: the page shows what became of it
    return answer


@blueprint.get("/<import_id>/rejected.csv")
@requires(Action.IMPORT_FILES)
def rejected(import_id: str) -> Any:
    """The rejected rows with their reasons."""
    found = _found(import_id)
    file = rejected_file(city().settings.rejected_folder, found)
    if not found.progress.rejected_to or not file.exists():
        raise NotFound("rejected rows", import_id)
    rows_exported(city().records, import_id, found.file_name, me().username, now())
    lines = rejected_lines(file, found.progress.rejected_to)
    answer = Response(stream_with_context(lines), mimetype="text/csv")
    name = quote(f"{found.file_name}.rejected.csv", safe="")
    answer.headers.set(
        "Content-Disposition",
        "attachment",
        **{"filename": "rejected.csv", "filename*": f"UTF-8''{name}"},
    )
    return answer


def _list(problem: str = "") -> str:
    number = page_number(request.args)
    with city().records.read() as work:
        found = imports.imports(work, (number - 1) * PAGE_SIZE, PAGE_SIZE)
        total = imports.count_imports(work)
    return render_template(
        "imports/list.html",
        imports=found,
        page=TicketPage((), number, total),
        problem=problem,
        largest=city().settings.upload_mb,
    )


def _found(import_id: str) -> Import:
    try:
        wanted = UUID(import_id)
    except ValueError:
        raise NotFound("import", import_id) from None
    with city().records.read() as work:
        return imports.import_by_id(work, wanted)


def _file_sources() -> dict[str, Source]:
    with city().records.read() as work:
        return {source.code: source for source in sources.sources(work, SourceKind.FILE)}


def _page(found: Import, form: PlanForm, problem: str = "") -> str:
    if found.state is ImportState.FAILED and found.error and not problem:
        problem = in_words(from_key(found.error))
    if found.state in BUSY or found.state is ImportState.DONE:
        form = replace(form, errors={})
    return render_template(
        "imports/one.html",
        found=found,
        form=form,
        problem=problem,
        sources=_file_sources().values(),
        fields=FIELDS,
        required=REQUIRED,
        busy=found.state in BUSY,
    )
