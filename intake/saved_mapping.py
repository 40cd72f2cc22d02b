"""Column mappings that are kept with a source of kind "file", so that nobody maps twice."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from casework.errors import NotFound
from casework.storage import sources
from casework.storage.records import Records
from casework.storage.sources import Source, SourceKind
from intake.connectors.columns import check_mapping
from intake.connectors.file_rows import FileSource


def file_source(records: Records, code: str, file: Path, zone: ZoneInfo) -> FileSource:
    """The file, read as the source of this code has it saved.

    Raises NotFound for a code that is no source of files, and Rejected for a mapping that makes
    no sense.
    """
    with records.read() as work:
        saved = sources.source(work, code)
    if saved.kind is not SourceKind.FILE:
        raise NotFound("source", code)
    return FileSource(
        file=file,
        channel=saved.channel,
        source=saved.code,
        columns=mapping_of(saved),
        zone=zone,
        sheet=sheet_of(saved),
    )


def mapping_of(saved: Source) -> dict[str, str]:
    """Field → column as kept. Raises Rejected("mapping" | "mapping_missing")."""
    columns = saved.settings.get("columns")
    return check_mapping(columns if isinstance(columns, dict) else {})


def sheet_of(saved: Source) -> str:
    """The sheet as kept; "" for the first."""
    return str(saved.settings.get("sheet") or "")
