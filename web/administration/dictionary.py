"""The city's dictionary: words looked for, added, changed, removed, sent and fetched as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from casework.errors import Conflict, FileUnreadable, Rejected
from casework.permissions import Action
from casework.storage import word_lists
from casework.storage.queries.tickets import PAGE_SIZE
from casework.word_lists import UserWord
from classifier.listed_lines import BadLine
from classifier.segmentation import dictionary_version
from classifier.user_dictionary import read_dictionary, read_word, written
from web.access import me, requires
from web.administration.listed_files import as_file, ask_for_rebuild, outdated, sent_text
from web.city import city
from web.clock import now
from web.listed import Listed
from web.reasons import LINE_REASONS, in_words
from web.tickets.filters import page_number

blueprint = Blueprint("dictionary", __name__, url_prefix="/administration/dictionary")


@blueprint.get("/")
@requires(Action.ADMINISTER)
def words() -> Any:
    """The words, a page at a time, or those that have some characters in them."""
    return _page()


@blueprint.post("/")
@requires(Action.ADMINISTER)
def save() -> Any:
    """Add a word, or change one."""
    form = request.form
    try:
        word = read_word(form.get("word", ""), form.get("frequency", ""), form.get("tag", ""))
    except BadLine as error:
        told = str(LINE_REASONS[error.reason]) % {"value": error.value[:60]}
        return _page(told), 400
    try:
        with city().records.write() as work:
            word_lists.save_word(work, word, me().username, now())
            work.commit()
    except Rejected as error:
        return _page(in_words(error)), 400
    return _done(word)


@blueprint.post("/remove")
@requires(Action.ADMINISTER)
def remove() -> Any:
    """Take a word out."""
    word = request.form.get("word", "")[:40]
    with city().records.write() as work:
        word_lists.remove_word(work, word, me().username, now())
        work.commit()
    return _done(None)


@blueprint.post("/file")
@requires(Action.ADMINISTER)
def upload() -> Any:
    """Put a jieba dictionary file in the place of all words."""
    try:
        sent = read_dictionary(sent_text())
        with city().records.write() as work:
            seen = request.form.get("version", "")
            word_lists.replace_words(work, sent, seen, me().username, now())
            work.commit()
    except (Rejected, FileUnreadable) as error:
        return _page(in_words(error)), 400
    except Conflict as error:
        return _page(in_words(error)), 409
    return _done(None)


@blueprint.get("/words.txt")
@requires(Action.ADMINISTER)
def download() -> Response:
    """All words, as a jieba dictionary file."""
    with city().records.read() as work:
        known = word_lists.load_words(work)
    return as_file(written(known), "words.txt", "text/plain")


@blueprint.post("/rebuild")
@requires(Action.ADMINISTER)
def rebuild() -> Any:
    """Have the index built anew with the words as they are now."""
    return _page(told=ask_for_rebuild(city()))


def _done(word: UserWord | None) -> Any:
    city().classifier.look()  # this process judges with it at once, others within seconds
    return redirect(url_for("dictionary.words", q=word.word if word else None), 303)


def _page(problem: str = "", told: str = "") -> str:
    part = request.args.get("q", "").strip()[:40]
    number = page_number(request.args)
    with city().records.read() as work:
        total, found = word_lists.find_words(work, part, (number - 1) * PAGE_SIZE, PAGE_SIZE)
        version = word_lists.version(work)
    return render_template(
        "administration/dictionary.html",
        page=Listed(number, total),
        words=found,
        part=part,
        version=version,
        cut_with=dictionary_version(),
        outdated=outdated(city()),
        problem=problem,
        told_well=told,
    )
