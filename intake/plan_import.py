"""Saying how an uploaded file is read, keeping that with its source, and asking for it to be run."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from casework.storage import imports, sources
from casework.storage.imports import ImportPlan
from casework.storage.records import Records
from casework.storage.sources import Source
from intake.saved_mapping import mapping_of, sheet_of


def plan_import(
    records: Records,
    import_id: UUID,
    source: Source,
    mode: str,
    dry_run: bool,
    by: str,
    now: datetime,
) -> None:
    """Save the source when it is new or reads differently from now on, and ask for the import.

    Raises Rejected for a source that cannot be, and Conflict when somebody else changed it
    meanwhile or the import runs already; then nothing is kept.
    """
    columns = mapping_of(source)
    with records.write() as work:
        if source.version == 0 or sources.source(work, source.code).settings != source.settings:
            sources.save_source(work, source, by, now)
        plan = ImportPlan(source.code, source.channel, columns, mode, sheet_of(source))
        imports.ask_for(work, import_id, plan, dry_run, by, now)
        work.commit()
