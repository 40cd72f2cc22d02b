"""What the dictionary and the list of places share: files sent and fetched, and the offer to rebuild."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from casework.errors import Rejected
from casework.storage import leases
from classifier.listed_lines import LARGEST_BYTES, decoded
from monitor import relay_turns
from monitor.index.state import IndexState
from runtime.wiring import City
from web.clock import now

UPLOADS = ("dictionary.upload", "gazetteer.upload")
REST_OF_FORM = 1024 * 1024


def allow_lists() -> None:
    """Runs before the form is read: these two addresses take larger requests than others."""
    if request.endpoint in UPLOADS:
        request.max_content_length = LARGEST_BYTES + REST_OF_FORM


def sent_text() -> str:
    """The list that was sent. Raises Rejected("required", "file"), FileUnreadable."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Rejected("required", "file")
    raw = sent.read()
    sent.close()  # a large one lies in a file of its own meanwhile
    return decoded(raw)


def as_file(text: str, name: str, kind: str) -> Response:
    """The list to download. A mark at the beginning lets table programs read it as UTF-8."""
    answer = Response(text.encode("utf-8-sig"), content_type=f"{kind}; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def outdated(city: City) -> bool:
    """Whether the index was built with another dictionary than texts are cut with now."""
    return city.index.health().state is IndexState.OUTDATED


def ask_for_rebuild(city: City) -> str:
    """Ask whoever writes the index to build it anew; what to tell the reader."""
    with city.records.write() as work:
        holder = leases.ask(work, leases.INDEX, relay_turns.REBUILD, now())
        work.commit()
    if holder:
        return str(_("已经请运行定时任务的进程重建检索库，几分钟后就好；旧的一直能用。"))
    return str(_("现在没有进程在运行定时任务，检索库要等它启动以后，在夜里重建。"))
