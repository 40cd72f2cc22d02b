"""Putting an uploaded file into the home, piece by piece, under a name of our own."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from flask import current_app, request
from uuid_utils.compat import uuid7
from werkzeug.datastructures import FileStorage

from casework.errors import RecordsUnavailable, Rejected
from casework.storage import imports
from intake.files.formats import ENDINGS
from intake.look_at import look_at
from runtime.settings import Settings
from web.access import me
from web.city import city
from web.clock import now

MEGABYTE = 1024 * 1024
REST_OF_FORM = MEGABYTE
UPLOAD = "imports.upload"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def largest_upload(settings: Settings) -> int:
    """Bytes a request with a file may have."""
    return settings.upload_mb * MEGABYTE + REST_OF_FORM


def allow_upload() -> None:
    """Runs before the form is read, and after strangers were turned away: only the address that
    takes files takes large requests."""
    if request.endpoint == UPLOAD:
        request.max_content_length = largest_upload(city().settings)
        current_app.logger.debug("an upload of %s bytes", request.content_length)


def keep(sent: FileStorage | None) -> UUID:
    """Keep the file and note its import; the id.

    Raises Rejected("required" | "file_kind", "file"), FileUnreadable when it cannot be read (it is
    not kept then), RecordsUnavailable when the disk is full.
    """
    if sent is None or not sent.filename:
        raise Rejected("required", "file")
    name = _UNPRINTABLE.sub("", sent.filename.replace("\\", "/").rpartition("/")[2])[-200:]
    ending = Path(name).suffix.lower()
    if ending not in (*ENDINGS, ".xls"):
        raise Rejected("file_kind", "file", value=ending or name)
    folder = city().settings.uploads_folder
    file = folder / f"{uuid7().hex}{ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sent.save(file)
        return _note(file, name)
    except OSError as error:
        _drop(file)
        raise RecordsUnavailable(f"{file}: {error.strerror}") from error
    except BaseException:
        _drop(file)
        raise


def _note(file: Path, name: str) -> UUID:
    look = look_at(file)
    with city().records.write() as work:
        size = file.stat().st_size
        added = imports.add_import(work, name, file.name, size, look, me().username, now())
        work.commit()
    return added


def _drop(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
