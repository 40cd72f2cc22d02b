"""Files that come with a form, and files that go out: always to be saved, never shown."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file

from casework.storage.attachment_files import UNKNOWN_TYPE, KeptFile, path_of
from intake.attached.take_file import MEGABYTE, FileRules
from runtime.settings import Settings
from web.city import city
from web.security import keep_nowhere

FORMS = frozenset({"public.submit", "department.answer"})
"""Pages whose form takes files."""
REST_OF_FORM = MEGABYTE


def allow_files() -> None:
    """Runs before the form is read: only the pages that take files take large requests. One file
    too many, or one too large, still comes through, so that it can be named."""
    if request.endpoint in FORMS and request.mimetype == "multipart/form-data":
        settings: Settings = city().settings
        request.max_content_length = (
            settings.files + 1
        ) * settings.file_mb * MEGABYTE + REST_OF_FORM


def file_rules() -> FileRules:
    """What the city takes."""
    settings = city().settings
    return FileRules(
        settings.attachments_folder, settings.file_mb, settings.files, settings.scan_command
    )


def sent_files(field: str) -> list[tuple[str, bytes]]:
    """Names and contents of the files in a form's field; a field left empty has none."""
    files = []
    for sent in request.files.getlist(field):
        if sent.filename:
            files.append((sent.filename, sent.read()))
        sent.close()
    return files


def to_save(file: KeptFile) -> Any:
    """A file as an answer that the browser saves, whatever the file says it is, and that no cache
    keeps. Raises NotFound when it is not there."""
    answer: Response = send_file(
        path_of(city().settings.attachments_folder, file.digest),
        mimetype=UNKNOWN_TYPE,
        as_attachment=True,
        download_name=file.name,
        conditional=False,
    )
    return keep_nowhere(answer)
