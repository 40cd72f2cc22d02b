"""The timetable's share of imports: running those that were asked for, forgetting their files."""

from __future__ import annotations

from intake.run_import import Runner, forget_files, run_next
from intake.take_in import as_messages
from runtime.clock import now
from runtime.wiring import City


def run_imports(city: City) -> None:
    """Run every import that waits, one after another."""
    runner = Runner(
        records=city.records,
        take_in=as_messages(city.intake),
        uploads=city.settings.uploads_folder,
        rejected=city.settings.rejected_folder,
        zone=city.settings.zone,
        holder=city.holder,
        clock=now,
        ending=city.ending.is_set,
    )
    while run_next(runner):
        pass


def forget_uploads(city: City) -> None:
    """Remove what is no longer needed: uploaded files hold people's words."""
    settings = city.settings
    forget_files(city.records, settings.uploads_folder, settings.rejected_folder, now())
