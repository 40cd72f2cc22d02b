"""The timetable's share of imports: running those that were asked for, forgetting their files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from classifier.ahead import JudgeAhead
from classifier.models_in_use import load_in_use
from intake.run_import import Runner, forget_files, run_next
from intake.take_in import as_messages
from runtime.clock import now
from runtime.wiring import City


def run_imports(city: City) -> None:
    """Run every import that waits, one after another."""
    with judge_ahead(city) as ahead:
        runner = Runner(
            records=city.records,
            take_in=as_messages(replace(city.intake, judge=ahead.judge)),
            uploads=city.settings.uploads_folder,
            rejected=city.settings.rejected_folder,
            zone=city.settings.zone,
            holder=city.holder,
            clock=now,
            ending=city.ending.is_set,
            expect=ahead.expect,
        )
        while run_next(runner):
            pass


def judge_ahead(city: City) -> JudgeAhead:
    """Judging with the help of a second process, for an import; to be closed after it."""
    return JudgeAhead(city.intake.judge, partial(load_in_use, city.classifier.in_use))


def forget_uploads(city: City) -> None:
    """Remove what is no longer needed: uploaded files hold people's words."""
    settings = city.settings
    forget_files(city.records, settings.uploads_folder, settings.rejected_folder, now())
