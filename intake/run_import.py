"""Running the imports that people asked for on a page: one after another, in the background.

Rows, counts and the sign of life are one transaction, so that a killed import goes on exactly where
its counts stand, in whichever process finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from casework.errors import Conflict, FileUnreadable, RecordsUnavailable, Rejected, Stopped
from casework.events import PROGRAM
from casework.model import IntakeMode
from casework.storage import imports
from casework.storage.imports import Import, ImportProgress, ImportState
from casework.storage.records import Records, Work
from intake.connectors.columns import check_mapping
from intake.connectors.file_rows import FileSource, survey
from intake.import_file import FileImport, ImportCounts, check_file, import_file
from intake.rejected_rows import as_key
from intake.take_in import TakeIn

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=30)
"""How long an upload nobody imported and a file of rejected rows are kept."""
FRESH = timedelta(hours=1)
"""How long a file may lie there before its import is noted."""


@dataclass(frozen=True, slots=True)
class Runner:
    """What running imports needs. uploads, rejected: folders. holder: names this process.
    ending: whether this process is about to end. expect: see import_file."""

    records: Records
    take_in: TakeIn
    uploads: Path
    rejected: Path
    zone: ZoneInfo
    holder: str
    clock: Callable[[], datetime]
    ending: Callable[[], bool]
    expect: Callable[[Sequence[str]], None] = lambda texts: None


def run_next(runner: Runner) -> bool:
    """Run one import to its end; False when none waits, or this process ends.

    Raises RecordsUnavailable; the import is taken up again once its sign of life has run out.
    """
    if runner.ending():
        return False
    with runner.records.write() as work:
        found = imports.take_next(work, runner.holder, runner.clock())
        work.commit()
    if found is None:
        return False
    try:
        _run(runner, found)
    except Stopped:
        return _left_off(runner, found)
    except (FileUnreadable, Rejected) as error:
        _finish(runner, found, ImportState.FAILED, as_key(error))
    except (RecordsUnavailable, Conflict):
        raise
    except Exception as error:
        log.exception("import %s broke", found.id)
        _finish(runner, found, ImportState.FAILED, as_key(FileUnreadable("broke", detail=error)))
    return True


def rejected_file(folder: Path, found: Import) -> Path:
    """Where the rejected rows of an import lie; their reasons are keys, see `as_key`."""
    return folder / f"{found.id}.csv"


def _run(runner: Runner, found: Import) -> None:
    alive = _SignOfLife(runner, found)
    source = _source(runner, found)
    known = survey(source, alive.told)
    with runner.records.write() as work:
        alive.note(work, total=known.rows)
        work.commit()
    runner.rejected.mkdir(parents=True, exist_ok=True)
    wanted = FileImport(source, as_key, rejected_file(runner.rejected, found), known)
    if found.dry_run:
        counts = check_file(wanted, runner.clock(), alive.told)
        with runner.records.write() as work:
            alive.note(work, _progress(counts))
            work.commit()
        _finish(runner, found, ImportState.CHECKED)
        return
    import_file(
        runner.take_in,
        wanted,
        runner.clock(),
        start=ImportCounts(**asdict(found.progress)),
        recorded=lambda work, counts: alive.note(work, _progress(counts)),
        progress=alive.told,
        expect=runner.expect,
    )
    _finish(runner, found, ImportState.DONE)
    (runner.uploads / found.file).unlink(missing_ok=True)


class _SignOfLife:
    """Keeps an import held, and raises Stopped when it is to go no further."""

    def __init__(self, runner: Runner, found: Import) -> None:
        self._runner = runner
        self._id = found.id
        self._last = runner.clock()

    def note(
        self, work: Work, progress: ImportProgress | None = None, total: int | None = None
    ) -> None:
        """In a transaction that is going on anyway."""
        runner = self._runner
        if runner.ending():
            raise Stopped(str(self._id))
        self._last = runner.clock()
        imports.still_running(work, self._id, runner.holder, self._last, progress, total)

    def told(self, _rows: int) -> None:
        """Where nothing is written: in a transaction of its own, now and then."""
        if self._runner.ending():
            raise Stopped(str(self._id))
        if self._runner.clock() - self._last > imports.HELD_FOR / 4:
            with self._runner.records.write() as work:
                self.note(work)
                work.commit()


def _source(runner: Runner, found: Import) -> FileSource:
    plan = found.plan
    return FileSource(
        file=runner.uploads / found.file,
        channel=plan.channel,
        source=plan.source,
        columns=check_mapping(plan.columns),
        zone=runner.zone,
        mode=IntakeMode(plan.mode) if plan.mode else None,
        sheet=plan.sheet,
    )


def _progress(counts: ImportCounts) -> ImportProgress:
    return ImportProgress(
        counts.read, counts.accepted, counts.duplicates, counts.rejected, counts.rejected_to
    )


def _finish(runner: Runner, found: Import, state: ImportState, error: str = "") -> None:
    with runner.records.write() as work:
        imports.finish(work, found.id, runner.holder, state, error, PROGRAM, runner.clock())
        work.commit()


def _left_off(runner: Runner, found: Import) -> bool:
    """Stopped by somebody: go on with the next. This process ends: let another go on."""
    if not runner.ending():
        return True
    with runner.records.write() as work:
        imports.leave_off(work, found.id, runner.holder)
        work.commit()
    return False


def forget_files(records: Records, uploads: Path, rejected: Path, now: datetime) -> int:
    """Remove uploads of imports that are done, and whatever has lain for KEPT_FOR; how many."""
    with records.read() as work:
        in_use = imports.files_in_use(work)
    oldest, fresh = (now - KEPT_FOR).timestamp(), (now - FRESH).timestamp()
    forgotten = 0
    for folder in (uploads, rejected):
        for file in folder.iterdir() if folder.is_dir() else ():
            changed = file.stat().st_mtime
            done = folder == uploads and file.name not in in_use and changed < fresh
            if done or changed < oldest:
                file.unlink(missing_ok=True)
                forgotten += 1
    return forgotten
