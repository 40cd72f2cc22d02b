"""The knowledge base: read by everybody who works here, written by the departments."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from casework.errors import NotFound, Rejected
from casework.permissions import Action, may_write_for
from casework.storage.knowledge import (
    Article,
    answer_request,
    ask_correction,
    correction_requests,
    find_articles,
    read_article,
    save_article,
)
from classifier.segmentation import words
from web.access import me, requires, signed_in
from web.city import city
from web.clock import now
from web.department.choices import DepartmentChoice, department_choices
from web.errors import reason_words
from web.knowledge.forms import ArticleForm, form_of, new_form, read_article_form
from web.typed import typed

blueprint = Blueprint("knowledge", __name__, url_prefix="/knowledge")
LONGEST_QUERY = 200


@blueprint.get("/")
@signed_in
def articles() -> Any:
    """What is there, searched by words; what has expired comes with its mark."""
    asked = typed(request.args.get("q", ""))[:LONGEST_QUERY]
    with city().records.read() as work:
        found = find_articles(work, words(asked), today(), valid_only=False)
        waiting = correction_requests(work, owners=_own())
    return render_template(
        "knowledge/articles.html",
        asked=asked,
        articles=found,
        waiting=waiting,
        today=today(),
        writes=me().may(Action.WRITE_KNOWLEDGE),
    )


@blueprint.get("/<article>")
@signed_in
def one(article: str) -> Any:
    """One article, with what was asked to be corrected."""
    return _page(_read(article))


@blueprint.post("/<article>/correction")
@signed_in
def correction(article: str) -> Any:
    """Tell the owner that it is wrong."""
    found = _read(article)
    try:
        with city().records.write() as work:
            ask_correction(work, found.id, me(), typed(request.form.get("correction", "")), now())
            work.commit()
    except Rejected as error:
        return _page(found, reason_words(error)), 400
    return redirect(url_for("knowledge.one", article=found.id.hex), 303)


@blueprint.post("/requests/<asked>")
@requires(Action.WRITE_KNOWLEDGE)
def answer(asked: str) -> Any:
    """Answer a request to correct an article."""
    served = city()
    with served.records.write() as work:
        departments = served.office().departments
        words_said = typed(request.form.get("answer", ""))
        article = answer_request(work, departments, key(asked), me(), words_said, now())
        work.commit()
    return redirect(url_for("knowledge.one", article=article.hex), 303)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Action.WRITE_KNOWLEDGE)
def new() -> Any:
    """Write an article."""
    if request.method == "GET":
        return _editor(new_form(me().department))
    return _save(None)


@blueprint.route("/<article>/edit", methods=["GET", "POST"])
@requires(Action.WRITE_KNOWLEDGE)
def edit(article: str) -> Any:
    """Change an article."""
    if request.method == "POST":
        return _save(key(article))
    return _editor(form_of(_read(article)), article)


def today() -> date:
    """The day in the city."""
    return now().astimezone(city().settings.zone).date()


def key(text: str) -> UUID:
    """The id in an address. Raises NotFound."""
    try:
        return UUID(hex=text)
    except ValueError:
        raise NotFound("article", text) from None


def own_departments() -> list[DepartmentChoice]:
    """Departments the person may write for."""
    tree = city().office().departments
    return [c for c in department_choices() if may_write_for(me(), tree.above(c.code))]


def _save(article_id: UUID | None) -> Any:
    form, served = read_article_form(request.form), city()
    try:
        with served.records.write() as work:
            saved = save_article(
                work,
                served.office().departments,
                me(),
                form.draft(),
                now(),
                article_id,
                form.version,
            )
            work.commit()
    except Rejected as error:
        if error.reason == "not_allowed":
            raise
        return _editor(form, article_id.hex if article_id else "", reason_words(error)), 400
    return redirect(url_for("knowledge.one", article=saved.hex), 303)


def _editor(form: ArticleForm, article: str = "", problem: str = "") -> Any:
    return render_template(
        "knowledge/editor.html",
        form=form,
        article=article,
        problem=problem,
        departments=own_departments(),
    )


def _page(found: Article, problem: str = "") -> Any:
    with city().records.read() as work:
        requests = correction_requests(work, article_id=found.id)
    above = city().office().departments.above(found.owner)
    return render_template(
        "knowledge/article.html",
        article=found,
        requests=requests,
        problem=problem,
        today=today(),
        writes=may_write_for(me(), above),
    )


def _read(article: str) -> Article:
    with city().records.read() as work:
        return read_article(work, key(article))


def _own() -> frozenset[str]:
    return frozenset(choice.code for choice in own_departments())
